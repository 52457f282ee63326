#pragma once

#include "runtime/net/fwd.hpp"
#include "runtime/net/http_call.hpp"
#include "runtime/net/http_url.hpp"
#include "runtime/net/net_options.hpp"
#include "runtime/net/proxy.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>

namespace creamery {

/// How an HTTP client behaves.
struct http_client_options {
  /// Connections at the same time, those that are being made and those that are kept alive included; at least one.
  size_t max_connections = 8;
  /// Calls that may wait for a connection; further ones fail at once.
  size_t max_waiting = 1'000;
  /// How long a connection is kept alive without a call.
  std::chrono::milliseconds idle_timeout{60'000};
  /// The longest body of an answer, in bytes; a longer one fails.
  size_t max_answer = 8 * 1024 * 1024;
  /// The longest head of an answer, in bytes; a longer one fails.
  size_t max_header = 64 * 1024;
  /// For each step of making a connection. What comes after it is bounded by `http_call::timeout`.
  net_timeouts timeouts;
  /// Go through this proxy, whatever the context's rules say.
  std::optional<http_proxy> proxy;
};

/// Hears what came of a call, on the network thread. Must neither block nor throw.
using http_done = std::function<void(http_outcome)>;

/// A client of one HTTP API: sends calls over a few connections that are kept alive, those that find none free in the
/// order in which they came. Servers are verified and proxies used as for every other connection; http goes through a
/// proxy with CONNECT, too.
///
/// A call that finds its kept-alive connection dead, before the first byte of an answer, is repeated once on a new one if
/// its method is GET, HEAD, PUT or DELETE. Nothing else is repeated, and no redirection is followed.
///
/// All member functions may be called from any thread.
class http_client {
public:
  http_client(net_context& context, http_url base, http_client_options options = {});

  http_client(const http_client&) = delete;
  http_client& operator=(const http_client&) = delete;

  /// Calls that are still under way fail with `net_step::closed_by_us`: their `done` may be called after this has
  /// returned. `net_context::stop` does the same, and has called them all when it returns.
  ~http_client();

  /// Sends a call; never blocks. `done` is called exactly once. A failure names the place (`net_error::step`; a call that
  /// is refused before anything is sent has `net_step::write` with `std::errc::invalid_argument`, or with
  /// `std::errc::no_buffer_space` when too many are waiting) and the cause.
  ///
  /// @returns false when the context has been stopped: `done` is destroyed and never called.
  bool send(http_call call, http_done done);

  const http_url& base() const noexcept;

private:
  std::shared_ptr<http_pool> pool_;
};

} // namespace creamery
