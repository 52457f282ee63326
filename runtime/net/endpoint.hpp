#pragma once

#include "messages/result.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace creamery {

/// How lines travel (twitch-platform §1.1).
enum class transport : uint8_t {
  /// `irc://`: lines over TCP, port 6667.
  tcp,
  /// `ircs://`: lines over TLS, port 6697.
  tls,
  /// `ws://`: WebSocket messages over TCP, port 80.
  ws,
  /// `wss://`: WebSocket messages over TLS, port 443.
  wss,
};

/// The scheme that stands for a transport in a URL.
std::string_view to_string(transport kind) noexcept;

/// The port that goes without saying.
uint16_t default_port(transport kind) noexcept;

/// A server to connect to.
struct endpoint {
  transport kind = transport::wss;
  /// A DNS name in lower case, or an IP address; an IPv6 address without its brackets.
  std::string host;
  uint16_t port = 443;
  /// Path and query of a WebSocket, as they go into the request; empty for plain IRC.
  std::string target = "/";

  bool is_websocket() const noexcept {
    return kind == transport::ws || kind == transport::wss;
  }

  bool is_encrypted() const noexcept {
    return kind == transport::tls || kind == transport::wss;
  }

  friend bool operator==(const endpoint&, const endpoint&) = default;
};

/// Reads `wss://host[:port][/path]`, `ws://…`, `ircs://host[:port]` or `irc://host[:port]`; IPv6 addresses stand in
/// brackets.
///
/// @returns the endpoint, or what was expected instead. A user name or password in the URL is refused and not repeated
/// in the error.
result<endpoint> parse_endpoint(std::string_view url);

/// The URL again, without a port that goes without saying. The target of a WebSocket may hold a secret: for logs take
/// `host_and_port`.
std::string to_string(const endpoint& x);

/// A port from 1 to 65535 in decimal digits; none for anything else.
std::optional<uint16_t> parse_port(std::string_view text) noexcept;

/// `host:port`, with brackets around an IPv6 address.
std::string host_and_port(std::string_view host, uint16_t port);

/// `host:port`, with brackets around an IPv6 address.
std::string host_and_port(const endpoint& x);

} // namespace creamery
