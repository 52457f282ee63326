#pragma once

#include "messages/grant_wanted.hpp"

#include <map>
#include <string>
#include <string_view>

/// What a browser shows during an authorisation: small pages without scripts and without anything from elsewhere.
namespace creamery::oauth {

/// Everything that waits for a grant on this port, with a link for each.
std::string overview_page(const std::map<std::string, grant_wanted>& wanted);

/// It is done: `login` speaks for the bot, or has let it into their channel.
std::string success_page(const grant_wanted& what, std::string_view login);

/// It isn't done, and why.
///
/// @param may_try_again somebody still waits for it: with a link to begin again.
std::string failure_page(const grant_wanted& what, std::string_view why, bool may_try_again);

std::string error_page(std::string_view title, std::string_view text);

/// A text as it may stand in HTML.
std::string escape_html(std::string_view text);

} // namespace creamery::oauth
