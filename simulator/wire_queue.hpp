#pragma once

#include "simulator/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace creamery::simulator {

/// How a connection is slowed down; zero means: not at all.
struct wire_shape {
  /// Size of the pieces that bytes are written in.
  size_t piece = 0;
  size_t bytes_per_second = 0;
  duration latency{};
};

/// The bytes that wait for one client, and when how many of them may be written. Knows no clock and no socket. What
/// `next` hands out stays where it is until it is `written`, whatever is added meanwhile.
class wire_queue {
public:
  /// Where bytes are appended. `commit` afterwards.
  std::string& tail() noexcept {
    return back_;
  }

  /// What was appended since the last time is complete; it holds so many chat lines.
  void commit(size_t lines, time_point now);

  /// The bytes to be written next; empty: none before `ready_at`.
  std::string_view next(time_point now);

  /// When `next` has something, if nothing is added before; the far future if it is empty.
  time_point ready_at() const;

  /// The first `size` bytes of what `next` returned have been written.
  void written(size_t size, time_point now);

  void shape(const wire_shape& shape) {
    shape_ = shape;
    resume_at_ = {};
    if (shape.latency == duration{})
      delayed_.clear();
  }

  const wire_shape& shape() const noexcept {
    return shape_;
  }

  size_t size() const noexcept {
    return front_.size() - front_at_ + back_.size();
  }

  bool empty() const noexcept {
    return size() == 0;
  }

  /// Chat lines that haven't been written to their last byte.
  size_t unwritten_lines() const noexcept {
    return waiting_lines_;
  }

private:
  struct mark {
    uint64_t end;
    size_t lines;
  };

  struct delay {
    uint64_t end;
    time_point due;
  };

  std::string front_; // being written
  size_t front_at_ = 0;
  std::string back_; // being filled
  wire_shape shape_;
  time_point resume_at_{};
  uint64_t committed_ = 0; // bytes since the beginning
  uint64_t written_ = 0;
  std::deque<mark> marks_;
  std::deque<delay> delayed_;
  size_t waiting_lines_ = 0;
};

} // namespace creamery::simulator
