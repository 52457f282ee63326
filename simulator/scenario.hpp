#pragma once

#include "messages/result.hpp"
#include "simulator/clock.hpp"
#include "simulator/fault.hpp"
#include "simulator/requests.hpp"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace creamery::simulator {

/// What goes on in one channel all the time.
struct channel_script {
  /// `*`: each channel that somebody joins and that has no script of its own.
  std::string channel;
  /// Different people who chat.
  unsigned viewers = 30;
  /// Lines a second, at random moments.
  double chatter = 1;
  /// What they say; empty: the scenario's, else the built-in phrases.
  std::vector<std::string> phrases;
  std::vector<std::string> moderators;
  std::vector<std::string> vips;
  /// Settings from the beginning.
  room_request settings;

  /// A line that comes again and again, a command for instance.
  struct regular_line {
    std::string text;
    duration every{};
  };

  std::vector<regular_line> commands;

  // How often each of these happens, on average; 0: never.
  duration subs{};
  duration resubs{};
  /// A gift of one to five subscriptions.
  duration gifts{};
  duration cheers{};
  duration announcements{};
  /// Somebody is timed out.
  duration timeouts{};
  /// Somebody's line is deleted.
  duration deletions{};
};

/// Something that happens once (or once in each repetition).
struct scenario_event {
  /// A fault, or the end of all of them.
  struct trouble {
    struct fault what;
  };

  struct calm {};

  duration at{};
  std::variant<raid_request, room_request, notice_request, clear_request, say_request, trigger_request, trouble, calm>
    what;
};

/// A whole evening.
struct scenario {
  /// 0: another one each time.
  uint64_t seed = 0;
  std::vector<channel_script> channels;
  /// By time.
  std::vector<scenario_event> timeline;
  /// The timeline begins again after so long; 0: never.
  duration repeat{};
};

/// Reads a scenario (YAML; the format is in simulator/README.md). @param origin for messages, which name the line.
result<scenario> parse_scenario(const std::string& text, const std::string& origin);

/// The same out of a file.
result<scenario> load_scenario(const std::string& file);

/// The text of the scenario that is built in.
const std::string& default_scenario();

} // namespace creamery::simulator
