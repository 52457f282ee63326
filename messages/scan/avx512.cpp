#include "messages/scan/instruction_sets.hpp"

// Compiled for processors that have it (instruction_sets.cmake); called only on one.
#ifdef __AVX512BW__

#include "messages/scan/kernels.hpp"

#include <immintrin.h>

namespace creamery::scan {

namespace {

struct avx512 {
  static constexpr size_t width = 64;
  using vector = __m512i;

  static vector load(const char* p) noexcept {
    return _mm512_loadu_si512(p);
  }

  static vector fill(char c) noexcept {
    return _mm512_set1_epi8(c);
  }

  static uint64_t equal(vector a, vector b) noexcept {
    return _mm512_cmpeq_epi8_mask(a, b);
  }
};

constexpr auto table = functions_with<avx512>(instruction_set::avx512);

} // namespace

const functions* functions_of_avx512() noexcept {
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("bmi")
             && __builtin_cpu_supports("bmi2")
           ? &table
           : nullptr;
}

} // namespace creamery::scan

#else

const creamery::scan::functions* creamery::scan::functions_of_avx512() noexcept {
  return nullptr;
}

#endif
