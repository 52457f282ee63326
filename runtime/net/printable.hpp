#pragma once

#include <string>
#include <string_view>

namespace creamery {

/// `text` for a log or an error: control characters become `?`, and what goes beyond `max_size` bytes becomes `…`.
std::string printable(std::string_view text, size_t max_size = 200);

} // namespace creamery
