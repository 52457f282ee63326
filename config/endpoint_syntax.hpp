#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace creamery {

/// What is wrong with the URL of an endpoint, in words that don't repeat it (it may contain a password); nothing if it
/// is fine.
/// @param schemes which ones are possible.
/// @param may_have_user true for proxies.
std::optional<std::string> find_url_mistake(std::string_view url, std::span<const std::string_view> schemes,
                                            bool may_have_user);

/// A place to listen on.
struct listen_address {
  std::string host;
  uint16_t port = 0;
};

/// Reads `host:port`, `127.0.0.1:7780` or `[::1]:7780`.
std::optional<listen_address> parse_listen_address(std::string_view text);

/// True for addresses that only this machine can reach.
bool is_loopback(std::string_view host);

} // namespace creamery
