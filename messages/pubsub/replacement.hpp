#pragma once

#include "messages/eventsub/event.hpp"
#include "messages/pubsub/message.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// PubSub, which Twitch has shut down, fed by what has replaced it (twitch-platform 5).
namespace creamery::pubsub {

/// The topic that a configuration calls so: `channel_points`, `bits`, `bits_badge`, `channel_subscriptions`, `whispers`,
/// `moderator_actions`.
std::optional<pubsub_topic> find_topic(std::string_view name);

/// All these names.
std::vector<std::string_view> topic_names();

/// What its topics begin with; ids follow, with a '.' between them if there are two: `channel-bits-events-v2.`.
std::string begin_of(pubsub_topic what);

/// The types of EventSub that say what the topic said.
std::vector<std::string_view> replacements_of(pubsub_topic what);

/// The type of events that came over PubSub itself: their subscription's id is the topic, and their content the inner message.
inline constexpr std::string_view raw_type = "pubsub";

/// The messages that PubSub would have sent when this happened: none if it is about something else, several if it sent one for each
/// part. What the event doesn't tell is null, and named in `missing`.
std::vector<pubsub_message> from_event(const eventsub::event& event);

} // namespace creamery::pubsub
