#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace creamery {

// What <cctype> offers depends on the locale and wants unsigned values; names on Twitch are ASCII everywhere.

/// True for `0` to `9`.
constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// True for ASCII letters and digits.
constexpr bool is_alphanumeric(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// True for the white space that may surround a word within a line.
constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\r';
}

/// The upper-case form of an ASCII letter; everything else as it is.
constexpr char to_upper(char c) noexcept {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

/// The lower-case form of an ASCII letter; everything else as it is.
constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// A copy with ASCII letters in lower case.
inline std::string to_lower(std::string_view text) {
  std::string result{text};
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return to_lower(c); });
  return result;
}

/// The text without white space at both ends.
constexpr std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front()))
    text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back()))
    text.remove_suffix(1);
  return text;
}

} // namespace creamery
