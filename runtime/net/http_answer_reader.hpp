#pragma once

#include "messages/result.hpp"
#include "runtime/net/http_call.hpp"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace creamery {

/// How much of an answer is taken, in bytes.
struct http_limits {
  /// Its head, together with the interim answers (1xx) before it.
  size_t max_header = 64 * 1024;
  size_t max_body = 8 * 1024 * 1024;
};

/// Reads the answer to one request out of the bytes of a connection: without I/O, Beast's parser with the limits that
/// it leaves open. Interim answers are skipped (RFC 9110 §15.2).
class http_answer_reader {
public:
  /// @param to_head the request's method is HEAD: the answer has no body, whatever it says.
  http_answer_reader(http_limits limits, bool to_head);

  /// Takes what has arrived. Not after `complete()`.
  ///
  /// @returns nothing, or how the server broke the rules.
  std::optional<failure> feed(std::string_view bytes);

  /// The server has ended the connection, which can be the end of the answer.
  void feed_end();

  bool complete() const noexcept {
    return complete_;
  }

  /// No byte has arrived.
  bool empty() const noexcept {
    return empty_;
  }

  /// Where in the answer the next byte belongs, for people.
  std::string_view where() const noexcept;

  /// After a complete answer: another request can be sent on this connection. Not so if the server closes it, or has
  /// sent more than it was asked for.
  bool keeps_connection() const;

  /// The complete answer; once.
  http_answer take();

private:
  using parser_type = boost::beast::http::response_parser<boost::beast::http::string_body>;
  using error_code = boost::system::error_code;

  void expect_answer();
  failure broken_by(error_code ec) const;

  http_limits limits_;
  bool to_head_;
  std::optional<parser_type> parser_;
  /// Bytes that the parser can't take yet, because it has to see more of them at once.
  boost::beast::flat_buffer pending_;
  size_t header_size_ = 0;
  bool empty_ = true;
  bool complete_ = false;
};

} // namespace creamery
