#pragma once

#include "runtime/net/proxy.hpp"

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

namespace creamery {

/// How long each step may take.
struct net_timeouts {
  using duration = std::chrono::milliseconds;

  duration resolve{5'000};
  /// For each address of the server.
  duration connect{5'000};
  /// How long the first address gets to itself before the next one is tried at the same time (RFC 8305 §5).
  duration connect_stagger{250};
  duration proxy{10'000};
  duration tls{10'000};
  duration upgrade{10'000};
  /// For everything that is queued to leave in one write.
  duration write{15'000};
  /// From `close()` to the hard end.
  duration close{2'000};
  /// An open connection that gives no byte for this long has failed, so that a half-open one can't stay for ever. The
  /// last resort: longer than the keep-alive of the protocol above (Twitch: five minutes), whose owner notices earlier.
  duration idle{600'000};
};

/// How one session behaves.
struct net_options {
  net_timeouts timeouts;
  /// Bytes that may be out with the owner, read but not released, before the socket is no longer read. What is really
  /// out may exceed this by what one read gives.
  size_t window = 1024 * 1024;
  /// The longest WebSocket message taken, in bytes; a longer one ends the connection with close code 1009.
  size_t max_message = 256 * 1024;
  /// The longest line taken, in bytes; a longer one is skipped and counted.
  size_t max_line = 65'535;
  /// Bytes that may wait to be written; more are refused by `send`.
  size_t max_unsent = 256 * 1024;
  /// WebSocket only: a text message is handed out whole, as one "line", whatever it contains (EventSub's JSON). The
  /// bound is `max_message`, then.
  bool whole_messages = false;
  /// Go through this proxy, whatever the context's rules say.
  std::optional<http_proxy> proxy;
};

} // namespace creamery
