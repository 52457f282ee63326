#include "messages/scan/instruction_sets.hpp"

// Compiled for processors that have it (instruction_sets.cmake); called only on one.
#ifdef __AVX2__

#include "messages/scan/kernels.hpp"

#include <immintrin.h>

namespace creamery::scan {

namespace {

struct avx2 {
  static constexpr size_t width = 32;
  using vector = __m256i;

  static vector load(const char* p) noexcept {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p));
  }

  static vector fill(char c) noexcept {
    return _mm256_set1_epi8(c);
  }

  static uint64_t equal(vector a, vector b) noexcept {
    return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, b)));
  }
};

constexpr auto table = functions_with<avx2>(instruction_set::avx2);

} // namespace

const functions* functions_of_avx2() noexcept {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") ? &table : nullptr;
}

} // namespace creamery::scan

#else

const creamery::scan::functions* creamery::scan::functions_of_avx2() noexcept {
  return nullptr;
}

#endif
