#pragma once

#include "actors/settings.hpp"
#include "config/configuration.hpp"
#include "runtime/modules/module_loader.hpp"
#include "runtime/program/webhook_plan.hpp"
#include "runtime/store/token_vault.hpp"
#include "runtime/supervision/guilt_list.hpp"

#include <vector>

namespace creamery {

/// What has to be started for a configuration.
struct bot_plan {
  std::vector<account_settings> accounts;
  broadcaster_settings broadcasters;
  std::vector<bot_settings> bots;
};

/// What the configuration asks for that this version of the program can't do yet: each an error or a warning of its own.
std::vector<diagnostic> find_unsupported(const configuration& config);

/// Works out which accounts there are: bots with the same account, or the same token, share one, because Twitch counts per
/// account. An anonymous bot has one of its own.
///
/// @param webhooks where the events of bots come that get them so.
/// @param vault knows the accounts that were chosen for bots which don't name one; null: nothing was.
/// @param modules the cogs', which say what scopes they need; those of `guilty` are not loaded for that.
bot_plan plan_bots(const configuration& config, const webhook_plan& webhooks, token_vault* vault,
                   module_loader& modules, const guilt_list* guilty);

} // namespace creamery
