#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace creamery::simulator {

/// What a client wrote, after Twitch has looked at it (twitch-platform §1.14).
struct message_text {
  enum class kind { plain, action, command, empty };
  kind what = kind::empty;
  /// With spaces normalised, cut to 500 characters, without the ACTION wrapper.
  std::string text;
  /// The command's name, in small letters, without its `/`.
  std::string command;
};

/// What a PRIVMSG's text amounts to.
message_text read_message(std::string_view raw);

/// Whether a command is one that moderators used before February 2023, and that Twitch still knows.
bool is_moderation_command(std::string_view name);

/// Where the emotes of a text are.
struct emote_scan {
  /// The value of the `emotes` tag: offsets in code points.
  std::string tag;
  /// There is nothing else in the text.
  bool only_emotes = false;
};

/// Finds the emotes that this Twitch knows: `Kappa`, `Keepo`, `LUL`, `PogChamp`, `HeyGuys`, `BibleThump`, `Kreygasm`,
/// `:)`.
emote_scan find_emotes(std::string_view text);

/// Line ends and NULs become spaces: chat has lines.
std::string one_line(std::string text);

/// The first `count` characters (code points), never part of one.
std::string_view first_characters(std::string_view text, size_t count);

} // namespace creamery::simulator
