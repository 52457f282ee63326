#pragma once

#include "messages/result.hpp"
#include "runtime/net/endpoint.hpp"

#include <string>
#include <string_view>

namespace creamery {

/// Where an HTTP API lives: its server, and the path that all its resources begin with.
struct http_url {
  /// `transport::tls` for https, `transport::tcp` for http; no target.
  endpoint server;
  /// Still encoded, like `/helix`: begins with a slash, doesn't end in one; empty for none.
  std::string path;

  friend bool operator==(const http_url&, const http_url&) = default;
};

/// Reads `https://host[:port][/path]` or `http://…`; the ports that go without saying are 443 and 80.
///
/// @returns the URL, or what was expected instead. A user name or password, a query and a fragment are refused; what may
/// be a password is not repeated in the error.
result<http_url> parse_http_url(std::string_view url);

/// The server as the Host field names it: without a port that goes without saying (RFC 9110 §7.2).
std::string host_field(const http_url& x);

/// The URL again.
std::string to_string(const http_url& x);

} // namespace creamery
