#pragma once

#include "messages/result.hpp"
#include "runtime/net/endpoint.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace creamery {

/// An HTTP proxy that connects us with the CONNECT method (RFC 9110 §9.3.6).
struct http_proxy {
  /// A DNS name or an IP address, without brackets.
  std::string host;
  uint16_t port = 80;
  /// User name and password for basic authentication (RFC 7617); both empty: none. Never printed.
  std::string user;
  std::string password;

  friend bool operator==(const http_proxy&, const http_proxy&) = default;
};

/// Reads `http://[user:password@]host[:port]`, or the same without `http://`. Port 80 unless given.
///
/// @returns the proxy, or what was expected instead; the error never repeats credentials.
result<http_proxy> parse_proxy(std::string_view url);

/// Which connections go through which proxy: the usual environment variables as plain values.
struct proxy_rules {
  /// `https_proxy` or `HTTPS_PROXY`: for encrypted transports. Empty: none.
  std::string https_proxy;
  /// `all_proxy` or `ALL_PROXY`: for whatever has no proxy of its own. Empty: none.
  std::string all_proxy;
  /// `no_proxy` or `NO_PROXY`: hosts that are reached directly, separated by commas. An entry is `*`, a domain (with or
  /// without a leading dot, meaning the domain and everything below it), an IP address or a network such as
  /// `10.0.0.0/8`; names and addresses may have a `:port`.
  std::string no_proxy;
};

/// What this process's environment says; the lower-case name wins, as in curl.
proxy_rules proxy_rules_from_environment();

/// The proxy for `server`, or none when it is reached directly. `localhost` and loopback addresses always are.
///
/// @returns a failure when the variable that applies holds no usable proxy URL.
result<std::optional<http_proxy>> choose_proxy(const proxy_rules& rules, const endpoint& server);

} // namespace creamery
