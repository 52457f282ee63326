#include "runtime/net/http_answer_reader.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include <limits>
#include <string>
#include <utility>

namespace creamery {

namespace http = boost::beast::http;

namespace {

/// The last chunk, its line end and the empty line behind it: at least so much is still to come as long as a chunked
/// body isn't complete.
constexpr size_t shortest_chunked_end = 5;

} // namespace

http_answer_reader::http_answer_reader(http_limits limits, bool to_head) : limits_(limits), to_head_(to_head) {
  expect_answer();
}

void http_answer_reader::expect_answer() {
  parser_.emplace();
  parser_->skip(to_head_);
  parser_->body_limit(limits_.max_body);
  // Beast doesn't count the fields that it took out of earlier pieces: counted here.
  parser_->header_limit(std::numeric_limits<uint32_t>::max());
}

std::optional<failure> http_answer_reader::feed(std::string_view bytes) {
  if (bytes.empty())
    return std::nullopt;
  empty_ = false;
  pending_.commit(boost::asio::buffer_copy(pending_.prepare(bytes.size()), boost::asio::buffer(bytes)));
  while (pending_.size() > 0) {
    // Beast asserts that the end of a chunked body doesn't arrive in smaller pieces.
    if (parser_->is_header_done() && parser_->chunked() && pending_.size() < shortest_chunked_end)
      return std::nullopt;
    const bool in_header = !parser_->is_header_done();
    error_code ec;
    const auto size = parser_->put(pending_.data(), ec);
    pending_.consume(size);
    const bool wants_more = ec == http::error::need_more;
    if (ec && !wants_more)
      return broken_by(ec);
    if (in_header)
      header_size_ += size;
    // What waits is an unfinished line of the head, of a chunk's head or of the trailer behind the last chunk.
    if (header_size_ + (wants_more ? pending_.size() : 0) > limits_.max_header)
      return broken_by(http::error::header_limit);
    if (parser_->is_done() && parser_->get().result_int() / 100 != 1) {
      complete_ = true;
      return std::nullopt;
    }
    if (parser_->is_done()) {
      if (parser_->get().result() == http::status::switching_protocols)
        return failure{"head of the answer", "the server switches to a protocol that it wasn't asked for"};
      expect_answer();
    } else if (wants_more) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

void http_answer_reader::feed_end() {
  if (complete_ || !parser_->is_header_done() || !parser_->need_eof())
    return;
  error_code ec;
  parser_->put_eof(ec);
  complete_ = !ec;
}

std::string_view http_answer_reader::where() const noexcept {
  if (empty_)
    return "before the answer";
  return parser_->is_header_done() ? "in the body of the answer" : "in the head of the answer";
}

bool http_answer_reader::keeps_connection() const {
  return complete_ && pending_.size() == 0 && parser_->keep_alive();
}

http_answer http_answer_reader::take() {
  auto message = parser_->release();
  http_answer made;
  made.status = message.result_int();
  for (const auto& field : message)
    made.headers.push_back({std::string{field.name_string()}, std::string{field.value()}});
  made.body = std::move(message.body());
  return made;
}

failure http_answer_reader::broken_by(error_code ec) const {
  if (ec == http::error::body_limit)
    return {"body of the answer", "longer than " + std::to_string(limits_.max_body) + " bytes"};
  if (ec == http::error::header_limit)
    return {"head of the answer", "longer than " + std::to_string(limits_.max_header) + " bytes"};
  return {parser_->is_header_done() ? "body of the answer" : "head of the answer",
          "not understandable HTTP: " + ec.message()};
}

} // namespace creamery
