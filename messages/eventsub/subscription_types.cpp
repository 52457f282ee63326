#include "messages/eventsub/subscription_types.hpp"

#include <algorithm>
#include <array>

namespace creamery::eventsub {

namespace {

constexpr std::string_view redemptions = "channel:read:redemptions|channel:manage:redemptions";
constexpr std::string_view polls = "channel:read:polls|channel:manage:polls";
constexpr std::string_view predictions = "channel:read:predictions|channel:manage:predictions";
constexpr std::string_view guest_star = "channel:read:guest_star|channel:manage:guest_star|moderator:read:guest_star|"
                                        "moderator:manage:guest_star";
constexpr std::string_view shield_mode = "moderator:read:shield_mode|moderator:manage:shield_mode";
constexpr std::string_view shoutouts = "moderator:read:shoutouts|moderator:manage:shoutouts";
constexpr std::string_view unban_requests = "moderator:read:unban_requests|moderator:manage:unban_requests";
constexpr std::string_view vips = "channel:read:vips|channel:manage:vips";
constexpr std::string_view warnings = "moderator:read:warnings|moderator:manage:warnings";
constexpr std::string_view whispers = "user:read:whispers|user:manage:whispers";

#define CREAMERY_MODERATE_SCOPES                                                                                       \
  "moderator:read:blocked_terms|moderator:manage:blocked_terms moderator:read:chat_settings|"                          \
  "moderator:manage:chat_settings moderator:read:unban_requests|moderator:manage:unban_requests "                      \
  "moderator:read:banned_users|moderator:manage:banned_users moderator:read:chat_messages|"                            \
  "moderator:manage:chat_messages moderator:read:moderators moderator:read:vips"

constexpr std::string_view moderate_v1 = CREAMERY_MODERATE_SCOPES;
constexpr std::string_view moderate = CREAMERY_MODERATE_SCOPES " moderator:read:warnings|moderator:manage:warnings";

#undef CREAMERY_MODERATE_SCOPES

using enum subject;

// clang-format off
constexpr std::array all_types = {
  subscription_type{"automod.message.hold", "2", moderator, "moderator:manage:automod", false, "message_id"},
  subscription_type{"automod.message.hold", "1", moderator, "moderator:manage:automod", false, "message_id"},
  subscription_type{"automod.message.update", "2", moderator, "moderator:manage:automod", false, "message_id,status"},
  subscription_type{"automod.message.update", "1", moderator, "moderator:manage:automod", false, "message_id,status"},
  subscription_type{"automod.settings.update", "1", moderator, "moderator:read:automod_settings"},
  subscription_type{"automod.terms.update", "1", moderator, "moderator:manage:automod"},
  subscription_type{"channel.ad_break.begin", "1", broadcaster, "channel:read:ads"},
  subscription_type{"channel.ban", "1", broadcaster, "channel:moderate"},
  subscription_type{"channel.bits.use", "1", broadcaster, "bits:read"},
  subscription_type{"channel.channel_points_automatic_reward_redemption.add", "2", broadcaster, redemptions, false, "id"},
  subscription_type{"channel.channel_points_automatic_reward_redemption.add", "1", broadcaster, redemptions, false, "id"},
  subscription_type{"channel.channel_points_custom_reward.add", "1", broadcaster, redemptions, false, "id"},
  subscription_type{"channel.channel_points_custom_reward.remove", "1", reward, redemptions, false, "id"},
  subscription_type{"channel.channel_points_custom_reward.update", "1", reward, redemptions},
  subscription_type{"channel.channel_points_custom_reward_redemption.add", "1", reward, redemptions, false, "id"},
  subscription_type{"channel.channel_points_custom_reward_redemption.update", "1", reward, redemptions, false, "id,status"},
  subscription_type{"channel.charity_campaign.donate", "1", broadcaster, "channel:read:charity", false, "id"},
  subscription_type{"channel.charity_campaign.progress", "1", broadcaster, "channel:read:charity"},
  subscription_type{"channel.charity_campaign.start", "1", broadcaster, "channel:read:charity"},
  subscription_type{"channel.charity_campaign.stop", "1", broadcaster, "channel:read:charity"},
  subscription_type{"channel.chat.clear", "1", chatter, "user:read:chat"},
  subscription_type{"channel.chat.clear_user_messages", "1", chatter, "user:read:chat"},
  subscription_type{"channel.chat.message", "1", chatter, "user:read:chat", false, "message_id"},
  subscription_type{"channel.chat.message_delete", "1", chatter, "user:read:chat", false, "message_id"},
  subscription_type{"channel.chat.notification", "1", chatter, "user:read:chat", false, "message_id"},
  subscription_type{"channel.chat.user_message_hold", "1", chatter, "user:read:chat", false, "message_id"},
  subscription_type{"channel.chat.user_message_update", "1", chatter, "user:read:chat", false, "message_id,status"},
  subscription_type{"channel.chat_settings.update", "1", chatter, "user:read:chat"},
  subscription_type{"channel.cheer", "1", broadcaster, "bits:read"},
  subscription_type{"channel.custom_power_up_redemption.add", "1", reward, "bits:read", false, "id"},
  subscription_type{"channel.follow", "2", moderator, "moderator:read:followers"},
  subscription_type{"channel.goal.begin", "1", broadcaster, "channel:read:goals", false, "id"},
  subscription_type{"channel.goal.end", "1", broadcaster, "channel:read:goals", false, "id"},
  subscription_type{"channel.goal.progress", "1", broadcaster, "channel:read:goals"},
  subscription_type{"channel.guest_star_guest.update", "beta", moderator, guest_star},
  subscription_type{"channel.guest_star_session.begin", "beta", moderator, guest_star, false, "session_id"},
  subscription_type{"channel.guest_star_session.end", "beta", moderator, guest_star, false, "session_id"},
  subscription_type{"channel.guest_star_settings.update", "beta", moderator, guest_star},
  subscription_type{"channel.hype_train.begin", "2", broadcaster, "channel:read:hype_train", false, "id"},
  subscription_type{"channel.hype_train.end", "2", broadcaster, "channel:read:hype_train", false, "id"},
  subscription_type{"channel.hype_train.progress", "2", broadcaster, "channel:read:hype_train"},
  subscription_type{"channel.moderate", "2", moderator, moderate},
  subscription_type{"channel.moderate", "1", moderator, moderate_v1},
  subscription_type{"channel.moderator.add", "1", broadcaster, "moderation:read"},
  subscription_type{"channel.moderator.remove", "1", broadcaster, "moderation:read"},
  subscription_type{"channel.poll.begin", "1", broadcaster, polls, false, "id"},
  subscription_type{"channel.poll.end", "1", broadcaster, polls, false, "id,status"},
  subscription_type{"channel.poll.progress", "1", broadcaster, polls},
  subscription_type{"channel.prediction.begin", "1", broadcaster, predictions, false, "id"},
  subscription_type{"channel.prediction.end", "1", broadcaster, predictions, false, "id,status"},
  subscription_type{"channel.prediction.lock", "1", broadcaster, predictions, false, "id"},
  subscription_type{"channel.prediction.progress", "1", broadcaster, predictions},
  subscription_type{"channel.raid", "1", raid, ""},
  subscription_type{"channel.shared_chat.begin", "1", broadcaster, ""},
  subscription_type{"channel.shared_chat.end", "1", broadcaster, ""},
  subscription_type{"channel.shared_chat.update", "1", broadcaster, ""},
  subscription_type{"channel.shield_mode.begin", "1", moderator, shield_mode},
  subscription_type{"channel.shield_mode.end", "1", moderator, shield_mode},
  subscription_type{"channel.shoutout.create", "1", moderator, shoutouts},
  subscription_type{"channel.shoutout.receive", "1", moderator, shoutouts},
  subscription_type{"channel.subscribe", "1", broadcaster, "channel:read:subscriptions"},
  subscription_type{"channel.subscription.end", "1", broadcaster, "channel:read:subscriptions"},
  subscription_type{"channel.subscription.gift", "1", broadcaster, "channel:read:subscriptions"},
  subscription_type{"channel.subscription.message", "1", broadcaster, "channel:read:subscriptions"},
  subscription_type{"channel.suspicious_user.message", "1", moderator, "moderator:read:suspicious_users"},
  subscription_type{"channel.suspicious_user.update", "1", moderator, "moderator:read:suspicious_users"},
  subscription_type{"channel.unban", "1", broadcaster, "channel:moderate"},
  subscription_type{"channel.unban_request.create", "1", moderator, unban_requests, false, "id"},
  subscription_type{"channel.unban_request.resolve", "1", moderator, unban_requests, false, "id,status"},
  subscription_type{"channel.update", "2", broadcaster, ""},
  subscription_type{"channel.vip.add", "1", broadcaster, vips},
  subscription_type{"channel.vip.remove", "1", broadcaster, vips},
  subscription_type{"channel.warning.acknowledge", "1", moderator, warnings},
  subscription_type{"channel.warning.send", "1", moderator, warnings},
  subscription_type{"conduit.shard.disabled", "1", conduit, ""},
  subscription_type{"drop.entitlement.grant", "1", organization, "", true, "entitlement_id", true},
  subscription_type{"extension.bits_transaction.create", "1", extension, "", true, "id"},
  subscription_type{"stream.offline", "1", broadcaster, ""},
  subscription_type{"stream.online", "1", broadcaster, "", false, "id"},
  subscription_type{"user.authorization.grant", "1", client, "", true},
  subscription_type{"user.authorization.revoke", "1", client, "", true},
  subscription_type{"user.update", "1", user, ""},
  subscription_type{"user.whisper.message", "1", user, whispers, false, "whisper_id"},
};
// clang-format on

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> removed_versions = {{
  {"channel.follow", "1"},
  {"channel.hype_train.begin", "1"},
  {"channel.hype_train.end", "1"},
  {"channel.hype_train.progress", "1"},
  {"channel.update", "1"},
}};

/// Calls `then` with each part of `text` between these.
template <class Then>
void for_each_part(std::string_view text, char between, Then then) {
  while (!text.empty()) {
    auto end = std::min(text.find(between), text.size());
    then(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

} // namespace

std::span<const subscription_type> subscription_types() {
  return all_types;
}

const subscription_type* find_type(std::string_view name, std::string_view version) {
  auto found = std::find_if(all_types.begin(), all_types.end(), [&](const subscription_type& x) {
    return x.name == name && (version.empty() || x.version == version);
  });
  return found == all_types.end() ? nullptr : &*found;
}

bool is_removed(std::string_view name, std::string_view version) {
  return std::find(removed_versions.begin(), removed_versions.end(), std::pair{name, version})
         != removed_versions.end();
}

grantor grantor_of(const subscription_type& type) {
  switch (type.about) {
    case client:
    case conduit:
    case organization:
    case extension: return grantor::application;
    case broadcaster:
    case reward:
    case raid: return type.scopes.empty() ? grantor::nobody : grantor::broadcaster;
    case moderator:
    case chatter:
    case user: return type.scopes.empty() ? grantor::nobody : grantor::self;
  }
  return grantor::nobody;
}

std::vector<std::string> missing_scopes(const subscription_type& type, const std::set<std::string>& granted) {
  std::vector<std::string> missing;
  for_each_part(type.scopes, ' ', [&](std::string_view one_of) {
    bool is_there = false;
    for_each_part(one_of, '|', [&](std::string_view scope) { is_there |= granted.contains(std::string{scope}); });
    if (!is_there)
      missing.emplace_back(one_of.substr(0, one_of.find('|')));
  });
  return missing;
}

condition make_condition(const subscription_type& type, const condition_parts& parts) {
  condition made;
  auto add = [&](const char* name, const std::string& value) {
    if (!value.empty())
      made.emplace(name, value);
  };
  switch (type.about) {
    case broadcaster: add("broadcaster_user_id", parts.broadcaster); break;
    case reward:
      add("broadcaster_user_id", parts.broadcaster);
      add("reward_id", parts.reward);
      break;
    case moderator:
      add("broadcaster_user_id", parts.broadcaster);
      add("moderator_user_id", parts.self);
      break;
    case chatter:
      add("broadcaster_user_id", parts.broadcaster);
      add("user_id", parts.self);
      break;
    case raid:
      add(parts.side == raid_side::to ? "to_broadcaster_user_id" : "from_broadcaster_user_id", parts.broadcaster);
      break;
    case user: add("user_id", parts.self); break;
    case client: add("client_id", parts.client); break;
    case conduit:
      add("client_id", parts.client);
      add("conduit_id", parts.conduit);
      break;
    case organization:
      add("organization_id", parts.client);
      add("category_id", parts.category);
      add("campaign_id", parts.campaign);
      break;
    case extension: add("extension_client_id", parts.client); break;
  }
  return made;
}

unsigned cost_of(const subscription_type& type, bool is_authorized) {
  auto by = grantor_of(type);
  return by == grantor::application || by == grantor::broadcaster || by == grantor::self || is_authorized ? 0 : 1;
}

} // namespace creamery::eventsub
