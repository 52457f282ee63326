#include "runtime/eventsub/event_names.hpp"

#include <algorithm>
#include <array>

namespace creamery::eventsub {

namespace {

struct older_name {
  std::string_view name;
  /// Versions that Twitch has removed are the newest ones here.
  std::string_view type;
};

/// First twitch-creamery's, then TwitchIO's for its `subscribe_…` functions and its events, where they are others.
constexpr std::array older_names = {
  older_name{"channel_raid", "channel.raid"},
  older_name{"channel_ban", "channel.ban"},
  older_name{"channel_unban", "channel.unban"},
  older_name{"channel_subscription", "channel.subscribe"},
  older_name{"channel_cheers", "channel.cheer"},
  older_name{"channel_update", "channel.update"},
  older_name{"channel_follow", "channel.follow"},
  older_name{"channel_moderators_add", "channel.moderator.add"},
  older_name{"channel_moderators_remove", "channel.moderator.remove"},
  older_name{"channel_hypetrain_begin", "channel.hype_train.begin"},
  older_name{"channel_hypetrain_progress", "channel.hype_train.progress"},
  older_name{"channel_hypetrain_end", "channel.hype_train.end"},
  older_name{"channel_stream_start", "stream.online"},
  older_name{"channel_stream_end", "stream.offline"},
  older_name{"channel_points_reward_added", "channel.channel_points_custom_reward.add"},
  older_name{"channel_points_reward_updated", "channel.channel_points_custom_reward.update"},
  older_name{"channel_points_reward_removed", "channel.channel_points_custom_reward.remove"},
  older_name{"channel_points_redeemed", "channel.channel_points_custom_reward_redemption.add"},
  older_name{"channel_points_redeem_updated", "channel.channel_points_custom_reward_redemption.update"},
  older_name{"user_updated", "user.update"},

  older_name{"raid", "channel.raid"},
  older_name{"channel_bans", "channel.ban"},
  older_name{"ban", "channel.ban"},
  older_name{"channel_unbans", "channel.unban"},
  older_name{"unban", "channel.unban"},
  older_name{"channel_subscriptions", "channel.subscribe"},
  older_name{"subscription", "channel.subscribe"},
  older_name{"channel_subscription_end", "channel.subscription.end"},
  older_name{"subscription_end", "channel.subscription.end"},
  older_name{"channel_subscription_gifts", "channel.subscription.gift"},
  older_name{"subscription_gift", "channel.subscription.gift"},
  older_name{"channel_subscription_messages", "channel.subscription.message"},
  older_name{"subscription_message", "channel.subscription.message"},
  older_name{"cheer", "channel.cheer"},
  older_name{"channel_follows", "channel.follow"},
  older_name{"channel_follows_v2", "channel.follow"},
  older_name{"follow", "channel.follow"},
  older_name{"followV2", "channel.follow"},
  older_name{"channel_moderator_add", "channel.moderator.add"},
  older_name{"channel_moderator_remove", "channel.moderator.remove"},
  older_name{"hypetrain_begin", "channel.hype_train.begin"},
  older_name{"hypetrain_progress", "channel.hype_train.progress"},
  older_name{"hypetrain_end", "channel.hype_train.end"},
  older_name{"stream_start", "stream.online"},
  older_name{"stream_end", "stream.offline"},
  older_name{"channel_reward_add", "channel.channel_points_custom_reward.add"},
  older_name{"channel_reward_update", "channel.channel_points_custom_reward.update"},
  older_name{"channel_reward_remove", "channel.channel_points_custom_reward.remove"},
  older_name{"channel_reward_redeem", "channel.channel_points_custom_reward_redemption.add"},
  older_name{"channel_reward_redeem_updated", "channel.channel_points_custom_reward_redemption.update"},
  older_name{"channel_auto_reward_redeem", "channel.channel_points_automatic_reward_redemption.add"},
  older_name{"auto_reward_redeem", "channel.channel_points_automatic_reward_redemption.add"},
  older_name{"channel_goal_begin", "channel.goal.begin"},
  older_name{"channel_goal_progress", "channel.goal.progress"},
  older_name{"channel_goal_end", "channel.goal.end"},
  older_name{"channel_poll_begin", "channel.poll.begin"},
  older_name{"channel_poll_progress", "channel.poll.progress"},
  older_name{"channel_poll_end", "channel.poll.end"},
  older_name{"poll_begin", "channel.poll.begin"},
  older_name{"poll_progress", "channel.poll.progress"},
  older_name{"poll_end", "channel.poll.end"},
  older_name{"channel_prediction_begin", "channel.prediction.begin"},
  older_name{"channel_prediction_progress", "channel.prediction.progress"},
  older_name{"channel_prediction_lock", "channel.prediction.lock"},
  older_name{"channel_prediction_end", "channel.prediction.end"},
  older_name{"prediction_begin", "channel.prediction.begin"},
  older_name{"prediction_progress", "channel.prediction.progress"},
  older_name{"prediction_lock", "channel.prediction.lock"},
  older_name{"prediction_end", "channel.prediction.end"},
  older_name{"channel_shield_mode_begin", "channel.shield_mode.begin"},
  older_name{"channel_shield_mode_end", "channel.shield_mode.end"},
  older_name{"channel_shoutout_create", "channel.shoutout.create"},
  older_name{"channel_shoutout_receive", "channel.shoutout.receive"},
  older_name{"channel_charity_donate", "channel.charity_campaign.donate"},
  older_name{"channel_unban_request_create", "channel.unban_request.create"},
  older_name{"channel_unban_request_resolve", "channel.unban_request.resolve"},
  older_name{"unban_request_create", "channel.unban_request.create"},
  older_name{"unban_request_resolve", "channel.unban_request.resolve"},
  older_name{"channel_moderate", "channel.moderate"},
  older_name{"channel_vip_add", "channel.vip.add"},
  older_name{"channel_vip_remove", "channel.vip.remove"},
  older_name{"automod_message_hold", "automod.message.hold"},
  older_name{"automod_message_update", "automod.message.update"},
  older_name{"automod_settings_update", "automod.settings.update"},
  older_name{"automod_terms_update", "automod.terms.update"},
  older_name{"suspicious_user_update", "channel.suspicious_user.update"},
  older_name{"user_authorization_granted", "user.authorization.grant"},
  older_name{"user_authorization_grant", "user.authorization.grant"},
  older_name{"user_authorization_revoked", "user.authorization.revoke"},
  older_name{"user_authorization_revoke", "user.authorization.revoke"},
  older_name{"user_update", "user.update"},
};

std::vector<wanted_event> both_sides(const subscription_type* type) {
  if (type == nullptr)
    return {};
  if (type->about != subject::raid)
    return {{type}};
  return {{type, raid_side::to}, {type, raid_side::from}};
}

} // namespace

std::vector<wanted_event> events_named(std::string_view name) {
  const auto* raid = find_type("channel.raid");
  if (name == "channel_raid_in")
    return {{raid, raid_side::to}};
  if (name == "channel_raid_out")
    return {{raid, raid_side::from}};
  for (const auto& one : older_names)
    if (one.name == name)
      return both_sides(find_type(one.type));
  auto space = std::min(name.find(' '), name.size());
  auto version = name.substr(std::min(space + 1, name.size()));
  return both_sides(find_type(name.substr(0, space), version));
}

std::vector<std::string_view> older_event_names() {
  std::vector<std::string_view> all{"channel_raid_in", "channel_raid_out"};
  for (const auto& one : older_names)
    all.push_back(one.name);
  return all;
}

} // namespace creamery::eventsub
