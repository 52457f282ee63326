#pragma once

#include "simulator/connection.hpp"
#include "simulator/http_request.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

namespace creamery::simulator {

/// What a client of an HTTP door may ask for at most.
struct http_bounds {
  uint32_t header = 32 * 1024;
  uint64_t body = uint64_t{1} << 20;
  /// A connection is closed when it has been idle, or a request or an answer has been under way, for so long.
  std::chrono::seconds patience{60};
};

/// Answers one request, in the event loop.
using http_handler = std::function<http_answer(const http_request&)>;

/// One HTTP/1.1 connection, kept alive as long as the client likes.
class http_session {
public:
  virtual ~http_session() = default;

  virtual void start() = 0;

  /// Ends it at once.
  virtual void close() = 0;
};

/// @param tls outlives the session; nullptr: without. @param handler may be called until `close`.
std::shared_ptr<http_session> make_http_session(tcp::socket socket, net::ssl::context* tls, http_bounds bounds,
                                                http_handler handler);

} // namespace creamery::simulator
