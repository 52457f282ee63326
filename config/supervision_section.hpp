#pragma once

#include "config/configuration.hpp"
#include "config/section.hpp"

namespace creamery {

/// Reads `supervision:`: how actors of each kind are kept alive, where that is to differ from what is built in.
void read_supervision(section& root, supervision_config& config, reading_context& context);

} // namespace creamery
