#include "runtime/net/endpoint.hpp"

#include "messages/printable.hpp"

#include <boost/url.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace creamery {

namespace {

constexpr size_t max_url = 4096;

constexpr std::array all_transports{transport::wss, transport::ws, transport::tls, transport::tcp};

std::string lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return result;
}

std::optional<transport> transport_of(std::string_view scheme) {
  for (auto kind : all_transports)
    if (to_string(kind) == scheme)
      return kind;
  return std::nullopt;
}

/// The host goes into requests and into certificates' checks, so only what a DNS name can hold is taken.
bool is_dns_name(std::string_view host) {
  return host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string_view::npos;
}

} // namespace

std::string_view to_string(transport kind) noexcept {
  switch (kind) {
    case transport::tcp: return "irc";
    case transport::tls: return "ircs";
    case transport::ws: return "ws";
    case transport::wss: return "wss";
  }
  return "?";
}

uint16_t default_port(transport kind) noexcept {
  switch (kind) {
    case transport::tcp: return 6667;
    case transport::tls: return 6697;
    case transport::ws: return 80;
    case transport::wss: return 443;
  }
  return 0;
}

result<endpoint> parse_endpoint(std::string_view url) {
  // Whatever stands before an @ may be a password.
  const auto shown = url.find('@') == std::string_view::npos ? printable(url) : std::string{"…"};
  auto mistake = [&](std::string cause) { return failure{"endpoint '" + shown + "'", std::move(cause)}; };
  if (url.size() > max_url)
    return mistake("longer than 4096 bytes");
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed)
    return mistake("not a URL; expected wss://host[:port][/path], ws://…, ircs://host[:port] or irc://host[:port]");
  const auto kind = transport_of(lower(parsed->scheme()));
  if (!kind)
    return mistake("unknown scheme '" + printable(parsed->scheme()) + "'; expected wss, ws, ircs or irc");
  if (parsed->has_userinfo())
    return mistake("a user name or password has no place in an endpoint");
  if (parsed->has_fragment())
    return mistake("a fragment ('#…') has no meaning in an endpoint");
  endpoint made{*kind, lower(parsed->host_address()), default_port(*kind), {}};
  if (made.host.empty())
    return mistake("the host is missing; expected " + std::string{to_string(*kind)} + "://host");
  if (parsed->host_type() == boost::urls::host_type::ipvfuture
      || (parsed->host_type() == boost::urls::host_type::name && !is_dns_name(made.host)))
    return mistake("'" + printable(made.host) + "' is neither a DNS name nor an IP address");
  if (parsed->has_port()) {
    const auto port = parse_port(parsed->port());
    if (!port)
      return mistake("expected a port from 1 to 65535 after the colon");
    made.port = *port;
  }
  const std::string target{parsed->encoded_target().data(), parsed->encoded_target().size()};
  if (made.is_websocket())
    made.target = target.empty() ? "/" : target.front() == '/' ? target : "/" + target;
  else if (!target.empty() && target != "/")
    return mistake("plain IRC has no path");
  return made;
}

std::string to_string(const endpoint& x) {
  auto url = std::string{to_string(x.kind)} + "://";
  const auto address = host_and_port(x);
  url += x.port == default_port(x.kind) ? address.substr(0, address.rfind(':')) : address;
  if (x.is_websocket() && x.target != "/")
    url += x.target;
  return url;
}

std::optional<uint16_t> parse_port(std::string_view text) noexcept {
  uint16_t port = 0;
  const auto end = text.data() + text.size();
  const auto [stop, ec] = std::from_chars(text.data(), end, port);
  if (ec != std::errc{} || stop != end || port == 0)
    return std::nullopt;
  return port;
}

std::string host_and_port(std::string_view host, uint16_t port) {
  const bool brackets = host.find(':') != std::string_view::npos;
  std::string text = brackets ? "[" : "";
  text += host;
  text += brackets ? "]:" : ":";
  return text + std::to_string(port);
}

std::string host_and_port(const endpoint& x) {
  return host_and_port(x.host, x.port);
}

} // namespace creamery
