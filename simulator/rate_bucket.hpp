#pragma once

#include "simulator/clock.hpp"

#include <algorithm>
#include <chrono>

namespace creamery::simulator {

/// How full a bucket is, as the `Ratelimit-…` headers tell it.
struct rate_state {
  unsigned limit = 0;
  unsigned remaining = 0;
  time_point full_at{};
};

/// A bucket of points that fills evenly (twitch-platform §4.1). Knows no clock.
class rate_bucket {
public:
  /// @param period from empty to full.
  rate_bucket(unsigned limit, duration period, time_point now)
    : limit_(limit), period_(period), points_(limit), seen_(now) {
  }

  /// Takes a point. False if there is none.
  bool take(time_point now) {
    fill(now);
    if (points_ < 1)
      return false;
    points_ -= 1;
    return true;
  }

  rate_state state(time_point now) {
    fill(now);
    auto missing = (limit_ - points_) / std::max(1u, limit_) * static_cast<double>(period_.count());
    return {limit_, static_cast<unsigned>(points_), now + duration{static_cast<duration::rep>(missing)}};
  }

  bool is_full(time_point now) const {
    return points_at(now) >= limit_;
  }

private:
  double points_at(time_point now) const {
    auto periods = std::chrono::duration<double>{now - seen_} / std::chrono::duration<double>{period_};
    return std::min<double>(limit_, points_ + periods * limit_);
  }

  void fill(time_point now) {
    points_ = points_at(now);
    seen_ = now;
  }

  unsigned limit_;
  duration period_;
  double points_;
  time_point seen_;
};

} // namespace creamery::simulator
