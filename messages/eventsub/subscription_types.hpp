#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::eventsub {

/// What a subscription's condition is made of.
enum class subject : uint8_t {
  /// A channel.
  broadcaster,
  /// A channel, and perhaps one of its rewards.
  reward,
  /// A channel, as one of its moderators sees it.
  moderator,
  /// A channel, as somebody in its chat sees it.
  chatter,
  /// Exactly one of the two sides of a raid.
  raid,
  /// A user, wherever they are.
  user,
  /// The application's users.
  client,
  /// The application's conduits.
  conduit,
  /// What an organization's campaigns give away.
  organization,
  /// An extension.
  extension,
};

/// Who has to have granted a subscription's scopes to the application.
enum class grantor : uint8_t {
  nobody,
  broadcaster,
  /// The moderator, chatter or user in the condition.
  self,
  /// It needs the application's own token.
  application,
};

/// One type of event that can be subscribed to.
struct subscription_type {
  std::string_view name;
  std::string_view version;
  subject about = subject::broadcaster;
  /// All of these, with spaces between them; `a|b`: one of both is enough. Empty: nobody has to grant anything.
  std::string_view scopes;
  /// Twitch sends it over webhooks and nothing else.
  bool only_webhook = false;
  /// The member that makes an event unique, however often and under whatever message ids Twitch sends it; `a.b`: the member `b` of
  /// `a`; `a,b`: both together. Empty: there is none.
  std::string_view business_key = {};
  /// Twitch makes a subscription only if it may send several events in one message.
  bool is_batched = false;
};

/// All of them (twitch-platform 3.1), sorted by name, newest version first.
std::span<const subscription_type> subscription_types();

/// @param version empty: the newest.
/// @returns null if there is none.
const subscription_type* find_type(std::string_view name, std::string_view version = {});

/// Whether Twitch has removed this version. It answers 410 to whoever subscribes to it.
bool is_removed(std::string_view name, std::string_view version);

/// Whose grant its scopes are.
grantor grantor_of(const subscription_type& type);

/// Those of its scopes that are missing; where one of several is enough, the first of them, which allows least.
std::vector<std::string> missing_scopes(const subscription_type& type, const std::set<std::string>& granted);

/// Which side of a raid is watched.
enum class raid_side : uint8_t { to, from };

/// Whom a condition names. Ids; what its type doesn't need may be empty.
struct condition_parts {
  std::string broadcaster = {};
  /// The moderator, chatter or user.
  std::string self = {};
  std::string reward = {};
  raid_side side = raid_side::to;
  std::string client = {};
  std::string conduit = {};
  /// Of an organization's drops: only those for this game, only those of this campaign. Empty: of all.
  std::string category = {};
  std::string campaign = {};
};

/// The members of a condition, with their values. Empty values are left out: Twitch adds and drops them as it likes (twitch-platform 3.9).
using condition = std::map<std::string, std::string>;

condition make_condition(const subscription_type& type, const condition_parts& parts);

/// What it costs of the limit if the user named in the condition has, or hasn't, authorised the application (twitch-platform 3.5).
unsigned cost_of(const subscription_type& type, bool is_authorized);

} // namespace creamery::eventsub
