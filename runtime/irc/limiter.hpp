#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <deque>

namespace creamery {

/// At most `limit` events within any `period`, counted in a sliding window, so that no period of Twitch's can see more,
/// whenever Twitch's begins. Knows no clock: the caller says what time it is.
class sliding_window {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  sliding_window(size_t limit, clock::duration period) : limit_(limit), period_(period) {
  }

  /// How many events may happen at `now`.
  size_t available(time_point now) {
    return available(now, limit_);
  }

  /// The same when another limit holds for the event in question: events of all kinds fill one window.
  size_t available(time_point now, size_t limit) {
    forget(now);
    return limit > events_.size() ? limit - events_.size() : 0;
  }

  /// Records `count` events at `now`, allowed or not.
  void record(time_point now, size_t count = 1) {
    events_.insert(events_.end(), count, now);
  }

  /// When the next event may happen; `now` or earlier: at once.
  time_point next(time_point now) {
    return next(now, limit_);
  }

  time_point next(time_point now, size_t limit) {
    forget(now);
    if (events_.size() < limit)
      return now;
    if (limit == 0)
      return time_point::max();
    return events_[events_.size() - limit] + period_;
  }

  size_t limit() const noexcept {
    return limit_;
  }

  clock::duration period() const noexcept {
    return period_;
  }

private:
  void forget(time_point now) {
    while (!events_.empty() && now - events_.front() >= period_)
      events_.pop_front();
  }

  size_t limit_;
  clock::duration period_;
  std::deque<time_point> events_;
};

/// What Twitch allows one account (twitch-platform 1.15). The periods are longer than Twitch's by a margin, because what
/// leaves here evenly may arrive there bunched.
struct account_limits {
  using duration = std::chrono::steady_clock::duration;

  /// Messages where the account is neither moderator nor VIP nor broadcaster; all channels together.
  size_t messages = 20;
  /// Messages where it is; those count against `messages` too, but still pass when that is used up.
  size_t privileged_messages = 100;
  duration message_period = std::chrono::seconds{32};
  /// Between two messages in one channel, where not privileged.
  duration channel_pause = std::chrono::milliseconds{1200};
  size_t joins = 20;
  duration join_period = std::chrono::seconds{11};
  size_t logins = 20;
  duration login_period = std::chrono::seconds{11};
  /// Channels joined at the same time, without those where the account moderates.
  size_t channels = 100;

  /// What is allowed an account that Twitch has verified as a bot.
  static account_limits verified_bot() {
    account_limits more;
    more.messages = more.privileged_messages = 7500;
    more.joins = 2000;
    more.logins = 200;
    return more;
  }
};

} // namespace creamery
