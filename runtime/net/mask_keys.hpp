#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace creamery {

/// Unpredictable keys for masking frames, made many at a time because each call of the generator is expensive.
class mask_keys {
public:
  uint32_t operator()();

private:
  std::array<uint32_t, 64> keys_{};
  size_t used_ = keys_.size();
};

} // namespace creamery
