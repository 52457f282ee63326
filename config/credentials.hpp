#pragma once

#include "config/configuration.hpp"
#include "config/section.hpp"

namespace creamery {

/// Fills in what only the environment knows: client ids and secrets, user tokens, `<CHANNEL>_PUBSUB_TOKEN`,
/// `MODERATORS` and `CREAMERY_KEY`. A bot without a token that isn't anonymous is a mistake.
void read_credentials(configuration& config, reading_context& context);

} // namespace creamery
