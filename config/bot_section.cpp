#include "config/bot_section.hpp"

#include "config/ascii.hpp"
#include "config/cog_list.hpp"
#include "config/did_you_mean.hpp"
#include "config/names.hpp"
#include "config/twitch_scopes.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <map>

namespace creamery {

namespace {

constexpr std::string_view port_form = "a port from 1 to 65535";
constexpr std::string_view prefix_form = "what a command begins with, like \"!\"";
constexpr std::string_view login_form = "a login name: up to 25 letters, digits and '_'";
constexpr int64_t max_port = std::numeric_limits<uint16_t>::max();

/// Reads the settings of one bot.
class bot_reader {
public:
  bot_reader(const yaml_node& name, const yaml_node& settings, const bot_defaults& defaults, reading_context& context)
    : name_(name), settings_(settings, "bot " + shown(name), context), defaults_(defaults), context_(context) {
  }

  bot_config read() {
    bot_config bot;
    bot.name = name_.text;
    bot.where = context_.place(name_);
    bot.account = read_account();
    bot.prefix = read_prefix();
    bot.auth_port =
      static_cast<uint16_t>(settings_.number("auth_port", 1, max_port, port_form).value_or(defaults_.auth_port));
    bot.channels = read_channels();
    bot.cogs = read_cogs(settings_, context_);
    bot.scopes = read_scopes();
    bot.chat = read_chat();
    bot.send = read_send(bot.chat);
    bot.redundancy = static_cast<int>(settings_.number("redundancy", 1, 2, "1 or 2 connections").value_or(1));
    bot.anonymous = settings_.boolean("anonymous").value_or(false);
    bot.verified = settings_.boolean("verified").value_or(false);
    explain_other_keys();
    settings_.finish();
    check(bot);
    return bot;
  }

private:
  std::optional<std::string> read_account() {
    const auto* value = settings_.find_scalar("account", login_form);
    if (value == nullptr)
      return std::nullopt;
    auto login = to_lower(value->text);
    if (is_login_name(login))
      return login;
    settings_.mistake("account", *value, login_form);
    return std::nullopt;
  }

  std::string read_prefix() {
    const auto* value = settings_.find("prefix");
    if (value == nullptr)
      return defaults_.prefix;
    if (value->is_null() || (value->is_scalar() && trim(value->text).empty()))
      context_.out.error(context_.place(*value), "the prefix of " + settings_.owner() + " is empty",
                         std::string{prefix_form} + " (in quotes: to YAML an unquoted # begins a comment)");
    else if (!value->is_scalar() || is_blank(value->text.front()))
      settings_.mistake("prefix", *value, prefix_form);
    else
      return value->text;
    return defaults_.prefix;
  }

  std::vector<std::string> read_channels() {
    std::vector<std::string> channels;
    std::map<std::string, int> lines;
    for_each_in_list("channels", "a list of channel names, like [one, two]", [&](const yaml_node& item) {
      std::string_view text = item.text;
      auto channel = to_lower(text.substr(0, 1) == "#" ? text.substr(1) : text);
      auto [first, is_new] = lines.try_emplace(channel, item.line);
      if (!item.is_scalar() || !is_login_name(channel))
        context_.out.error(context_.place(item), "a channel of " + settings_.owner() + " is " + shown(item),
                           item.is_null() ? "a channel's name (to YAML an unquoted # begins a comment)"
                                          : "a channel's name: up to 25 letters, digits and '_'");
      else if (!is_new)
        context_.out.error(context_.place(item),
                           "channel " + shown(item) + " is listed twice in " + settings_.owner() + " (first on line "
                             + std::to_string(first->second) + ")",
                           "each channel once");
      else
        channels.push_back(std::move(channel));
    });
    return channels;
  }

  std::vector<std::string> read_scopes() {
    std::vector<std::string> scopes;
    bool all = false;
    for_each_in_list("scopes", "a list of scopes, like [chat:read, chat:edit]", [&](const yaml_node& item) {
      if (item.text == all_scopes) {
        all = true;
        context_.out.warning(context_.place(item),
                             "all_scopes asks for every permission there is; Twitch may suspend applications that do",
                             "only the scopes that are used, or no 'scopes' to ask for what the cogs need");
      } else if (is_known_scope(item)) {
        if (std::find(scopes.begin(), scopes.end(), item.text) == scopes.end())
          scopes.push_back(item.text);
        else
          context_.out.warning(context_.place(item),
                               "scope " + shown(item) + " is listed twice in " + settings_.owner(), "each scope once");
      }
    });
    if (all)
      scopes.assign(twitch_scopes.begin(), twitch_scopes.end());
    return scopes;
  }

  bool is_known_scope(const yaml_node& item) {
    auto is_in = [&](const auto& list) { return std::find(list.begin(), list.end(), item.text) != list.end(); };
    if (item.is_scalar() && is_in(twitch_scopes))
      return true;
    if (!item.is_scalar())
      context_.out.error(context_.place(item), "a scope of " + settings_.owner() + " is " + shown(item),
                         "a scope, like chat:read");
    else if (is_in(withdrawn_scopes))
      context_.out.error(context_.place(item), "Twitch has withdrawn the scope " + shown(item),
                         "one of today's scopes");
    else
      context_.out.error(context_.place(item),
                         "unknown scope " + shown(item) + " in " + settings_.owner()
                           + did_you_mean(item.text, twitch_scopes),
                         "one of Twitch's scopes, like chat:read, or all_scopes");
    return false;
  }

  send_transport read_send(chat_transport chat) {
    constexpr std::array<std::string_view, 3> words{"irc", "helix", "application"};
    auto otherwise = chat == chat_transport::irc ? send_transport::irc : send_transport::helix;
    auto chosen = settings_.choice("send", words);
    return chosen ? static_cast<send_transport>(*chosen) : otherwise;
  }

  chat_transport read_chat() {
    constexpr std::array<std::string_view, 2> words{"irc", "eventsub"};
    return settings_.choice("chat", words).value_or(0) == 0 ? chat_transport::irc : chat_transport::eventsub;
  }

  template <class Function>
  void for_each_in_list(std::string_view key, std::string_view what, Function f) {
    const auto* list = settings_.find(key);
    if (list == nullptr || list->is_null())
      return;
    if (!list->is_sequence()) {
      settings_.mistake(key, *list, what);
      return;
    }
    for (const auto& item : list->items)
      if (!item.broken)
        f(item);
  }

  /// Keys that belong elsewhere, or that another program had.
  void explain_other_keys() {
    auto in_environment = [&](std::string_view key, std::string_view what) {
      settings_.explain(key, "the variable " + variable_name(name_.text, what) + " in .env or the environment");
    };
    in_environment("client_id", "CLIENT_ID");
    in_environment("client_secret", "CLIENT_SECRET");
    in_environment("access_token", "ACCESS_TOKEN");
    in_environment("token", "ACCESS_TOKEN");
    settings_.explain("data", "the options of a cog under its name: 'cogs: {name: {…}}'");
    settings_.explain("<<", "the keys themselves: merging maps is no part of YAML 1.2");
  }

  /// True if there is nothing in that list, not even a mistake.
  bool says_nothing(std::string_view key) {
    const auto* value = settings_.find(key);
    return value == nullptr || value->is_null()
           || (!value->is_scalar() && value->items.empty() && value->entries.empty());
  }

  void check(const bot_config& bot) {
    auto warn = [&](std::string_view message, std::string_view expected) {
      context_.out.warning(bot.where, settings_.owner() + std::string{message}, expected);
    };
    if (!is_bot_name(bot.name))
      context_.out.error(bot.where, settings_.owner() + " has a name that can't be used",
                         "up to 64 letters, digits, '_' and '-'");
    if (says_nothing("channels"))
      warn(" has no channels", "at least one under 'channels'");
    if (says_nothing("cogs"))
      warn(" has no cogs, so it does nothing", "at least one under 'cogs'");
    if (bot.anonymous && bot.account)
      warn(" is anonymous, so its account is not used", "either 'account' or 'anonymous: true'");
    if (bot.anonymous && bot.verified)
      warn(" is anonymous, so there is no account that Twitch could have verified",
           "either 'verified: true' or 'anonymous: true'");
    if (bot.anonymous && bot.chat == chat_transport::irc && bot.send != send_transport::irc)
      warn(" is anonymous, so it can't say anything, whichever way", "no 'send', or an account");
    if (!bot.anonymous && bot.chat == chat_transport::eventsub && bot.send == send_transport::irc)
      context_.out.error(bot.where, settings_.owner() + " has no chat connection to send over",
                         "'send: helix' or 'send: application' with 'chat: eventsub'");
    if (bot.anonymous && bot.chat == chat_transport::eventsub)
      context_.out.error(bot.where, settings_.owner() + " is anonymous and reads chat through EventSub",
                         "'chat: irc', since EventSub takes an account");
  }

  const yaml_node& name_;
  section settings_;
  const bot_defaults& defaults_;
  reading_context& context_;
};

} // namespace

bot_defaults read_bot_defaults(reading_context& context) {
  bot_defaults defaults;
  if (const auto* prefix = context.env.find_value("DEFAULT_PREFIX")) {
    auto text = prefix->value.reveal();
    if (trim(text).empty() || is_blank(text.front()))
      context.out.error(prefix->where, "DEFAULT_PREFIX is blank", prefix_form);
    else
      defaults.prefix = text;
  }
  if (const auto* port = context.env.find_value("DEFAULT_AUTH_PORT")) {
    if (auto number = parse_number(port->value.reveal(), 1, max_port))
      defaults.auth_port = static_cast<uint16_t>(*number);
    else
      context.out.error(port->where, "DEFAULT_AUTH_PORT is no port", port_form);
  }
  return defaults;
}

bot_config read_bot(const yaml_node& name, const yaml_node& settings, const bot_defaults& defaults,
                    reading_context& context) {
  if (settings.is_map() || settings.is_null())
    return bot_reader{name, settings, defaults, context}.read();
  context.out.error(context.place(settings), "bot " + shown(name) + " is " + shown(settings),
                    "its settings as a map: channels, cogs, …");
  bot_config bot;
  bot.name = name.text;
  bot.where = context.place(name);
  return bot;
}

bool looks_like_bot(const yaml_node& x) {
  constexpr std::array<std::string_view, 5> keys{"channels", "cogs", "prefix", "scopes", "auth_port"};
  return std::any_of(keys.begin(), keys.end(), [&](auto key) { return x.find(key) != nullptr; });
}

} // namespace creamery
