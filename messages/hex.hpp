#pragma once

#include <string_view>

namespace creamery {

/// Writes bytes as hexadecimal digits, two lower-case ones each.
/// @returns the place behind them.
template <class Bytes, class Out>
Out write_hex(const Bytes& bytes, Out out) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (unsigned char byte : bytes) {
    *out++ = digits[byte >> 4U];
    *out++ = digits[byte & 15U];
  }
  return out;
}

} // namespace creamery
