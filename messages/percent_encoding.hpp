#pragma once

#include <string>
#include <string_view>

namespace creamery {

/// Appends `text` to a URL or a form, percent-encoded but for what RFC 3986 2.3 calls unreserved.
inline void append_encoded(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  for (auto c : text) {
    auto byte = static_cast<unsigned char>(c);
    auto is_unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'
                         || c == '.' || c == '_' || c == '~';
    if (is_unreserved)
      out += c;
    else
      out.append(1, '%').append(1, digits[byte / 16]).append(1, digits[byte % 16]);
  }
}

} // namespace creamery
