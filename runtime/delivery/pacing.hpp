#pragma once

#include <chrono>
#include <cstddef>

namespace creamery {

/// Decides whether whoever fills a queue is to wait for whoever empties it: yes, while the queue is more than half full, so that a
/// burst is taken at the reader's speed and nothing has to be shed. But no longer than a moment: a reader that is stuck, or that
/// can't keep up for good, must not hold up the others. It isn't waited for again before it has caught up.
class pacing {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  /// How long the queue may stay too full.
  static constexpr duration patience = std::chrono::milliseconds{100};

  /// @param capacity of the queue, in bytes.
  explicit pacing(size_t capacity) : capacity_(capacity) {
  }

  /// Whether to wait, now that so many bytes are in the queue.
  bool waits(size_t bytes, time_point now) noexcept {
    if (bytes <= (given_up_ ? capacity_ / 4 : capacity_ / 2)) {
      waiting_ = given_up_ = false;
      return false;
    }
    if (given_up_)
      return false;
    if (!waiting_)
      since_ = now;
    given_up_ = now - since_ >= patience;
    waiting_ = !given_up_;
    return waiting_;
  }

private:
  size_t capacity_;
  bool waiting_ = false;
  bool given_up_ = false;
  time_point since_{};
};

} // namespace creamery
