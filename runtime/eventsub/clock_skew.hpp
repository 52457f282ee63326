#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace creamery::eventsub {

/// Finds out whether our clock differs from Twitch's, from genuine messages: they can't be younger than nothing, and while one of them
/// may be old because Twitch sends it again, not all of them are.
class clock_skew {
public:
  using milliseconds = std::chrono::milliseconds;

  /// Clocks that differ by less are as good as equal, and messages take some time.
  static constexpr milliseconds tolerance = std::chrono::minutes{1};
  /// So many messages in a row that look equally old say that it is the clock.
  static constexpr size_t enough = 3;

  /// A genuine message was sent at `sent` by Twitch's clock and is here at `now` by ours, in milliseconds since 1970.
  /// @param is_new it can't have been sent before and be a repetition.
  /// @returns true if what `ahead()` says has changed.
  bool add(int64_t sent, int64_t now, bool is_new) {
    auto before = ahead_;
    milliseconds age{now - sent};
    if (age < -tolerance || (is_new && age > tolerance))
      ahead_ = age;
    else if (age <= tolerance)
      forget();
    else
      add_old(age);
    return before.has_value() != ahead_.has_value();
  }

  /// By how much our clock is ahead of Twitch's; negative: behind it. Nothing: they agree as far as is known.
  std::optional<milliseconds> ahead() const noexcept {
    return ahead_;
  }

private:
  void forget() {
    ahead_.reset();
    old_ = 0;
  }

  void add_old(milliseconds age) {
    auto is_alike = old_ > 0 && age - youngest_ < tolerance && youngest_ - age < tolerance;
    old_ = is_alike ? old_ + 1 : 1;
    youngest_ = is_alike ? std::min(youngest_, age) : age;
    if (old_ >= enough)
      ahead_ = youngest_;
  }

  std::optional<milliseconds> ahead_;
  /// Messages in a row that looked equally old.
  size_t old_ = 0;
  milliseconds youngest_{};
};

} // namespace creamery::eventsub
