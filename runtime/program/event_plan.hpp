#pragma once

#include "config/configuration.hpp"
#include "config/diagnostic.hpp"
#include "runtime/eventsub/event_names.hpp"
#include "runtime/pubsub/topic_plan.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// The name of the cog under which the events that a bot subscribes to are configured.
inline constexpr std::string_view eventsub_cog = "eventsub";

/// The name of the cog that sees what PubSub would have said.
inline constexpr std::string_view pubsub_cog = "pubsub";

/// The cog of this name; null: the bot has none.
const cog_config* find_cog(const bot_config& bot, std::string_view name);

/// How a bot's events come.
enum class event_transport : uint8_t { websocket, webhook, conduit };

/// What the option `transport` of the cog `eventsub` says; nothing of it, and nonsense, is `websocket`.
event_transport transport_of(const bot_config& bot);

/// The events that a bot wants of each of its channels: those that its cog `eventsub` names under `events`, a list of names or a map
/// from name to `{reward: ID}`, those that stand for the `topics` of its cog `pubsub` (all but whispers unless
/// it says otherwise, and moderators' actions only if the bot has `moderators`), and those that its other cogs name themselves.
/// @param of_modules types, as modules name them.
std::vector<eventsub::wanted_event> plan_events(const bot_config& bot, const std::vector<std::string>& of_modules);

/// The events as which a bot's chat comes; none if it comes over IRC.
std::vector<eventsub::wanted_event> plan_chat_events(const bot_config& bot);

/// What a bot listens to at a PubSub server: the `topics` of its cog `pubsub`, if its `transport` is `pubsub`; else nothing, because they are
/// fed by events. Of each of the bot's `moderators` if there are any.
std::vector<pubsub::topic_wish> plan_pubsub(const bot_config& bot);

/// Names under `events` that stand for nothing, and settings that make no sense.
std::vector<diagnostic> find_event_mistakes(const bot_config& bot);

/// The scopes that these events take: of the bot's own token, and of the tokens of its channels' owners.
struct event_scopes {
  std::vector<std::string> own;
  std::vector<std::string> broadcasters;
};

event_scopes scopes_for(const std::vector<eventsub::wanted_event>& events);

/// The same for these topics. @param account the bot's.
event_scopes scopes_for(const std::vector<pubsub::topic_wish>& topics, const std::string& account);

} // namespace creamery
