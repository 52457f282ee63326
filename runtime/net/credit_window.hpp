#pragma once

#include "messages/slab.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace creamery {

/// Keeps account of what is out with the owner of a session, and keeps what the owner hasn't released, to hand it out
/// again to a successor. One thread publishes; any thread may release.
class credit_window {
public:
  /// @param size bytes that may be out.
  explicit credit_window(size_t size) : size_(size) {
  }

  /// Makes a batch of `lines` and charges `cost` for it. Leaves `lines` empty, with room.
  line_batch publish(std::shared_ptr<const slab> memory, std::vector<line_span>& lines, size_t cost);

  /// What was published and not released, oldest first; a batch that was released in part is among it.
  std::vector<line_batch> unreleased();

  /// Gives `cost` back. More than is out can't be given back: the rest is ignored.
  void release(size_t cost) noexcept;

  /// Bytes that are out.
  uint64_t outstanding() const noexcept {
    const auto released = released_.load(); // first, so that it can't have overtaken what was charged
    return charged_.load() - released;
  }

  /// Nothing more should be published for now.
  bool exhausted() const noexcept {
    return outstanding() >= size_;
  }

  /// Lines published so far.
  uint64_t lines() const noexcept {
    return lines_.load(std::memory_order_relaxed);
  }

private:
  struct held_batch {
    line_batch batch;
    /// `charged_` with this batch.
    uint64_t charged = 0;
  };

  void forget_released();

  const size_t size_;
  /// Totals since the beginning. `released_` never exceeds `charged_`.
  std::atomic<uint64_t> charged_ = 0;
  std::atomic<uint64_t> released_ = 0;
  std::atomic<uint64_t> lines_ = 0;
  /// What is not released lies behind `forgotten_`: a queue that moves its elements only now and then, and doesn't
  /// allocate once it has grown.
  std::vector<held_batch> held_;
  size_t forgotten_ = 0;
  /// Vectors to use again.
  std::vector<std::vector<line_span>> spare_;
};

} // namespace creamery
