#pragma once

#include <cstdint>

namespace creamery::benchmarks {

/// How many times memory has been allocated with `new` by this thread. Counted by a replaced `operator new`.
uint64_t allocations() noexcept;

} // namespace creamery::benchmarks
