#pragma once

#include "simulator/clock.hpp"
#include "simulator/options.hpp"

#include <cstddef>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace creamery::simulator {

/// When the last attempts were; no more of them than a limit needs to know.
class attempt_window {
public:
  /// Records an attempt. Returns whether it is within the limit: no more than `limit` in any stretch of `length`.
  bool admit(size_t limit, duration length, time_point now);

  /// Records an attempt that an account of two limits makes: both are looked at, the larger one decides what is kept.
  struct outcome {
    bool within_small = true;
    bool within_large = true;
  };

  outcome admit(size_t small, size_t large, duration length, time_point now);

private:
  /// Whether an attempt at `now` would be more than `limit` within `length`.
  bool full(size_t limit, duration length, time_point now) const;

  std::deque<time_point> attempts_;
};

/// What the limits say about a message.
enum class rate_verdict {
  fine,
  /// The account has just exceeded its limit.
  exceeded,
  /// The account exceeded it before and is ignored for that.
  locked_out,
  /// A second message in the channel within a second.
  channel_too_fast,
};

/// Who speaks, as far as limits go.
struct standing {
  /// Broadcaster, moderator or VIP where it speaks.
  bool privileged = false;
  bool verified = false;
};

/// Twitch's limits for one account (twitch-platform §1.15): strict, sliding windows, every attempt counts. Knows no
/// clock.
class account_limits {
public:
  /// @param table outlives this.
  explicit account_limits(const limit_table& table) : table_(&table) {
  }

  /// A PRIVMSG.
  rate_verdict message(std::string_view channel, standing who, time_point now);

  /// One name of a JOIN. False: one too many.
  bool join(bool verified, time_point now);

  /// PASS and NICK. False: one too many.
  bool login(bool verified, time_point now);

  /// Until when the account is ignored; the past if it isn't.
  time_point locked_until() const noexcept {
    return locked_until_;
  }

private:
  bool channel_too_fast(std::string_view channel, time_point now);

  const limit_table* table_;
  attempt_window messages_;
  attempt_window joins_;
  attempt_window logins_;
  std::map<std::string, time_point, std::less<>> last_in_channel_;
  time_point locked_until_{};
};

} // namespace creamery::simulator
