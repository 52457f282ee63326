#pragma once

#include "runtime/eventsub/event_names.hpp"
#include "runtime/eventsub/subscriptions.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace creamery::eventsub {

/// With whose token subscriptions are made.
enum class token_owner : uint8_t {
  bot,
  /// The owner of the one channel.
  broadcaster,
  /// The application's own, as webhooks and conduits need it.
  application,
};

/// Who wants which events of whom.
struct event_wish {
  token_owner token = token_owner::bot;
  /// Ids: of the token's user, or, for the application's, of the bot's; and of the application.
  std::string own;
  std::string client;
  /// Channels, each with its owner's id.
  std::vector<std::pair<std::string, std::string>> channels;
  /// What is wanted for each of them.
  std::vector<wanted_event> events;
};

/// How many channels one session takes that is made with the bot's own token, if these events are wanted of each.
size_t channels_on_session(const std::vector<wanted_event>& events);

/// Twitch allows one user and application so many sessions over WebSocket (twitch-platform 3.4).
inline constexpr size_t sessions_of_user = 3;

/// … and subscriptions over WebSocket that cost no more than this in all (twitch-platform 3.5).
inline constexpr unsigned cost_of_user = 10;

/// The subscriptions that a wish amounts to, as far as this token can make them; each once.
std::vector<wanted_subscription> plan_subscriptions(const event_wish& wish);

} // namespace creamery::eventsub
