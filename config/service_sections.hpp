#pragma once

#include "config/configuration.hpp"
#include "config/section.hpp"

namespace creamery {

/// Reads the sections that are about the program and not about a bot: endpoints, store, admin, supervision, logging,
/// cluster. Asks
/// `root` for all of them, so that they count as known keys.
void read_service_sections(section& root, configuration& config, reading_context& context);

} // namespace creamery
