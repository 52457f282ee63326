#pragma once

#include <cstddef>
#include <cstdint>
#include <set>

namespace creamery {

/// The latest of some numbers that are given out upwards and may come in another order. Those that are so old that they were forgotten
/// count as known.
class recent_numbers {
public:
  /// Far more than can be without an answer at the same time.
  static constexpr size_t capacity = 1'024;

  bool contains(uint64_t number) const {
    return number < forgotten_ || numbers_.contains(number);
  }

  void add(uint64_t number) {
    numbers_.insert(number);
    if (numbers_.size() > capacity) {
      forgotten_ = *numbers_.begin() + 1;
      numbers_.erase(numbers_.begin());
    }
  }

private:
  std::set<uint64_t> numbers_;
  /// All below this count as known.
  uint64_t forgotten_ = 0;
};

} // namespace creamery
