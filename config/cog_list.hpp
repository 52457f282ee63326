#pragma once

#include "config/configuration.hpp"
#include "config/section.hpp"

#include <vector>

namespace creamery {

/// Reads `cogs:` of a bot: a list of names, a list in which some have options (`- routines: {…}`), or a map from name
/// to options or nothing.
std::vector<cog_config> read_cogs(section& bot, reading_context& context);

} // namespace creamery
