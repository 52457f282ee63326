#pragma once

#include "config/configuration.hpp"
#include "messages/grant_wanted.hpp"
#include "runtime/modules/module_loader.hpp"
#include "runtime/supervision/guilt_list.hpp"

#include <string>
#include <vector>

namespace creamery {

/// The scopes without which a bot can't do its work: those of chat, and those that its cogs name. Cogs that can't be loaded need
/// nothing; they are reported elsewhere.
///
/// @param guilty modules that are not loaded now, since they took the process down; null: there are none.
std::vector<std::string> needed_scopes(const bot_config& bot, module_loader& modules,
                                       const guilt_list* guilty = nullptr);

/// How the owner of a bot's account is asked for a token.
/// @param needed as above.
grant_wanted grant_for(const bot_config& bot, const std::vector<std::string>& needed);

} // namespace creamery
