#pragma once

#include "messages/eventsub/account_events.hpp"
#include "messages/eventsub/channel_events.hpp"
#include "messages/eventsub/chat_events.hpp"
#include "messages/eventsub/moderation_events.hpp"
#include "messages/result.hpp"

/// Every type of event that Twitch sends, each as a struct with its members' names (twitch-platform 3.1, 3.8).
namespace creamery::eventsub {

template <class... Ts>
struct type_list {};

using event_types =
  type_list<automod_message_hold, automod_message_hold_v1, automod_message_update, automod_message_update_v1,
            automod_settings_update, automod_terms_update, channel_ad_break_begin, channel_ban, channel_bits_use,
            channel_charity_campaign_donate, channel_charity_campaign_progress, channel_charity_campaign_start,
            channel_charity_campaign_stop, channel_chat_clear, channel_chat_clear_user_messages, channel_chat_message,
            channel_chat_message_delete, channel_chat_notification, channel_chat_settings_update,
            channel_chat_user_message_hold, channel_chat_user_message_update, channel_cheer,
            channel_custom_power_up_redemption_add, channel_follow, channel_goal_begin, channel_goal_end,
            channel_goal_progress, channel_guest_star_guest_update, channel_guest_star_session_begin,
            channel_guest_star_session_end, channel_guest_star_settings_update, channel_hype_train_begin,
            channel_hype_train_end, channel_hype_train_progress, channel_moderate, channel_moderate_v1,
            channel_moderator_add, channel_moderator_remove, channel_points_automatic_reward_redemption_add,
            channel_points_automatic_reward_redemption_add_v1, channel_points_custom_reward_add,
            channel_points_custom_reward_redemption_add, channel_points_custom_reward_redemption_update,
            channel_points_custom_reward_remove, channel_points_custom_reward_update, channel_poll_begin,
            channel_poll_end, channel_poll_progress, channel_prediction_begin, channel_prediction_end,
            channel_prediction_lock, channel_prediction_progress, channel_raid, channel_shared_chat_begin,
            channel_shared_chat_end, channel_shared_chat_update, channel_shield_mode_begin, channel_shield_mode_end,
            channel_shoutout_create, channel_shoutout_receive, channel_subscribe, channel_subscription_end,
            channel_subscription_gift, channel_subscription_message, channel_suspicious_user_message,
            channel_suspicious_user_update, channel_unban, channel_unban_request_create, channel_unban_request_resolve,
            channel_update, channel_vip_add, channel_vip_remove, channel_warning_acknowledge, channel_warning_send,
            conduit_shard_disabled, drop_entitlement_grant, extension_bits_transaction_create, stream_offline,
            stream_online, user_authorization_grant, user_authorization_revoke, user_update, user_whisper_message>;

/// Reads what an event tells. Members that are missing keep their defaults and unknown ones are skipped, because Twitch adds and
/// drops some without a new version; one of another kind than it should be is an error that names it. Never throws.
/// @param json the `event` object. @tparam T one of `event_types`.
template <class T>
result<T> decode(std::string_view json);

/// The other way round; what isn't there is null. @tparam T one of `event_types`.
template <class T>
std::string encode(const T& event);

} // namespace creamery::eventsub
