#pragma once

#include "config/configuration.hpp"
#include "messages/result.hpp"

#include <optional>

namespace creamery {

/// Sets the log up as the configuration says. Returns what prevents that, if anything: a file that can't be written.
std::optional<failure> set_up_log(const logging_config& config);

} // namespace creamery
