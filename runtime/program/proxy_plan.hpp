#pragma once

#include "config/configuration.hpp"
#include "messages/result.hpp"
#include "runtime/net/proxy.hpp"

#include <optional>

namespace creamery {

/// The proxy that the configuration names; none if it doesn't.
inline result<std::optional<http_proxy>> proxy_of(const endpoint_config& endpoints) {
  if (endpoints.proxy.empty())
    return std::optional<http_proxy>{};
  auto proxy = parse_proxy(endpoints.proxy);
  if (!proxy)
    return failure{"endpoints.proxy", proxy.error().cause};
  return std::optional{std::move(*proxy)};
}

} // namespace creamery
