#include "messages/scan/instruction_sets.hpp"
#include "messages/scan/kernels.hpp"

namespace creamery::scan {

namespace {

/// Eight bytes in an ordinary register.
struct words {
  static constexpr size_t width = 8;
  using vector = uint64_t;

  static vector load(const char* p) noexcept {
    vector bytes = 0;
    std::memcpy(&bytes, p, width);
    if constexpr (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__)
      bytes = __builtin_bswap64(bytes);
    return bytes;
  }

  static vector fill(char c) noexcept {
    return uint64_t{0x0101010101010101} * static_cast<unsigned char>(c);
  }

  static uint64_t equal(vector a, vector b) noexcept {
    constexpr uint64_t low_bits = 0x7F7F7F7F7F7F7F7F;
    const auto difference = a ^ b;
    // The highest bit of each byte that is zero; adding carries from no byte into the next one.
    const auto zero = ~(((difference & low_bits) + low_bits) | difference | low_bits);
    return (zero >> 7) * 0x0102040810204080 >> 56; // gathers the eight bits
  }
};

constexpr auto table = functions_with<words>(instruction_set::words);

} // namespace

const functions* functions_of_words() noexcept {
  return &table;
}

} // namespace creamery::scan
