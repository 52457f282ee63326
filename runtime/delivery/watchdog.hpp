#pragma once

#include "runtime/delivery/line_gate.hpp"

#include <chrono>
#include <cstdint>

namespace creamery {

/// Finds handlers that don't return: the same one, seen again and again. Whoever looks tells what time it is; the cog pays
/// nothing for being watched.
class watchdog {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  /// Looks at an instance of a cog. Returns for how long its present handler has been seen running; zero: none is, or it
  /// is seen for the first time.
  duration look(uint64_t instance, line_gate::position where, time_point now) noexcept {
    if (!where.busy() || instance != instance_ || where != where_)
      since_ = now;
    instance_ = instance;
    where_ = where;
    return now - since_;
  }

private:
  uint64_t instance_ = 0;
  line_gate::position where_;
  time_point since_{};
};

} // namespace creamery
