#include "messages/scan/instruction_sets.hpp"

#ifdef __SSE2__

#include "messages/scan/kernels.hpp"

#include <emmintrin.h>

namespace creamery::scan {

namespace {

struct sse2 {
  static constexpr size_t width = 16;
  using vector = __m128i;

  static vector load(const char* p) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  }

  static vector fill(char c) noexcept {
    return _mm_set1_epi8(c);
  }

  static uint64_t equal(vector a, vector b) noexcept {
    return static_cast<uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(a, b)));
  }
};

constexpr auto table = functions_with<sse2>(instruction_set::sse2);

} // namespace

const functions* functions_of_sse2() noexcept {
  return &table;
}

} // namespace creamery::scan

#else

const creamery::scan::functions* creamery::scan::functions_of_sse2() noexcept {
  return nullptr;
}

#endif
