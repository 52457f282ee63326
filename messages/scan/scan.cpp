#include "messages/scan/scan.hpp"

#include "messages/scan/instruction_sets.hpp"

#include <atomic>
#include <initializer_list>

namespace creamery::scan {

namespace {

const functions* best() noexcept {
  for (auto set : {instruction_set::avx512, instruction_set::avx2, instruction_set::neon, instruction_set::sse2})
    if (const auto* found = functions_of(set))
      return found;
  return functions_of_words();
}

// Null until it is first needed, which may be while another file's objects are being made.
constinit std::atomic<const functions*> in_use{nullptr};

} // namespace

const functions* functions_of(instruction_set set) noexcept {
  switch (set) {
    case instruction_set::words: return functions_of_words();
    case instruction_set::sse2: return functions_of_sse2();
    case instruction_set::avx2: return functions_of_avx2();
    case instruction_set::avx512: return functions_of_avx512();
    case instruction_set::neon: return functions_of_neon();
  }
  return nullptr;
}

const functions& active() noexcept {
  const auto* found = in_use.load(std::memory_order_relaxed);
  if (found == nullptr) {
    found = best();
    in_use.store(found, std::memory_order_relaxed);
  }
  return *found;
}

bool use(instruction_set set) noexcept {
  const auto* found = functions_of(set);
  if (found != nullptr)
    in_use.store(found, std::memory_order_relaxed);
  return found != nullptr;
}

const char* to_string(instruction_set set) noexcept {
  switch (set) {
    case instruction_set::words: return "words";
    case instruction_set::sse2: return "SSE2";
    case instruction_set::avx2: return "AVX2";
    case instruction_set::avx512: return "AVX-512";
    case instruction_set::neon: return "NEON";
  }
  return "unknown";
}

} // namespace creamery::scan
