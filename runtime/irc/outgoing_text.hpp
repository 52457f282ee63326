#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// The rules for the text of a message to Twitch (twitch-platform 1.14).
namespace outgoing_text {

/// Longest text in code points; Twitch cuts what is longer.
constexpr size_t max_length = 500;

/// The same for `/me`, whose wrapper counts.
constexpr size_t max_action_length = 490;

/// Makes a text fit for one line: line breaks and other control characters become spaces, spaces in a row become one, those at the ends
/// go, bytes that are no UTF-8 become U+FFFD. Nothing that is left can end the line or begin another command.
std::string clean(std::string_view text);

/// Whether the text begins with `/me `; if so, that is removed.
bool take_action(std::string& text);

/// Cuts a clean text into pieces of at most `limit` code points, at spaces where there are any, never within a character.
/// No piece is empty; an empty text gives none.
std::vector<std::string> split(std::string_view text, size_t limit = max_length);

/// The number of code points in a valid UTF-8 text.
size_t length(std::string_view text) noexcept;

/// A text that looks the same but isn't equal, so that Twitch doesn't refuse it as a repetition: an invisible character is
/// appended, or, where the limit leaves no room, a space is replaced by a no-break space. A text without room and without a
/// space is returned as it is.
std::string vary(std::string_view text, size_t limit = max_length);

/// The complete line, CR LF included: `[@client-nonce=…;reply-parent-msg-id=…] PRIVMSG #channel :text`.
std::string format_privmsg(std::string_view channel, std::string_view text, bool action, std::string_view nonce,
                           std::string_view reply_to);

} // namespace outgoing_text

} // namespace creamery
