#pragma once

#include <string_view>

namespace creamery {

/// Whether the header `Host` names this machine. A page on some other site can make a browser send requests to this machine
/// under a name that it has pointed here: an address, or this machine's own name, is what people type.
inline bool is_own_name(std::string_view host) {
  if (host.empty() || host.starts_with('[')) // no browser, or an IPv6 address
    return true;
  auto name = host.substr(0, host.find(':'));
  return name == "localhost" || name.find_first_not_of("0123456789.") == std::string_view::npos;
}

} // namespace creamery
