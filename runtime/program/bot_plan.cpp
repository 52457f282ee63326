#include "runtime/program/bot_plan.hpp"

#include <algorithm>
#include <random>

namespace creamery {

namespace {

/// Twitch lets `justinfan` and a number read without an account (twitch-platform 1.2).
std::string anonymous_login() {
  return "justinfan" + std::to_string(10'000 + std::random_device{}() % 90'000);
}

/// A login name made of a bot's name, for bots that don't say which account they have: Twitch goes by the token.
std::string login_of(const bot_config& bot) {
  auto login = bot.account.value_or(bot.name);
  for (auto& c : login)
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c == '-' ? '_' : c;
  return login;
}

account_settings account_of(const bot_config& bot) {
  if (bot.anonymous)
    return {bot.name + " (anonymous)", {anonymous_login(), {}}};
  return {login_of(bot), {login_of(bot), bot.access_token}, bot.verified};
}

} // namespace

std::vector<diagnostic> find_unsupported(const configuration& config) {
  std::vector<diagnostic> found;
  for (const auto& bot : config.bots) {
    if (bot.chat == chat_transport::eventsub)
      found.push_back(
        {severity::error, bot.where, "bot '" + bot.name + "': chat over EventSub isn't there yet", "chat: irc"});
  }
  return found;
}

bot_plan plan_bots(const configuration& config) {
  bot_plan plan;
  for (const auto& bot : config.bots) {
    auto mine = account_of(bot);
    auto shared = std::find_if(plan.accounts.begin(), plan.accounts.end(), [&](const account_settings& x) {
      return x.id == mine.id || (!mine.identity.token.empty() && x.identity.token == mine.identity.token);
    });
    if (shared == plan.accounts.end())
      shared = plan.accounts.insert(plan.accounts.end(), std::move(mine));
    shared->verified |= bot.verified; // said once is enough
    bot_settings settings{bot.name, shared->id, bot.prefix, bot.channels, {}, static_cast<size_t>(bot.redundancy)};
    for (const auto& cog : bot.cogs)
      settings.cogs.push_back({cog.name, cog.options});
    plan.bots.push_back(std::move(settings));
  }
  return plan;
}

} // namespace creamery
