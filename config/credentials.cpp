#include "config/credentials.hpp"

#include "config/ascii.hpp"
#include "config/did_you_mean.hpp"
#include "config/names.hpp"
#include "config/token_text.hpp"

#include <algorithm>

namespace creamery {

namespace {

constexpr std::string_view only_bots_token = "AUTH_TOKEN";
constexpr std::string_view credential_form = "visible characters without spaces, as Twitch gave it";

class credential_reader {
public:
  credential_reader(configuration& config, reading_context& context) : config_(config), context_(context) {
  }

  void read() {
    bool ambiguous = check_only_bots_token();
    for (auto& bot : config_.bots)
      read_bot(bot, ambiguous);
    read_pubsub_tokens();
    read_moderators();
    config_.key = read_secret("CREAMERY_KEY");
  }

private:
  using variable = environment::variable;

  bool is_only_bot(const bot_config& bot) const {
    return std::all_of(config_.bots.begin(), config_.bots.end(),
                       [&](const bot_config& x) { return x.anonymous || &x == &bot; });
  }

  /// With several bots nobody knows whose token `AUTH_TOKEN` is. Returns whether that is so.
  bool check_only_bots_token() {
    const auto* token = context_.env.find_value(only_bots_token);
    auto& bots = config_.bots;
    if (token == nullptr || std::any_of(bots.begin(), bots.end(), [&](const auto& x) { return is_only_bot(x); }))
      return false;
    if (bots.empty())
      return false;
    std::string names;
    std::string variables;
    for (const auto& bot : bots) {
      if (bot.anonymous)
        continue;
      names += (names.empty() ? "'" : ", '") + bot.name + "'";
      variables += (variables.empty() ? "" : ", ") + variable_name(bot.name, "ACCESS_TOKEN");
    }
    context_.out.error(token->where, "AUTH_TOKEN is ambiguous: it may belong to any of the bots " + names,
                       "a variable for each bot instead: " + variables);
    return true;
  }

  void read_bot(bot_config& bot, bool only_bots_token_is_ambiguous) {
    bot.client_id = read_secret(variable_name(bot.name, "CLIENT_ID")).reveal();
    bot.client_secret = read_secret(variable_name(bot.name, "CLIENT_SECRET"));
    const auto* token = context_.env.find_value(variable_name(bot.name, "ACCESS_TOKEN"));
    auto name = variable_name(bot.name, "ACCESS_TOKEN");
    if (token == nullptr && is_only_bot(bot)) {
      token = context_.env.find_value(only_bots_token);
      name = only_bots_token;
    }
    if (bot.anonymous && token != nullptr)
      context_.out.warning(token->where, name + " is not used, because bot '" + bot.name + "' is anonymous",
                           "either a token or 'anonymous: true'");
    else if (!bot.anonymous && token != nullptr)
      bot.access_token = read_token(*token, name);
    else if (!bot.anonymous && bot.client_id.empty() && !only_bots_token_is_ambiguous) // else it has been said
      report_missing_token(bot);
  }

  void report_missing_token(const bot_config& bot) {
    auto name = variable_name(bot.name, "ACCESS_TOKEN");
    auto message = "bot '" + bot.name + "' has no user token: ";
    if (is_only_bot(bot))
      message += "neither " + name + " nor AUTH_TOKEN is set";
    else
      message += name + " is not set";
    message += suggestion(name);
    auto application = variable_name(bot.name, "CLIENT_ID");
    message += ", and no application to get one with: " + application + " is not set";
    context_.out.error(bot.where, message,
                       application + " and " + variable_name(bot.name, "CLIENT_SECRET")
                         + " in .env, then 'creamery auth " + bot.name + "'; or " + name
                         + "=<token>; or 'anonymous: true' to read without an account");
  }

  /// A variable that is set, belongs to no other bot and has almost the right name.
  std::string suggestion(const std::string& name) const {
    std::vector<std::string_view> candidates;
    for (const auto& [known, value] : context_.env)
      if (known.ends_with("_ACCESS_TOKEN") && !belongs_to_a_bot(known))
        candidates.push_back(known);
    auto candidate = closest(name, candidates);
    return candidate ? " (but " + std::string{*candidate} + " is)" : "";
  }

  bool belongs_to_a_bot(std::string_view name) const {
    return std::any_of(config_.bots.begin(), config_.bots.end(),
                       [&](const bot_config& x) { return variable_name(x.name, "ACCESS_TOKEN") == name; });
  }

  void read_pubsub_tokens() {
    for (const auto& bot : config_.bots) {
      for (const auto& channel : bot.channels) {
        auto name = variable_name(channel, "PUBSUB_TOKEN");
        const auto* token = context_.env.find_value(name);
        if (token != nullptr && !config_.pubsub_tokens.contains(channel))
          config_.pubsub_tokens.emplace(channel, read_token(*token, name));
      }
    }
  }

  void read_moderators() {
    const auto* list = context_.env.find_value("MODERATORS");
    if (list == nullptr)
      return;
    auto rest = list->value.reveal();
    while (!rest.empty()) {
      auto comma = std::min(rest.find(','), rest.size());
      auto moderator = to_lower(trim(rest.substr(0, comma)));
      rest.remove_prefix(std::min(comma + 1, rest.size()));
      if (is_login_name(moderator))
        config_.moderators.push_back(std::move(moderator));
      else if (!moderator.empty())
        context_.out.error(list->where, "MODERATORS has an entry that is no user",
                           "user ids or login names, separated by ','");
    }
    for (auto& bot : config_.bots)
      bot.moderators = config_.moderators;
  }

  secret read_token(const variable& x, std::string_view name) {
    auto text = without_oauth_prefix(trim(x.value.reveal()));
    if (is_credential(text))
      return secret{text};
    context_.out.error(x.where, std::string{name} + " is no token", credential_form);
    return {};
  }

  secret read_secret(std::string_view name) {
    const auto* found = context_.env.find_value(name);
    if (found == nullptr)
      return {};
    auto text = trim(found->value.reveal());
    if (is_credential(text))
      return secret{text};
    context_.out.error(found->where, std::string{name} + " has characters that can't be right", credential_form);
    return {};
  }

  configuration& config_;
  reading_context& context_;
};

} // namespace

void read_credentials(configuration& config, reading_context& context) {
  credential_reader{config, context}.read();
}

} // namespace creamery
