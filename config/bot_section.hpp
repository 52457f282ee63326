#pragma once

#include "config/configuration.hpp"
#include "config/section.hpp"

namespace creamery {

/// What a bot gets that doesn't say otherwise.
struct bot_defaults {
  std::string prefix = "!";
  uint16_t auth_port = 18951;
};

/// `DEFAULT_PREFIX` and `DEFAULT_AUTH_PORT`.
bot_defaults read_bot_defaults(reading_context& context);

/// Reads one entry of `bots:`, all but its credentials.
bot_config read_bot(const yaml_node& name, const yaml_node& settings, const bot_defaults& defaults,
                    reading_context& context);

/// True if a map has keys that only a bot has; tells a bot from a misspelled section at the top level.
bool looks_like_bot(const yaml_node& x);

} // namespace creamery
