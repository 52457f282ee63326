#pragma once

#include "messages/eventsub/subscription_types.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace creamery::eventsub {

/// A kind of event that a bot wants for each of its channels.
struct wanted_event {
  const subscription_type* type = nullptr;
  /// Of a raid: which side the channel is on.
  raid_side side = raid_side::to;
  /// Only for this reward, where the type allows that; of this organization or extension, where it needs one. Empty: for all.
  std::string of = {};
  /// Of an organization's drops: only those for this game, only those of this campaign. Empty: of all.
  std::string category = {};
  std::string campaign = {};

  friend bool operator==(const wanted_event&, const wanted_event&) = default;
};

/// What a name in a configuration stands for: a type of today (`channel.follow`, with a version behind a space if it isn't the newest),
/// or what twitch-creamery and TwitchIO 2 called it (`channel_follows_v2`; twitch-platform 6), whatever Twitch has made of it since.
/// Raids have two sides: `channel_raid` stands for both, `channel_raid_in` and `channel_raid_out` for one.
/// @returns nothing if nobody ever called an event that.
std::vector<wanted_event> events_named(std::string_view name);

/// All names that are no type's of today.
std::vector<std::string_view> older_event_names();

} // namespace creamery::eventsub
