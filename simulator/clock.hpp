#pragma once

#include <chrono>
#include <cstdint>

namespace creamery::simulator {

/// The simulator's time: reads as Unix time, but never jumps, so that one kind of time serves for windows that are
/// measured and for time stamps that are shown. Nothing with rules in it asks for it: the time is passed in.
struct clock {
  using duration = std::chrono::microseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::sys_time<duration>;
  static constexpr bool is_steady = true;

  static time_point now() {
    using std::chrono::floor;
    static const auto wall = floor<duration>(std::chrono::system_clock::now());
    static const auto steady = std::chrono::steady_clock::now();
    return wall + floor<duration>(std::chrono::steady_clock::now() - steady);
  }
};

using time_point = clock::time_point;
using duration = clock::duration;

/// Milliseconds since 1970, as `tmi-sent-ts` shows them.
inline int64_t unix_milliseconds(time_point t) {
  return std::chrono::floor<std::chrono::milliseconds>(t.time_since_epoch()).count();
}

} // namespace creamery::simulator
