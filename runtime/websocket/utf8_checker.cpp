#include "runtime/websocket/utf8_checker.hpp"

#include <cstddef>
#include <cstring>

namespace creamery {

namespace {

constexpr uint64_t high_bits = 0x8080'8080'8080'8080;

uint64_t load(const char* p) noexcept {
  uint64_t word = 0;
  std::memcpy(&word, p, sizeof(word));
  return word;
}

/// Skips ASCII: most of all chat. Returns where something else begins, give or take: at most 31 bytes too early.
const char* skip_ascii(const char* p, const char* end) noexcept {
  while (end - p >= 32 && ((load(p) | load(p + 8) | load(p + 16) | load(p + 24)) & high_bits) == 0)
    p += 32;
  while (end - p >= 8 && (load(p) & high_bits) == 0)
    p += 8;
  return p;
}

} // namespace

bool utf8_checker::check(std::string_view piece) noexcept {
  auto p = piece.data();
  const auto end = p + piece.size();
  while (p != end) {
    if (missing_ > 0) {
      const auto byte = static_cast<uint8_t>(*p++);
      if (byte < lowest_ || byte > highest_)
        return false;
      --missing_;
      lowest_ = 0x80;
      highest_ = 0xBF;
      continue;
    }
    p = skip_ascii(p, end);
    while (p != end) {
      const auto byte = static_cast<uint8_t>(*p++);
      if (byte < 0x80)
        continue;
      if (!begin_character(byte))
        return false;
      break;
    }
  }
  return true;
}

bool utf8_checker::begin_character(uint8_t lead) noexcept {
  lowest_ = 0x80;
  highest_ = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) { // C0 and C1 would be overlong
    missing_ = 1;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    missing_ = 2;
    if (lead == 0xE0)
      lowest_ = 0xA0; // less is overlong
    else if (lead == 0xED)
      highest_ = 0x9F; // more is a surrogate
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    missing_ = 3;
    if (lead == 0xF0)
      lowest_ = 0x90; // less is overlong
    else if (lead == 0xF4)
      highest_ = 0x8F; // more is above U+10FFFF
  } else {
    return false;
  }
  return true;
}

bool is_utf8(std::string_view text) noexcept {
  utf8_checker checker;
  return checker.check(text) && checker.complete();
}

} // namespace creamery
