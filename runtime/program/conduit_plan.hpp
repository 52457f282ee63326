#pragma once

#include "config/configuration.hpp"
#include "config/diagnostic.hpp"
#include "runtime/eventsub/conduit.hpp"

#include <optional>
#include <vector>

namespace creamery {

/// What the options `conduit` and `shards` of a bot's cog `eventsub` say; nothing unless its `transport` is `conduit`.
std::optional<eventsub::conduit::options> plan_conduit(const bot_config& bot);

/// Mistakes in them, each bot for itself and all together.
std::vector<diagnostic> find_conduit_mistakes(const configuration& config);

} // namespace creamery
