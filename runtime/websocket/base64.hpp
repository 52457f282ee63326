#pragma once

#include <string>
#include <string_view>

namespace creamery {

/// `bytes` in base64 with padding (RFC 4648 §4).
std::string to_base64(std::string_view bytes);

} // namespace creamery
