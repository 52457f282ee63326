#pragma once

#include <string>
#include <string_view>

namespace creamery::simulator {

/// What became of a PRIVMSG or JOIN that a client sent.
enum class verdict {
  delivered,
  joined,
  // Refused with a NOTICE:
  banned,
  timed_out,
  suspended,
  missing,
  too_many_channels,
  emote_only,
  subscribers_only,
  followers_only,
  unique_chat,
  slow,
  duplicate,
  ratelimited,
  unrecognized_command,
  no_permission,
  // Without a word:
  locked_out,
  empty,
  silent,
  bad_name,
  anonymous,
};

/// The name that history and counters use: "delivered", "duplicate", …
std::string_view to_string(verdict x);

/// What a NOTICE says: its `msg-id` and its text.
struct notice_text {
  std::string_view id;
  std::string text;
};

/// The NOTICE for a refusal in `channel` (twitch-platform §1.11); its id is empty where Twitch says nothing.
/// @param number seconds or minutes, where the text names some.
/// @param word the command, where the text names one.
notice_text notice_for(verdict x, std::string_view channel, long number = 0, std::string_view word = {});

} // namespace creamery::simulator
