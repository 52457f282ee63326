#pragma once

#include "actors/settings.hpp"
#include "config/configuration.hpp"

namespace creamery {

/// How actors are kept alive: what is built in, changed as the configuration says.
supervision_settings plan_supervision(const supervision_config& config);

} // namespace creamery
