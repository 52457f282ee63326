#pragma once

#include <chrono>
#include <cstddef>
#include <optional>

namespace creamery {

/// Decides whether whoever fills a queue is to wait for whoever empties it: yes, while the queue is more than half full, so that a
/// burst is taken at the reader's speed and nothing has to be shed. But not for long: a reader that is stuck, or that can't keep up,
/// must not hold up the others. It isn't waited for again before the queue is at most a quarter full.
class pacing {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  /// How long the queue may stay more than half full: a reader that moves at all empties some of it in less.
  static constexpr duration patience = std::chrono::milliseconds{100};

  /// How long it may be more than half full again and again: a burst that a healthy reader hasn't dealt with by then is none.
  static constexpr duration longest_burst = std::chrono::seconds{5};

  /// @param capacity of the queue, in bytes.
  explicit pacing(size_t capacity) : capacity_(capacity) {
  }

  /// Whether to wait, now that so many bytes are in the queue.
  bool waits(size_t bytes, time_point now) noexcept {
    if (bytes <= capacity_ / 4) {
      behind_since_.reset();
      given_up_ = false;
    }
    if (bytes <= capacity_ / 2)
      full_since_.reset();
    if (given_up_ || bytes <= capacity_ / 2)
      return false;
    if (!full_since_)
      full_since_ = now;
    if (!behind_since_)
      behind_since_ = now;
    given_up_ = now - *full_since_ >= patience || now - *behind_since_ >= longest_burst;
    return !given_up_;
  }

private:
  size_t capacity_;
  bool given_up_ = false;
  /// Since when it has been more than half full …
  std::optional<time_point> full_since_;
  /// … and since when it hasn't been down to a quarter after that.
  std::optional<time_point> behind_since_;
};

} // namespace creamery
