#include "runtime/program/bot_plan.hpp"

#include "runtime/program/append_new.hpp"
#include "runtime/program/conduit_plan.hpp"
#include "runtime/program/event_limits.hpp"
#include "runtime/program/event_plan.hpp"
#include "runtime/program/grant_plan.hpp"

#include <algorithm>
#include <random>

namespace creamery {

namespace {

/// Twitch lets `justinfan` and a number read without an account (twitch-platform 1.2).
std::string anonymous_login() {
  return "justinfan" + std::to_string(10'000 + std::random_device{}() % 90'000);
}

/// A login name made of a bot's name, for bots that don't say which account they have: Twitch goes by the token.
std::string login_from(std::string name) {
  for (auto& c : name)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c == '-' ? '_' : c;
  return name;
}

/// The login of a bot's account, as far as anybody has said it: its configuration, or its owner when authorising it.
std::string login_of(const bot_config& bot, token_vault* vault) {
  if (bot.account || vault == nullptr)
    return bot.account.value_or(login_from(bot.name));
  auto chosen = vault->login_of(bot.name); // a vault that can't be read is reported by whoever needs the token
  return chosen && *chosen ? **chosen : login_from(bot.name);
}

account_settings account_of(const bot_config& bot, token_vault* vault, const std::vector<std::string>& needed) {
  account_settings account;
  account.anonymous = bot.anonymous;
  if (bot.anonymous) {
    account.id = bot.name + " (anonymous)";
    account.identity.login = anonymous_login();
    return account;
  }
  account.id = account.identity.login = login_of(bot, vault);
  account.identity.token = bot.access_token;
  account.verified = bot.verified;
  account.needed_scopes = needed;
  account.grant = grant_for(bot, account.needed_scopes);
  return account;
}

/// One more bot uses an account: what holds for any of them holds for it.
void share(account_settings& account, account_settings other) {
  account.verified |= other.verified;
  if (account.identity.token.empty())
    account.identity.token = std::move(other.identity.token);
  append_new(account.needed_scopes, other.needed_scopes);
  append_new(account.grant.scopes, other.grant.scopes);
  if (account.grant.client_id.empty()) {
    other.grant.scopes = std::move(account.grant.scopes);
    account.grant = std::move(other.grant);
  }
}

/// Those who may be asked for their tokens: the channels' owners, and moderators whose actions are listened to.
std::vector<std::string> owners_for(const bot_config& bot) {
  auto owners = bot.channels;
  for (const auto& one : plan_pubsub(bot))
    if (!is_own(one, bot.account.value_or("")))
      append_new(owners, owner_of(one));
  return owners;
}

} // namespace

std::vector<diagnostic> find_unsupported(const configuration& config) {
  auto found = find_webhook_mistakes(config);
  for (auto& one : find_conduit_mistakes(config))
    found.push_back(std::move(one));
  for (auto& one : find_websocket_excess(config))
    found.push_back(std::move(one));
  for (const auto& bot : config.bots) {
    for (auto& one : find_event_mistakes(bot))
      found.push_back(std::move(one));
    for (const auto& other : config.bots) {
      if (&other == &bot)
        break;
      if (bot.account && bot.account == other.account && !bot.client_id.empty() && !other.client_id.empty()
          && bot.client_id != other.client_id)
        found.push_back({severity::warning, bot.where,
                         "bots '" + other.name + "' and '" + bot.name
                           + "' have one account, but two applications: only that of '" + other.name + "' is used",
                         "the same client id for both"});
    }
  }
  return found;
}

bot_plan plan_bots(const configuration& config, const webhook_plan& webhooks, token_vault* vault,
                   module_loader& modules, const guilt_list* guilty) {
  bot_plan plan;
  for (const auto& bot : config.bots) {
    auto needs = needs_of(bot, modules, guilty);
    auto mine = account_of(bot, vault, needs.scopes);
    auto shared = std::find_if(plan.accounts.begin(), plan.accounts.end(), [&](const account_settings& x) {
      return x.id == mine.id || (!mine.identity.token.empty() && x.identity.token == mine.identity.token);
    });
    if (shared == plan.accounts.end())
      shared = plan.accounts.insert(plan.accounts.end(), std::move(mine));
    else
      share(*shared, std::move(mine));
    shared->bots.push_back(bot.name);
    bot_settings settings{bot.name, shared->id, bot.prefix, bot.channels, {}, static_cast<size_t>(bot.redundancy)};
    if (!bot.anonymous)
      settings.send = bot.send == send_transport::irc     ? send_way::irc
                      : bot.send == send_transport::helix ? send_way::helix
                                                          : send_way::application;
    for (const auto& cog : bot.cogs)
      settings.cogs.push_back({cog.name, cog.options});
    if (!bot.anonymous)
      settings.events = std::move(needs.events);
    for (auto& one : plan_chat_events(bot)) {
      settings.has_chat_events = true;
      if (std::find(settings.events.begin(), settings.events.end(), one) == settings.events.end())
        settings.chat_only.emplace_back(one.type->name);
      append_new(settings.events, std::move(one));
    }
    if (auto callback = webhooks.callbacks.find(bot.name); callback != webhooks.callbacks.end())
      settings.webhook = callback->second;
    settings.conduit = bot.anonymous ? std::nullopt : plan_conduit(bot);
    if (settings.conduit && !settings.events.empty()) // so that Twitch tells when it has disabled a shard
      append_new(settings.events, eventsub::wanted_event{eventsub::find_type("conduit.shard.disabled")});
    settings.client_id = bot.client_id;
    settings.pubsub = plan_pubsub(bot);
    plan.bots.push_back(std::move(settings));
    if (!bot.client_id.empty())
      plan.broadcasters.groups.push_back({grant_for(bot, needs.broadcaster_scopes), owners_for(bot)});
  }
  plan.broadcasters.tokens = config.pubsub_tokens;
  return plan;
}

} // namespace creamery
