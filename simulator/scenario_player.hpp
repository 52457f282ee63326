#pragma once

#include "simulator/chat_server.hpp"
#include "simulator/clock.hpp"
#include "simulator/ids.hpp"
#include "simulator/scenario.hpp"

#include <cstddef>
#include <deque>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace creamery::simulator {

/// Plays a scenario: the same seed and the same channels joined give the same chat. Knows no clock and no socket.
class scenario_player {
public:
  scenario_player(scenario plot, time_point now);

  /// Does what is due, at most `at_most` things of each channel. Raids take time, so they are returned for somebody to
  /// play.
  std::vector<raid_request> play(chat_server& chat, size_t at_most, time_point now);

  /// What EventSub is to tell since this was asked last.
  std::vector<trigger_request> take_events() {
    return std::exchange(events_, {});
  }

  /// When there is something to do.
  time_point next() const;

private:
  /// What comes again and again in a channel.
  struct occasion {
    enum class kind { chatter, command, sub, resub, gift, cheer, announcement, timeout, deletion };
    kind what = kind::chatter;
    duration every{};
    /// Random moments; otherwise regular ones.
    bool random = true;
    std::string text;
    time_point due{};
  };

  /// A channel that is being played.
  struct stage {
    channel_script script;
    dice random{0};
    uint64_t crowd = 0; // where its viewers' numbers begin
    std::vector<occasion> occasions;
    std::deque<std::string> recent_ids; // of lines that may be deleted
  };

  void open_stage(chat_server& chat, channel_script script, time_point now);
  void open_joined_channels(chat_server& chat, time_point now);
  void happen(chat_server& chat, stage& at, const occasion& what, time_point now);
  void give_subscriptions(chat_server& chat, stage& at, const std::string& giver, time_point now);
  void play_timeline(chat_server& chat, std::vector<raid_request>& raids, time_point now);
  std::string somebody(stage& at) const;
  std::string somewhere(const std::string& channel) const;
  static duration until_next(stage& at, const occasion& what);

  scenario plot_;
  std::deque<stage> stages_;
  std::set<std::string> known_;
  time_point begun_; // the present round of the timeline
  size_t next_event_ = 0;
  time_point next_look_{};
  std::vector<trigger_request> events_;
};

} // namespace creamery::simulator
