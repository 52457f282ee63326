#pragma once

#include "config/configuration.hpp"
#include "config/section.hpp"

#include <string>

namespace creamery {

/// Checks what only shows when everything is seen together: bots that want the same port or share their variables,
/// accounts with too many channels, cogs placed on a node when there is no cluster.
/// @param sections the map of bots in the file.
void check_bots(const configuration& config, const yaml_node& sections, reading_context& context);

/// Whose account a bot uses, for people. Without a name in the file each bot is taken to have an account of its own.
std::string describe_account(const bot_config& bot);

} // namespace creamery
