#pragma once

#include "messages/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace creamery {

/// A request as far as our pages need it.
struct http_request {
  std::string method;
  /// Path and query, still encoded.
  std::string target;
  /// The header of that name, or nothing.
  std::string host;
  std::string authorization;
  /// A web page has made the browser send it: it names where it comes from.
  bool has_origin = false;
};

struct http_response {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  /// Where the browser shall go instead, with status 302; else empty.
  std::string location = {};
};

/// Answers a request; from any thread, once. A second answer, or one after the end of the server, is dropped.
using http_reply = std::function<void(http_response)>;

/// Called on the server's thread; must not block.
using http_handler = std::function<void(const http_request&, http_reply)>;

/// A small HTTP/1.1 server on a thread of its own, so that it answers when everything else is stuck. Bounded: so many
/// connections, so long a header, so much patience.
class http_server {
public:
  /// Most connections at the same time; further ones are closed at once.
  static constexpr size_t max_connections = 64;

  /// @param host an address; @param port 0: any free one.
  /// @returns a failure when it can't listen there.
  static result<std::unique_ptr<http_server>> start(const std::string& host, uint16_t port, http_handler handler);

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Closes all connections and ends the thread.
  ~http_server();

  /// Where it listens.
  uint16_t port() const noexcept;

private:
  class implementation;

  explicit http_server(std::shared_ptr<implementation> impl);

  std::shared_ptr<implementation> impl_;
};

} // namespace creamery
