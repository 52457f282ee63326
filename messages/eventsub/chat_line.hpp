#pragma once

#include "messages/eventsub/event.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Chat as EventSub tells it, in the form in which IRC would have: so handlers and commands needn't know which way it came.
namespace creamery::eventsub {

/// The types that together say what IRC says.
const std::vector<std::string_view>& chat_types();

/// Whether it is one of them.
bool is_chat(std::string_view type);

/// The line that IRC would have carried, without CR LF: PRIVMSG, USERNOTICE, CLEARCHAT, CLEARMSG or ROOMSTATE (twitch-platform 1.6–1.9,
/// 3.8). What the event doesn't tell has no tag: `first-msg`, `returning-chatter`, `flags`, `turbo`; how long somebody is timed out, which makes
/// it look like a ban; the text of a message that is deleted.
/// @returns a failure if it is none of chat's, or something is missing that a line can't do without.
result<std::string> chat_line(const event& event);

} // namespace creamery::eventsub
