#pragma once

#include <chrono>

namespace creamery {

/// SIGINT and SIGTERM as something to wait for. Made before any thread is started, so that no thread is interrupted.
class termination_signals {
public:
  /// Blocks both signals, and SIGPIPE for good: a closed socket is an error value, not the end of the program.
  termination_signals();

  /// Waits until one of them comes, at most for `timeout`. Returns whether one came.
  bool wait(std::chrono::milliseconds timeout) const;
};

} // namespace creamery
