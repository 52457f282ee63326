#pragma once

#include "messages/slab.hpp"
#include "runtime/net/slab_pool.hpp"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace creamery {

/// Where a session reads to: one slab after the other, each filled from front to back. Only what is unfinished at the
/// end of a slab is carried over to the next one, so received bytes are not copied.
class receive_buffer {
public:
  /// At most this much is asked for at a time.
  static constexpr size_t max_read = 64 * 1024;
  /// When less is left of a slab, a new one is taken.
  static constexpr size_t min_room = 16 * 1024;

  explicit receive_buffer(slab_pool& pool) : pool_(pool) {
  }

  /// Room for the next read, at least `min_room` bytes.
  ///
  /// @param unfinished how long the unfinished thing at the end of what was read will be as a whole; it will have room
  /// in one piece.
  std::span<char> prepare(size_t unfinished = 0);

  /// More room behind what was committed, without taking a new slab; may be empty.
  ///
  /// @param limit the most that is wanted.
  std::span<char> more_room(size_t limit) const noexcept {
    return {memory_->data() + end_, std::min(limit, memory_->capacity() - end_)};
  }

  /// The first `size` bytes of the room have been filled.
  void commit(size_t size) noexcept {
    end_ += size;
  }

  /// What was filled but not consumed.
  std::string_view unread() const noexcept {
    return memory_ ? std::string_view{memory_->data() + begin_, end_ - begin_} : std::string_view{};
  }

  /// Where `unread` begins in its slab.
  size_t offset() const noexcept {
    return begin_;
  }

  /// The first `size` bytes of `unread` are done with. They stay where they are.
  void consume(size_t size) noexcept {
    begin_ += size;
  }

  /// What `unread` lies in; none before the first `prepare`.
  std::shared_ptr<const slab> memory() const noexcept {
    return memory_;
  }

private:
  slab_pool& pool_;
  std::shared_ptr<slab> memory_;
  size_t begin_ = 0;
  size_t end_ = 0;
};

} // namespace creamery
