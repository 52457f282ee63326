#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace creamery {

/// `text` for a log or an error: control characters become `?`, and what goes beyond `max_size` bytes becomes `…`.
inline std::string printable(std::string_view text, size_t max_size = 200) {
  std::string shown{text.substr(0, max_size)};
  std::replace_if(
    shown.begin(), shown.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; }, '?');
  if (text.size() > max_size) {
    while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0) == 0x80)
      shown.pop_back(); // no half character before the dots
    if (!shown.empty() && static_cast<unsigned char>(shown.back()) >= 0xC0)
      shown.pop_back();
    shown += "…";
  }
  return shown;
}

} // namespace creamery
