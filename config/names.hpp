#pragma once

#include <string>
#include <string_view>

namespace creamery {

/// True for a login name on Twitch, and so for a channel's name, in lower case: up to 25 letters, digits and `_`.
bool is_login_name(std::string_view text);

/// True for the name of a bot or of a cluster node: up to 64 letters, digits, `_` and `-`.
bool is_bot_name(std::string_view text);

/// True for the name of a cog, which is a file's name as well: up to 64 lower-case letters, digits and `_`.
bool is_cog_name(std::string_view text);

/// True for visible ASCII without white space: whatever a token or a client id may consist of without breaking out of
/// an IRC line or an HTTP header.
bool is_credential(std::string_view text);

} // namespace creamery
