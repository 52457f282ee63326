#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>

namespace creamery::helix {

/// What the headers of an answer say of the rate limit (twitch-platform 4.1).
struct rate_headers {
  std::optional<int64_t> limit;
  std::optional<int64_t> remaining;
  /// When the bucket is full again, in seconds since 1970 by Twitch's clock.
  std::optional<int64_t> reset;
};

/// How many calls Twitch allows at this moment, as far as its answers tell. Knows no clock; ours may go wrong by any amount.
class rate_bucket {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::steady_clock::duration;

  /// A bucket is full again after this at the latest.
  static constexpr auto period = std::chrono::minutes{1};

  /// Whether one more call may be made, if so many are under way whose answers aren't known.
  bool allows(size_t under_way, time_point now) const noexcept {
    return now >= full_at_ || remaining_ > static_cast<int64_t>(under_way);
  }

  /// When there will be points again.
  time_point next() const noexcept {
    return full_at_;
  }

  /// An answer has come. @param wall_now in milliseconds since 1970.
  void answered(const rate_headers& headers, time_point now, int64_t wall_now) {
    if (headers.remaining)
      learn(*headers.remaining, headers.reset, now, wall_now);
  }

  /// A call was refused because the bucket is empty.
  void exhausted(const rate_headers& headers, time_point now, int64_t wall_now) {
    learn(0, headers.reset, now, wall_now);
  }

private:
  void learn(int64_t remaining, std::optional<int64_t> reset, time_point now, int64_t wall_now) {
    remaining_ = remaining;
    // By our clock, which may be wrong: but it is never longer than a period, and never no time at all.
    auto left = reset ? std::chrono::milliseconds{*reset * 1000 - wall_now} : std::chrono::milliseconds{period};
    full_at_ = now + std::clamp<duration>(left, std::chrono::milliseconds{200}, period);
  }

  int64_t remaining_ = 1;
  /// From then on it is taken for full; at the beginning it is.
  time_point full_at_ = time_point::min();
};

} // namespace creamery::helix
