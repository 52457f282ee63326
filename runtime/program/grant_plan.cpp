#include "runtime/program/grant_plan.hpp"

#include "runtime/program/append_new.hpp"
#include "runtime/program/event_plan.hpp"
#include "runtime/store/crash_record.hpp"

#include <algorithm>
#include <string_view>

namespace creamery {

namespace {

void add_all(std::vector<std::string>& scopes, std::string_view separated_by_spaces) {
  while (!separated_by_spaces.empty()) {
    auto end = std::min(separated_by_spaces.find(' '), separated_by_spaces.size());
    if (end > 0)
      append_new(scopes, std::string{separated_by_spaces.substr(0, end)});
    separated_by_spaces.remove_prefix(std::min(end + 1, separated_by_spaces.size()));
  }
}

bool has_chat_events(const std::vector<eventsub::wanted_event>& events) {
  return std::any_of(events.begin(), events.end(),
                     [](const auto& x) { return x.type->about == eventsub::subject::chatter; });
}

} // namespace

bot_needs needs_of(const bot_config& bot, module_loader& modules, const guilt_list* guilty) {
  std::vector<std::string> scopes, events;
  append_new(scopes, std::string{bot.chat == chat_transport::irc ? "chat:read" : "user:read:chat"});
  append_new(scopes, std::string{bot.send == send_transport::irc ? "chat:edit" : "user:write:chat"});
  if (bot.send == send_transport::application)
    append_new(scopes, std::string{"user:bot"});
  for (const auto& cog : bot.cogs) {
    if (guilty != nullptr && guilty->of(cog.name))
      continue;
    crash_culprit culprit{cog.name, bot.name + "/" + cog.name};
    crash_scope scope{culprit}; // a module's code runs as soon as it is loaded
    if (auto module = modules.load(cog.name)) {
      add_all(scopes, (*module)->descriptor().scopes);
      add_all(events, (*module)->descriptor().events);
    }
  }
  bot_needs needs{scopes, scopes, plan_events(bot, events)};
  auto of_events = scopes_for(needs.events);
  // What somebody in chat sees, an application may see on their behalf (twitch-platform 3.1).
  if (transport_of(bot) != event_transport::websocket
      && (bot.chat == chat_transport::eventsub || has_chat_events(needs.events))) {
    append_new(of_events.own, std::string{"user:bot"});
    append_new(of_events.broadcasters, std::string{"channel:bot"});
  }
  auto of_topics = scopes_for(plan_pubsub(bot), bot.account.value_or(""));
  append_new(of_events.own, of_topics.own);
  append_new(of_events.broadcasters, of_topics.broadcasters);
  append_new(needs.scopes, of_events.own);
  append_new(needs.broadcaster_scopes, of_events.broadcasters);
  if (bot.account && std::find(bot.channels.begin(), bot.channels.end(), *bot.account) != bot.channels.end())
    append_new(needs.scopes, of_events.broadcasters); // it is the owner of one of its channels
  return needs;
}

grant_wanted grant_for(const bot_config& bot, const std::vector<std::string>& needed) {
  grant_wanted grant;
  grant.bot = bot.name;
  grant.login = bot.account.value_or("");
  grant.client_id = bot.client_id;
  grant.client_secret = bot.client_secret;
  grant.port = bot.auth_port;
  grant.scopes = bot.scopes.empty() ? needed : bot.scopes;
  return grant;
}

} // namespace creamery
