#pragma once

#include "messages/reports.hpp"
#include "messages/result.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// How far the bots have read and handled their chat: written down while the process lives, so that the next one can tell what
/// was missed when it ends without a word. All times in milliseconds since 1970.
struct reading_state {
  struct bot {
    /// By channel: what was said before this time was read, and, but for the cogs below, handled.
    std::map<std::string, int64_t> read;
    /// By cog, for those that haven't handled all of it: when the oldest line that they haven't handled was sent.
    std::map<std::string, int64_t> behind;

    friend bool operator==(const bot&, const bot&) = default;
  };

  std::map<std::string, bot> bots;

  friend bool operator==(const reading_state&, const reading_state&) = default;
};

/// Makes reading states of the reports that bots give again and again.
class reading_recorder {
public:
  reading_recorder() = default;

  /// @param last what an earlier process has left, which holds until something newer is known.
  explicit reading_recorder(reading_state last);

  /// Takes the next reports in. Their parts aren't of the same moment: what a connection has read counts only once the report after
  /// it has told how far the cogs were then.
  void add(const std::vector<bot_report>& reports);

  const reading_state& state() const noexcept {
    return state_;
  }

private:
  reading_state state_;
  /// What the last reports said of the channels.
  std::map<std::string, std::map<std::string, int64_t>> latest_;
};

/// What the cogs of this bot did not come to when the process ended.
std::vector<reading_gap> missed_by_cogs(const reading_state::bot& last);

/// As JSON, for the file.
std::string to_text(const reading_state& state);

/// Fails, saying where and why, when `text` isn't what `to_text` makes.
result<reading_state> parse_reading_state(std::string_view text);

} // namespace creamery
