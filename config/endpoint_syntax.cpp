#include "config/endpoint_syntax.hpp"

#include "config/ascii.hpp"
#include "config/section.hpp"

#include <boost/url/host_type.hpp>
#include <boost/url/ipv4_address.hpp>
#include <boost/url/ipv6_address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <limits>

namespace creamery {

namespace {

constexpr int64_t max_port = std::numeric_limits<uint16_t>::max();

bool is_host_name(std::string_view text) {
  return !text.empty()
         && std::all_of(text.begin(), text.end(), [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

} // namespace

std::optional<std::string> find_url_mistake(std::string_view url, std::span<const std::string_view> schemes,
                                            bool may_have_user) {
  auto parsed = boost::urls::parse_uri(boost::core::string_view{url.data(), url.size()});
  if (parsed.has_error())
    return "is no URL";
  std::string scheme = to_lower(std::string_view{parsed->scheme().data(), parsed->scheme().size()});
  if (std::find(schemes.begin(), schemes.end(), scheme) == schemes.end())
    return "has the scheme '" + scheme + "'";
  if (!parsed->has_authority() || parsed->encoded_host().empty())
    return "has no host";
  if (parsed->has_port() && (parsed->port_number() == 0))
    return "has no valid port";
  if (parsed->has_userinfo() && !may_have_user)
    return "has a user name";
  if (parsed->has_fragment())
    return "has a fragment (#…)";
  return std::nullopt;
}

std::optional<listen_address> parse_listen_address(std::string_view text) {
  auto colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return std::nullopt;
  auto host = text.substr(0, colon);
  auto port = parse_number(text.substr(colon + 1), 0, max_port);
  if (!port)
    return std::nullopt;
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    if (boost::urls::parse_ipv6_address({host.data(), host.size()}).has_error())
      return std::nullopt;
  } else if (!is_host_name(host)) {
    return std::nullopt;
  }
  return listen_address{std::string{host}, static_cast<uint16_t>(*port)};
}

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "::1" || host.substr(0, 4) == "127.";
}

} // namespace creamery
