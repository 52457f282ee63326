#pragma once

#include "config/configuration.hpp"
#include "messages/grant_wanted.hpp"
#include "runtime/eventsub/event_names.hpp"
#include "runtime/modules/module_loader.hpp"
#include "runtime/supervision/guilt_list.hpp"

#include <string>
#include <vector>

namespace creamery {

/// What a bot needs to do its work.
struct bot_needs {
  /// The scopes of its own token: those of chat, those that its cogs name, and those of its events.
  std::vector<std::string> scopes;
  /// The scopes of its channels' owners' tokens.
  std::vector<std::string> broadcaster_scopes;
  /// The events that it wants of each of its channels.
  std::vector<eventsub::wanted_event> events;
};

/// Cogs that can't be loaded need nothing; they are reported elsewhere.
/// @param guilty modules that are not loaded now, since they took the process down; null: there are none.
bot_needs needs_of(const bot_config& bot, module_loader& modules, const guilt_list* guilty = nullptr);

/// How the owner of a bot's account is asked for a token.
/// @param needed the scopes.
grant_wanted grant_for(const bot_config& bot, const std::vector<std::string>& needed);

} // namespace creamery
