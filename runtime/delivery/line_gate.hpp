#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

namespace creamery {

/// Lets one instance of a cog handle its lines, one after the other, until somebody closes it: an instance that is stuck
/// in a handler can't be ended, but it can be kept from ever beginning another line. Who closes it learns how far the
/// instance has come, so that its successor begins no line a second time. One thread goes through; any thread may look
/// and close.
class line_gate {
public:
  struct position {
    /// Every line up to this number is done.
    uint64_t done = 0;
    /// The handler of the next line has begun and not returned.
    bool inside = false;
    /// Some other handler has begun and not returned.
    bool aside = false;

    bool busy() const noexcept {
      return inside || aside;
    }

    friend bool operator==(const position&, const position&) = default;
  };

  /// @param done the number of the last line that a predecessor has done.
  explicit line_gate(uint64_t done = 0) : word_(done << shift) {
  }

  /// About to handle line `number`, which is greater than all before; what lies between them was shed. False: the gate is
  /// closed, nothing may be handled any more.
  bool enter(uint64_t number) noexcept {
    return change(done(), (number - 1) << shift | inside);
  }

  /// The line's handler has returned, or thrown. False: the gate was closed meanwhile, and what the handler did doesn't
  /// count.
  bool leave() noexcept {
    return change(done() | inside, done() + (1 << shift));
  }

  /// About to do something else than to handle a line.
  bool enter_aside() noexcept {
    return change(done(), done() | aside);
  }

  bool leave_aside() noexcept {
    return change(done() | aside, done());
  }

  /// Closes it for good, unless somebody is in it. Nothing: somebody is.
  std::optional<position> close_if_idle() noexcept {
    auto word = word_.load(std::memory_order_acquire);
    while (!position_of(word).busy())
      if (word_.compare_exchange_weak(word, word | closed, std::memory_order_acq_rel))
        return position_of(word);
    return std::nullopt;
  }

  /// Closes it for good.
  position close() noexcept {
    return position_of(word_.fetch_or(closed, std::memory_order_acq_rel));
  }

  position look() const noexcept {
    return position_of(word_.load(std::memory_order_acquire));
  }

private:
  static constexpr unsigned shift = 3;
  static constexpr uint64_t inside = 1;
  static constexpr uint64_t aside = 2;
  static constexpr uint64_t closed = 4;

  static position position_of(uint64_t word) noexcept {
    return {word >> shift, (word & inside) != 0, (word & aside) != 0};
  }

  /// The number, where it stands in the word.
  uint64_t done() const noexcept {
    return word_.load(std::memory_order_relaxed) >> shift << shift;
  }

  bool change(uint64_t from, uint64_t to) noexcept {
    return word_.compare_exchange_strong(from, to, std::memory_order_acq_rel);
  }

  std::atomic<uint64_t> word_;
};

} // namespace creamery
