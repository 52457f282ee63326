#include "messages/scan/instruction_sets.hpp"

#if defined(__aarch64__) && defined(__ARM_NEON)

#include "messages/scan/kernels.hpp"

#include <arm_neon.h>

namespace creamery::scan {

namespace {

struct neon {
  static constexpr size_t width = 16;
  using vector = uint8x16_t;

  static vector load(const char* p) noexcept {
    return vld1q_u8(reinterpret_cast<const uint8_t*>(p));
  }

  static vector fill(char c) noexcept {
    return vdupq_n_u8(static_cast<uint8_t>(c));
  }

  static uint64_t equal(vector a, vector b) noexcept {
    // There is no instruction that gathers the highest bits: each byte leaves its own bit, and each half is added up.
    constexpr uint8_t places[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
    const auto bits = vandq_u8(vceqq_u8(a, b), vld1q_u8(places));
    return vaddv_u8(vget_low_u8(bits)) | static_cast<uint64_t>(vaddv_u8(vget_high_u8(bits))) << 8;
  }
};

constexpr auto table = functions_with<neon>(instruction_set::neon);

} // namespace

const functions* functions_of_neon() noexcept {
  return &table;
}

} // namespace creamery::scan

#else

const creamery::scan::functions* creamery::scan::functions_of_neon() noexcept {
  return nullptr;
}

#endif
