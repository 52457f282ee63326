#include "runtime/net/proxy.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url.hpp>

#include <algorithm>
#include <cstdlib>

namespace creamery {

namespace {

namespace ip = boost::asio::ip;

std::optional<ip::address> parse_address(std::string_view text) {
  boost::system::error_code ec;
  auto address = ip::make_address(text, ec);
  return ec ? std::nullopt : std::optional{address};
}

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos)
    return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool equal_ignoring_case(std::string_view x, std::string_view y) {
  auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(x.begin(), x.end(), y.begin(), y.end(), [&](char a, char b) { return lower(a) == lower(b); });
}

bool ends_with_ignoring_case(std::string_view text, std::string_view end) {
  return text.size() >= end.size() && equal_ignoring_case(text.substr(text.size() - end.size()), end);
}

bool is_loopback(std::string_view host) {
  if (const auto address = parse_address(host))
    return address->is_loopback();
  return host == "localhost" || host.ends_with(".localhost");
}

bool is_in_network(const ip::address& address, std::string_view network) {
  boost::system::error_code ec;
  if (address.is_v4()) {
    const auto v4 = ip::make_network_v4(network, ec);
    return !ec && (address.to_v4().to_uint() & v4.netmask().to_uint()) == v4.network().to_uint();
  }
  const auto v6 = ip::make_network_v6(network, ec);
  if (ec)
    return false;
  return ip::make_network_v6(address.to_v6(), v6.prefix_length()).canonical() == v6.canonical();
}

/// Splits `entry` into host and port; the port is empty if it has none.
std::pair<std::string_view, std::string_view> split_port(std::string_view entry) {
  if (entry.starts_with('[')) {
    const auto close = entry.find(']');
    if (close == std::string_view::npos)
      return {entry, {}};
    const auto rest = entry.substr(close + 1);
    return {entry.substr(1, close - 1), rest.starts_with(':') ? rest.substr(1) : std::string_view{}};
  }
  const auto colon = entry.find(':');
  if (colon == std::string_view::npos || colon != entry.rfind(':')) // none, or a bare IPv6 address
    return {entry, {}};
  return {entry.substr(0, colon), entry.substr(colon + 1)};
}

/// Whether one entry of `no_proxy` means this server.
bool matches(std::string_view entry, const endpoint& server) {
  if (entry == "*")
    return true;
  const auto [host, port] = split_port(entry);
  if (host.empty() || (!port.empty() && port != std::to_string(server.port)))
    return false;
  if (const auto address = parse_address(server.host))
    return parse_address(host) == address || is_in_network(*address, host);
  const auto domain = host.starts_with("*.") ? host.substr(2) : host.starts_with('.') ? host.substr(1) : host;
  return equal_ignoring_case(server.host, domain) || ends_with_ignoring_case(server.host, "." + std::string{domain});
}

bool is_exempt(std::string_view no_proxy, const endpoint& server) {
  while (!no_proxy.empty()) {
    const auto comma = std::min(no_proxy.find(','), no_proxy.size());
    if (matches(trim(no_proxy.substr(0, comma)), server))
      return true;
    no_proxy.remove_prefix(std::min(comma + 1, no_proxy.size()));
  }
  return false;
}

/// The first of two variables that is set and not empty.
std::string variable(const char* name, const char* other) {
  for (auto candidate : {name, other})
    if (const char* value = std::getenv(candidate); value != nullptr && *value != '\0')
      return value;
  return {};
}

} // namespace

result<http_proxy> parse_proxy(std::string_view url) {
  auto mistake = [](std::string cause) { return failure{"proxy", std::move(cause)}; };
  const std::string whole = url.find("://") == std::string_view::npos ? "http://" + std::string{url} : std::string{url};
  const auto parsed = boost::urls::parse_uri(whole);
  if (!parsed)
    return mistake("not a URL; expected http://[user:password@]host[:port]");
  if (!equal_ignoring_case(parsed->scheme(), "http"))
    return mistake("scheme '" + std::string{parsed->scheme()} + "' is not supported; expected http");
  http_proxy made;
  made.host = parsed->host_address();
  if (made.host.empty())
    return mistake("the host is missing; expected http://[user:password@]host[:port]");
  if (made.host.find_first_of("\r\n\t /\\@") != std::string::npos)
    return mistake("the host holds characters that have no place in a host name");
  if (parsed->has_port()) {
    const auto port = parse_port(parsed->port());
    if (!port)
      return mistake("expected a port from 1 to 65535 after the colon");
    made.port = *port;
  }
  made.user = parsed->user();
  made.password = parsed->password();
  if (made.user.find(':') != std::string::npos)
    return mistake("a user name with a colon can't be used with basic authentication"); // RFC 7617 §2
  return made;
}

proxy_rules proxy_rules_from_environment() {
  return {variable("https_proxy", "HTTPS_PROXY"), variable("all_proxy", "ALL_PROXY"), variable("no_proxy", "NO_PROXY")};
}

result<std::optional<http_proxy>> choose_proxy(const proxy_rules& rules, const endpoint& server) {
  const bool use_https = server.is_encrypted() && !rules.https_proxy.empty();
  const auto& url = use_https ? rules.https_proxy : rules.all_proxy;
  if (url.empty() || is_loopback(server.host) || is_exempt(rules.no_proxy, server))
    return std::optional<http_proxy>{};
  auto proxy = parse_proxy(url);
  if (!proxy)
    return failure{use_https ? "https_proxy" : "all_proxy", proxy.error().cause};
  return std::optional{std::move(*proxy)};
}

} // namespace creamery
