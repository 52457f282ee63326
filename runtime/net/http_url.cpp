#include "runtime/net/http_url.hpp"

#include "messages/printable.hpp"

#include <boost/url.hpp>

#include <utility>

namespace creamery {

result<http_url> parse_http_url(std::string_view url) {
  // Whatever stands before an @ may be a password.
  const auto shown = url.find('@') == std::string_view::npos ? printable(url) : std::string{"…"};
  auto mistake = [&](std::string cause) { return failure{"URL '" + shown + "'", std::move(cause)}; };
  const auto parsed = boost::urls::parse_uri(url);
  if (!parsed)
    return mistake("not a URL; expected https://host[:port][/path] or http://…");
  const bool encrypted = parsed->scheme_id() == boost::urls::scheme::https;
  if (!encrypted && parsed->scheme_id() != boost::urls::scheme::http)
    return mistake("unknown scheme '" + printable(parsed->scheme()) + "'; expected https or http");
  if (parsed->encoded_host().empty())
    return mistake("the host is missing; expected " + std::string{parsed->scheme()} + "://host");
  if (parsed->has_query())
    return mistake("a query ('?…') has no meaning here");
  // A WebSocket begins as an HTTP request, so its URLs have the same ports, and the same rules for host and path.
  const auto rest = url.substr(url.find(':'));
  auto server = parse_endpoint(std::string{encrypted ? "wss" : "ws"}.append(rest));
  if (!server)
    return mistake(server.error().cause);
  http_url made{*std::move(server), {}};
  made.server.kind = encrypted ? transport::tls : transport::tcp;
  made.path = std::exchange(made.server.target, {});
  while (made.path.ends_with('/'))
    made.path.pop_back();
  return made;
}

std::string host_field(const http_url& x) {
  const auto text = host_and_port(x.server);
  const auto usual = default_port(x.server.is_encrypted() ? transport::wss : transport::ws);
  return x.server.port == usual ? text.substr(0, text.rfind(':')) : text;
}

std::string to_string(const http_url& x) {
  return (x.server.is_encrypted() ? "https://" : "http://") + host_field(x) + x.path;
}

} // namespace creamery
