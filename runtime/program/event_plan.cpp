#include "runtime/program/event_plan.hpp"

#include "config/did_you_mean.hpp"
#include "messages/eventsub/chat_line.hpp"
#include "messages/json_members.hpp"
#include "messages/pubsub/replacement.hpp"
#include "runtime/program/append_new.hpp"
#include "runtime/program/cog_options.hpp"
#include "runtime/pubsub/frame.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace creamery {

namespace {

/// What one entry under `events` says.
struct configured_event {
  std::string name;
  /// The reward, organization or extension whose events are meant.
  std::string of = {};
  eventsub::subject is = eventsub::subject::reward;
  /// Of an organization's drops.
  std::string category = {};
  std::string campaign = {};
};

/// The options that say of what an event is.
constexpr std::array<std::pair<const char*, eventsub::subject>, 3> of_what{
  {{"reward", eventsub::subject::reward},
   {"organization", eventsub::subject::organization},
   {"extension", eventsub::subject::extension}}};

const nlohmann::json* configured_events(const bot_config& bot) {
  const auto* cog = find_cog(bot, eventsub_cog);
  if (cog == nullptr)
    return nullptr;
  auto events = cog->options.find("events");
  return events == cog->options.end() ? nullptr : &*events;
}

const char* option_for(eventsub::subject what) {
  for (const auto& [option, subject] : of_what)
    if (subject == what)
      return option;
  return "kind";
}

/// An id under `name`; YAML takes one that isn't quoted for a number.
std::string id_of(const nlohmann::json& value, const char* name) {
  const auto& found = member_of(value, name);
  return found.is_number_integer() ? found.dump() : text_of(value, name);
}

/// The entries, or nothing if it is neither a list of names nor a map.
std::optional<std::vector<configured_event>> entries_of(const nlohmann::json& events) {
  std::vector<configured_event> all;
  if (events.is_array()) {
    for (const auto& name : events) {
      if (!name.is_string())
        return std::nullopt;
      all.push_back({name.get<std::string>(), {}});
    }
    return all;
  }
  if (!events.is_object())
    return std::nullopt;
  for (const auto& [name, value] : events.items()) {
    if (value == nlohmann::json(false))
      continue;
    configured_event one{name, {}};
    for (const auto& [option, subject] : of_what)
      if (auto id = id_of(value, option); !id.empty()) {
        one.of = std::move(id);
        one.is = subject;
      }
    one.category = id_of(value, "category");
    one.campaign = id_of(value, "campaign");
    all.push_back(std::move(one));
  }
  return all;
}

/// What stands under `topics` of a bot's cog `pubsub`; nothing if there is no such cog.
std::vector<std::string> configured_topics(const bot_config& bot) {
  const auto* cog = find_cog(bot, pubsub_cog);
  if (cog == nullptr)
    return {};
  auto topics = cog->options.find("topics");
  std::vector<std::string> all;
  if (topics == cog->options.end()) {
    all = {"channel_points", "bits", "bits_badge", "channel_subscriptions"};
    if (!bot.moderators.empty())
      all.emplace_back("moderator_actions");
    return all;
  }
  for (const auto& one : *topics)
    all.push_back(one.is_string() ? one.get<std::string>() : one.dump());
  return all;
}

/// Whether there is a PubSub server to listen to.
bool has_pubsub_server(const bot_config& bot) {
  const auto* cog = find_cog(bot, pubsub_cog);
  return cog != nullptr && !bot.anonymous && cog->options.value("transport", nlohmann::json{}) == "pubsub";
}

/// Chat that comes as events where it can't.
std::vector<diagnostic> find_chat_mistakes(const bot_config& bot) {
  if (bot.chat != chat_transport::eventsub || bot.anonymous || transport_of(bot) != event_transport::webhook)
    return {};
  return {{severity::error, bot.where, "bot '" + bot.name + "': chat doesn't come over webhooks",
           "chat: irc, or transport: websocket or conduit"}};
}

void add(std::vector<eventsub::wanted_event>& all, eventsub::wanted_event one) {
  if (one.type != nullptr)
    append_new(all, std::move(one));
}

} // namespace

const cog_config* find_cog(const bot_config& bot, std::string_view name) {
  auto found = std::find_if(bot.cogs.begin(), bot.cogs.end(), [&](const auto& x) { return x.name == name; });
  return found == bot.cogs.end() ? nullptr : &*found;
}

event_transport transport_of(const bot_config& bot) {
  const auto* cog = find_cog(bot, eventsub_cog);
  if (cog == nullptr || bot.anonymous)
    return event_transport::websocket;
  auto found = cog->options.find("transport");
  if (found == cog->options.end())
    return event_transport::websocket;
  return *found == "webhook"   ? event_transport::webhook
         : *found == "conduit" ? event_transport::conduit
                               : event_transport::websocket;
}

std::vector<eventsub::wanted_event> plan_events(const bot_config& bot, const std::vector<std::string>& of_modules) {
  std::vector<eventsub::wanted_event> all;
  if (const auto* events = configured_events(bot))
    for (const auto& entry : entries_of(*events).value_or(std::vector<configured_event>{}))
      for (auto one : eventsub::events_named(entry.name)) {
        one.of = entry.of;
        one.category = entry.category;
        one.campaign = entry.campaign;
        add(all, std::move(one));
      }
  for (const auto& name : has_pubsub_server(bot) ? std::vector<std::string>{} : configured_topics(bot))
    if (auto topic = pubsub::find_topic(name))
      for (auto type : pubsub::replacements_of(*topic))
        add(all, {eventsub::find_type(type)});
  for (const auto& name : of_modules)
    for (const auto& one : eventsub::events_named(name))
      add(all, one);
  return all;
}

std::vector<eventsub::wanted_event> plan_chat_events(const bot_config& bot) {
  std::vector<eventsub::wanted_event> all;
  if (bot.chat == chat_transport::eventsub && !bot.anonymous)
    for (auto type : eventsub::chat_types())
      all.push_back({eventsub::find_type(type)});
  return all;
}

std::vector<pubsub::topic_wish> plan_pubsub(const bot_config& bot) {
  std::vector<pubsub_topic> kinds;
  if (has_pubsub_server(bot))
    for (const auto& name : configured_topics(bot))
      if (auto topic = pubsub::find_topic(name))
        append_new(kinds, *topic);
  return pubsub::plan_topics(kinds, bot.channels, bot.moderators);
}

std::vector<diagnostic> find_event_mistakes(const bot_config& bot) {
  auto found = find_chat_mistakes(bot);
  if (const auto* cog = find_cog(bot, pubsub_cog)) {
    cog_options options{bot, *cog};
    auto transport = options.text("transport").value_or("eventsub");
    if (transport != "eventsub" && transport != "pubsub")
      options.mistake("'transport' is '" + transport + "'", "eventsub or pubsub");
    if (transport == "pubsub" && bot.anonymous)
      options.mistake("the bot is anonymous, and has no token to listen with", "an account");
    for (auto& one : options.take())
      found.push_back(std::move(one));
  }
  for (const auto& name : configured_topics(bot))
    if (!pubsub::find_topic(name))
      found.push_back(
        {severity::error, bot.where,
         "bot '" + bot.name + "': there is no topic '" + name + "'" + did_you_mean(name, pubsub::topic_names()),
         "names like channel_points or bits, see docs/configuration.md"});
  const auto* events = configured_events(bot);
  if (events == nullptr)
    return found;
  auto entries = entries_of(*events);
  if (!entries) {
    found.push_back({severity::error, bot.where,
                     "bot '" + bot.name + "': 'events' of the cog 'eventsub' is neither a list nor a map",
                     "names of events, like [channel_follow, channel_raid]"});
    return found;
  }
  if (bot.anonymous && !entries->empty())
    found.push_back({severity::error, bot.where, "bot '" + bot.name + "' is anonymous and can't subscribe to events",
                     "an account, or no 'events'"});
  auto known = eventsub::older_event_names();
  for (const auto& type : eventsub::subscription_types())
    known.push_back(type.name);
  for (const auto& entry : *entries) {
    auto meant = eventsub::events_named(entry.name);
    if (meant.empty()) {
      auto space = entry.name.find(' ');
      auto is_removed =
        space != std::string::npos && eventsub::is_removed(entry.name.substr(0, space), entry.name.substr(space + 1));
      found.push_back({severity::error, bot.where,
                       "bot '" + bot.name + "': "
                         + (is_removed ? "Twitch has removed the event '" + entry.name + "'"
                                       : "there is no event '" + entry.name + "'" + did_you_mean(entry.name, known)),
                       "a name of docs/configuration.md, or a type of Twitch's like channel.follow"});
    }
    for (const auto& one : meant) {
      auto needs_one =
        one.type->about == eventsub::subject::organization || one.type->about == eventsub::subject::extension;
      if (one.type->only_webhook && transport_of(bot) != event_transport::webhook)
        found.push_back({severity::error, bot.where,
                         "bot '" + bot.name + "': Twitch sends the event '" + entry.name + "' over webhooks only",
                         "another event, or transport: webhook"});
      if (!entry.of.empty() && one.type->about != entry.is)
        found.push_back(
          {severity::error, bot.where,
           "bot '" + bot.name + "': the event '" + entry.name + "' is not of a single " + option_for(entry.is),
           "no '" + std::string{option_for(entry.is)} + "'"});
      if (!(entry.category + entry.campaign).empty() && one.type->about != eventsub::subject::organization)
        found.push_back({severity::error, bot.where,
                         "bot '" + bot.name + "': the event '" + entry.name + "' has no category and no campaign",
                         "no 'category' and no 'campaign'"});
      if (entry.of.empty() && needs_one)
        found.push_back({severity::error, bot.where,
                         "bot '" + bot.name + "': the event '" + entry.name + "' needs to know of which "
                           + option_for(one.type->about),
                         "{" + std::string{option_for(one.type->about)} + ": ID} behind its name"});
    }
  }
  return found;
}

event_scopes scopes_for(const std::vector<eventsub::wanted_event>& events) {
  event_scopes scopes;
  for (const auto& one : events) {
    auto by = eventsub::grantor_of(*one.type);
    if (by == eventsub::grantor::self)
      append_new(scopes.own, eventsub::missing_scopes(*one.type, {}));
    else if (by == eventsub::grantor::broadcaster)
      append_new(scopes.broadcasters, eventsub::missing_scopes(*one.type, {}));
  }
  return scopes;
}

event_scopes scopes_for(const std::vector<pubsub::topic_wish>& topics, const std::string& account) {
  event_scopes scopes;
  for (const auto& one : topics)
    append_new(is_own(one, account) ? scopes.own : scopes.broadcasters,
               std::string{pubsub::scope_of(pubsub::begin_of(one.what))});
  return scopes;
}

} // namespace creamery
