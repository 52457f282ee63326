#pragma once

#include "messages/irc_line.hpp"

#include <string_view>

namespace creamery {

/// Why a line could not be parsed.
enum class irc_parse_error : uint8_t {
  none,
  /// There is nothing but spaces in it.
  empty,
  /// It is longer than `irc_index::max_line`.
  too_long,
  /// It ends before a command comes.
  no_command,
};

/// The error in words.
std::string_view to_string(irc_parse_error error) noexcept;

/// Finds the parts of one line, in place and without allocating: `['@' tags SP] [':' prefix SP] verb {SP middle}
/// [SP ':' trailing]` (RFC 1459, IRCv3 message tags; twitch-platform 1.5). Several spaces count as one. Twitch sometimes
/// leaves the colon of the last parameter out, so the text is the last parameter, whichever way it is written.
/// @param line one line without CR LF.
/// @param index is filled, or left empty when an error is returned; its `begin` is left at 0 for the caller to set.
irc_parse_error parse_irc(std::string_view line, irc_index& index) noexcept;

} // namespace creamery
