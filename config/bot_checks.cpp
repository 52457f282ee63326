#include "config/bot_checks.hpp"

#include <map>
#include <set>

namespace creamery {

namespace {

/// Twitch's cap for ordinary accounts on channels that they don't moderate.
constexpr size_t max_channels = 100;

void check_ports(const configuration& config, const yaml_node& sections, reading_context& context) {
  std::map<uint16_t, const bot_config*> users;
  for (const auto& bot : config.bots) {
    const auto* settings = sections.find(bot.name);
    const auto* written = settings == nullptr ? nullptr : settings->find("auth_port");
    if (written == nullptr) // the default is shared on purpose
      continue;
    auto [first, is_new] = users.try_emplace(bot.auth_port, &bot);
    if (!is_new)
      context.out.warning(context.place(*written),
                          "bots '" + first->second->name + "' and '" + bot.name + "' have the same auth_port "
                            + std::to_string(bot.auth_port),
                          "a port of its own for each bot, or they can't be authorised at the same time");
  }
}

void check_channel_cap(const configuration& config, reading_context& context) {
  struct account_use {
    std::set<std::string> channels;
    const bot_config* last = nullptr;
  };

  std::map<std::string, account_use> accounts;
  for (const auto& bot : config.bots) {
    if (bot.anonymous)
      continue;
    auto& use = accounts[describe_account(bot)];
    use.channels.insert(bot.channels.begin(), bot.channels.end());
    use.last = &bot;
  }
  for (const auto& [account, use] : accounts)
    if (use.channels.size() > max_channels)
      context.out.warning(use.last->where,
                          account + " is to join " + std::to_string(use.channels.size())
                            + " channels; Twitch lets an account join 100 that it doesn't moderate",
                          "at most 100, or the account as a moderator in the others");
}

void check_variable_names(const configuration& config, reading_context& context) {
  std::map<std::string, const bot_config*> users;
  for (const auto& bot : config.bots) {
    auto [first, is_new] = users.try_emplace(variable_name(bot.name, "…"), &bot);
    if (!is_new)
      context.out.error(bot.where,
                        "bots '" + first->second->name + "' and '" + bot.name + "' would share the variables "
                          + first->first,
                        "names that differ in more than case and punctuation");
  }
}

void check_placement(const configuration& config, reading_context& context) {
  if (!config.cluster.is_null())
    return;
  for (const auto& bot : config.bots)
    for (const auto& cog : bot.cogs)
      if (!cog.node.empty())
        context.out.warning({std::string{context.file}, cog.line, 0},
                            "cog '" + cog.name + "' of bot '" + bot.name + "' is placed on node '" + cog.node
                              + "', but there is no cluster",
                            "a 'cluster' section, or no 'node'");
}

} // namespace

std::string describe_account(const bot_config& bot) {
  return bot.account ? "account '" + *bot.account + "'" : "the account of bot '" + bot.name + "'";
}

void check_bots(const configuration& config, const yaml_node& sections, reading_context& context) {
  check_ports(config, sections, context);
  check_channel_cap(config, context);
  check_variable_names(config, context);
  check_placement(config, context);
}

} // namespace creamery
