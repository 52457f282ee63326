#pragma once

#include "messages/result.hpp"
#include "runtime/net/server_certificate.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// A request as far as those who answer need it.
struct http_request {
  std::string method;
  /// Path and query, still encoded.
  std::string target;
  /// The header of that name, or nothing.
  std::string host;
  std::string authorization;
  /// A web page has made the browser send it: it names where it comes from.
  bool has_origin = false;
  /// Those that `http_server_options::headers` names, in that order; empty: there is none.
  std::vector<std::string> headers = {};
  std::string body = {};

  /// The target without its query.
  std::string_view path() const noexcept {
    return std::string_view{target}.substr(0, target.find('?'));
  }
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

/// The bounds of a server, and what it has to know besides its handler.
struct http_server_options {
  /// Most connections at the same time; further ones are closed at once.
  size_t max_connections = 64;
  /// … and from the same address.
  size_t max_connections_per_address = SIZE_MAX;
  uint32_t max_header = 8 * 1024;
  uint64_t max_body = 64 * 1024;
  /// How long a client may take for a request, TLS included, and we for the answer, before the connection is closed.
  std::chrono::milliseconds patience = std::chrono::seconds{30};
  /// Further headers that are looked at.
  std::vector<std::string> headers = {};
  /// Null: without TLS.
  std::shared_ptr<server_certificate> certificate = nullptr;
};

/// What came to a server and not to its handler.
struct http_server_counters {
  uint64_t connections = 0;
  /// Connections that were closed at once, because there were too many already.
  uint64_t too_many = 0;
  /// Requests that were none, or too large.
  uint64_t bad_requests = 0;
  /// Connections that were closed because something took too long; also idle ones.
  uint64_t timeouts = 0;
  uint64_t failed_handshakes = 0;
  /// How often the system could accept no connection: it had no descriptors left, say.
  uint64_t accept_failures = 0;
};

/// A small HTTP/1.1 server on a thread of its own, so that it answers when everything else is stuck. Bounded: so many
/// connections, so long a header, so much patience.
class http_server {
public:
  /// @param host an address; @param port 0: any free one.
  /// @returns a failure when it can't listen there.
  static result<std::unique_ptr<http_server>> start(const std::string& host, uint16_t port, http_handler handler,
                                                    http_server_options options = {});

  http_server(const http_server&) = delete;
  http_server& operator=(const http_server&) = delete;

  /// Closes all connections and ends the thread.
  ~http_server();

  /// Has something done on the server's thread: answers that are given there together cost one change of threads. From any thread.
  void post(std::function<void()> deed);

  /// Where it listens.
  uint16_t port() const noexcept;

  /// From any thread.
  http_server_counters counters() const;

private:
  class implementation;

  explicit http_server(std::shared_ptr<implementation> impl);

  std::shared_ptr<implementation> impl_;
};

} // namespace creamery
