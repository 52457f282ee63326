#pragma once

#include <spdlog/fmt/chrono.h>
#include <spdlog/fmt/fmt.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <string>

namespace creamery {

/// The wall clock's time, in milliseconds since 1970, at a moment of the steady clock.
inline int64_t unix_milliseconds(std::chrono::steady_clock::time_point when = std::chrono::steady_clock::now()) {
  auto wall = std::chrono::system_clock::now() + (when - std::chrono::steady_clock::now());
  return std::chrono::duration_cast<std::chrono::milliseconds>(wall.time_since_epoch()).count();
}

/// Milliseconds since 1970 as `2026-01-31T23:59:59.123Z` (ISO 8601).
inline std::string utc_time(int64_t unix_ms) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(unix_ms / 1000)),
                     unix_ms % 1000);
}

} // namespace creamery
