#pragma once

#include "actors/settings.hpp"
#include "config/configuration.hpp"
#include "config/diagnostic.hpp"
#include "messages/result.hpp"
#include "runtime/store/token_vault.hpp"

#include <map>
#include <string>
#include <vector>

namespace creamery {

/// Mistakes in what the cogs `eventsub` say of webhooks, each bot for itself and all together.
std::vector<diagnostic> find_webhook_mistakes(const configuration& config);

/// Ports and callbacks.
struct webhook_plan {
  std::vector<webhook_settings> ports;
  /// By the names of bots.
  std::map<std::string, callback_settings> callbacks;
};

/// @param vault makes up the secrets that the configuration doesn't name, and keeps them; null: they last as long as the process.
/// @returns a failure when the vault can't be read or written.
result<webhook_plan> plan_webhooks(const configuration& config, token_vault* vault);

} // namespace creamery
