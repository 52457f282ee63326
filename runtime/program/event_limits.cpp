#include "runtime/program/event_limits.hpp"

#include "config/bot_checks.hpp"
#include "runtime/eventsub/subscription_plan.hpp"
#include "runtime/program/append_new.hpp"
#include "runtime/program/event_plan.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace creamery {

namespace {

/// What an account's bots want over WebSockets.
struct account_use {
  size_t sessions = 0;
  unsigned cost = 0;
  const bot_config* last = nullptr;
};

unsigned cost_if_nobody_authorized(const std::vector<eventsub::wanted_event>& events) {
  unsigned sum = 0;
  for (const auto& one : events)
    sum += eventsub::cost_of(*one.type, false);
  return sum;
}

void add(account_use& use, const bot_config& bot) {
  auto events = plan_events(bot, {});
  for (auto& one : plan_chat_events(bot))
    append_new(events, std::move(one));
  if (events.empty())
    return;
  // What only owners' tokens can subscribe to has sessions of theirs.
  auto is_bots = [](const auto& x) { return eventsub::grantor_of(*x.type) != eventsub::grantor::broadcaster; };
  auto of_each = eventsub::channels_on_session(events);
  if (std::any_of(events.begin(), events.end(), is_bots))
    use.sessions += (bot.channels.size() + of_each - 1) / of_each;
  const auto cost = cost_if_nobody_authorized(events);
  for (const auto& channel : bot.channels)
    use.cost += channel != bot.account ? cost : 0; // the account itself has authorised the application
  use.last = &bot;
}

} // namespace

std::vector<diagnostic> find_websocket_excess(const configuration& config) {
  std::map<std::string, account_use> accounts;
  for (const auto& bot : config.bots)
    if (!bot.anonymous && transport_of(bot) == event_transport::websocket)
      add(accounts[describe_account(bot)], bot);
  std::vector<diagnostic> found;
  for (const auto& [account, use] : accounts) {
    if (use.sessions > eventsub::sessions_of_user)
      found.push_back({severity::warning, use.last->where,
                       account + " needs " + std::to_string(use.sessions)
                         + " WebSockets for its events, and Twitch allows "
                         + std::to_string(eventsub::sessions_of_user),
                       "transport: conduit or webhook, fewer events, or chat: irc"});
    if (use.cost > eventsub::cost_of_user)
      found.push_back({severity::warning, use.last->where,
                       account + " wants events over WebSockets that cost up to " + std::to_string(use.cost)
                         + ", and Twitch allows " + std::to_string(eventsub::cost_of_user)
                         + ": raids, streams and the like cost 1 each in every channel whose owner hasn't authorised "
                           "the application",
                       "creamery auth BOT --channel CHANNEL by the owners, or transport: conduit or webhook"});
  }
  return found;
}

} // namespace creamery
