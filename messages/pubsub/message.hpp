#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// What PubSub's topics were about.
enum class pubsub_topic : uint8_t {
  channel_points,
  bits,
  bits_badge,
  channel_subscriptions,
  whispers,
  moderator_actions,
};

/// A message as Twitch's PubSub sent it, before it was shut down: made of an event, or come from a server that still speaks so.
struct pubsub_message {
  pubsub_topic what{};
  /// `channel-bits-events-v2.46024993`. Where the reader's own id belongs and isn't known, there is a `*`.
  std::string topic;
  /// The inner message: a JSON object.
  std::string json;
  /// What couldn't be made of the event, as JSON pointers into `json`, where there is null instead.
  std::vector<std::string> missing;

  friend bool operator==(const pubsub_message&, const pubsub_message&) = default;
};

} // namespace creamery
