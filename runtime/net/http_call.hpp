#pragma once

#include "messages/secret.hpp"
#include "runtime/net/http_url.hpp"
#include "runtime/net/net_error.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace creamery {

struct http_header {
  std::string name;
  std::string value;

  friend bool operator==(const http_header&, const http_header&) = default;
};

/// A request to an HTTP API. What may hold secrets is wiped when it was sent; nothing of it is ever logged.
struct http_call {
  std::string method = "GET";
  /// Path and query, encoded as they are sent, beginning with a slash: what follows the path of the `http_url`.
  std::string target = "/";
  /// Further fields. Host, User-Agent, Content-Type, Content-Length and Authorization are not among them.
  std::vector<http_header> headers;
  /// The whole value of the Authorization field, like `Bearer …`; empty for none.
  secret authorization;
  /// The value of the Content-Type field; empty for none.
  std::string content_type;
  secret body;
  /// For everything: waiting for a free connection, connecting, sending, and the whole answer.
  std::chrono::milliseconds timeout{10'000};
  /// On a new connection: none that was kept alive, which may have died unnoticed. For what mustn't be sent twice and
  /// whose loss costs something.
  bool fresh = false;
};

/// A complete answer, whatever its status: redirections are answers, too.
struct http_answer {
  unsigned status = 0;
  std::vector<http_header> headers;
  std::string body;

  /// The value of the first header of that name, in capitals or not; none if there isn't one.
  std::optional<std::string_view> header(std::string_view name) const;
};

/// Why a call has no answer.
struct http_failure {
  net_error why;
  /// The request was written, at least in part: the server may have acted on it. When false, it certainly has not.
  bool maybe_received = false;
};

using http_outcome = std::variant<http_answer, http_failure>;

/// What would make a request out of this call that means something else than the call does: characters that end a line
/// or a word where none may end, or a field that is not the caller's to set. Nothing if it can be sent. Repeats no value.
std::optional<std::string> mistake_in(const http_call& call);

/// The head of the request, from its first line to the CR LF of its last field; Authorization and the empty line are
/// for the sender to add. HTTP/1.1, as plain as possible: no compression, no request to close (RFC 9112 §2.1).
std::string request_head(const http_url& base, const http_call& call);

/// True if the call means the same when it arrives twice (idempotent, RFC 9110 §9.2.2).
bool may_repeat(const http_call& call) noexcept;

} // namespace creamery
