#pragma once

#include "config/configuration.hpp"
#include "config/section.hpp"

namespace creamery {

/// Checks what only shows when everything is seen together: bots that want the same port or share their variables,
/// accounts with too many channels, cogs placed on a node when there is no cluster.
/// @param sections the map of bots in the file.
void check_bots(const configuration& config, const yaml_node& sections, reading_context& context);

} // namespace creamery
