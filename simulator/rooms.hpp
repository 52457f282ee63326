#pragma once

#include "simulator/clock.hpp"
#include "simulator/people.hpp"
#include "simulator/session.hpp"
#include "simulator/verdict.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// What somebody is in a channel.
struct role_set {
  bool broadcaster = false;
  bool moderator = false;
  bool vip = false;
  bool subscriber = false;
  bool follower = false;
  /// Speaks with an app's token, and has the Chat Bot badge for that.
  bool bot = false;
  /// The past: not banned. `time_point::max()`: for ever.
  time_point banned_until{};

  /// Exempt from most of what slows others down.
  bool privileged() const noexcept {
    return broadcaster || moderator || vip;
  }
};

/// How a channel is set (twitch-platform §1.9), and how it answers a JOIN.
struct room_settings {
  bool emote_only = false;
  bool subscribers_only = false;
  bool unique_chat = false;
  /// Minutes; -1: off.
  int followers_only = -1;
  /// Seconds; 0: off.
  unsigned slow = 0;

  bool suspended = false;
  bool missing = false;
  bool silent = false;
};

/// What a room thinks of a message.
struct judgement {
  verdict what = verdict::delivered;
  /// Seconds or minutes for the notice, where it names some.
  long number = 0;
};

/// One channel: settings, roles, who is in it. Knows no clock.
class room {
public:
  explicit room(std::string_view name) : owner_(make_person(name)) {
  }

  const std::string& name() const noexcept {
    return owner_.login;
  }

  /// `room-id`: the broadcaster's user id.
  const std::string& id() const noexcept {
    return owner_.user_id;
  }

  /// The broadcaster.
  const person& owner() const noexcept {
    return owner_;
  }

  /// Takes over what is new about the broadcaster.
  void belongs_to(const person& owner) {
    owner_ = owner;
  }

  role_set role_of(std::string_view login) const;

  /// Who has a role here, or had one.
  const std::map<std::string, role_set, std::less<>>& roles() const noexcept {
    return roles_;
  }

  /// The same, to be changed.
  role_set& change_role(std::string_view login);

  /// Whether a message may pass: bans, modes, slow mode, duplicates, in this order.
  /// @param text with spaces normalised.
  /// @param duplicate_window how long the same text from the same person is refused.
  judgement judge(std::string_view login, std::string_view text, bool only_emotes, duration duplicate_window,
                  time_point now) const;

  /// Remembers a message that passed.
  void remember(std::string_view login, std::string_view text, time_point now);

  /// The next number in the order of the channel's chat lines, from 1.
  uint64_t next_order() noexcept {
    return ++order_;
  }

  uint64_t order() const noexcept {
    return order_;
  }

  room_settings settings;
  /// The connections that are in.
  std::vector<session*> members;
  /// Names in the list of names, over how many connections (viewers: 1).
  std::map<std::string, unsigned, std::less<>> present;
  /// JOINs (true) and PARTs that the others have not been told of.
  std::vector<std::pair<bool, std::string>> unannounced;
  time_point announcement_due = time_point::max();

private:
  struct last_message {
    std::string text;
    time_point when;
  };

  person owner_;
  std::map<std::string, role_set, std::less<>> roles_;
  std::map<std::string, last_message, std::less<>> last_;
  std::deque<uint64_t> recent_texts_;
  uint64_t order_ = 0;
};

} // namespace creamery::simulator
