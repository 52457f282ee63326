#pragma once

#include "messages/eventsub/parts.hpp"

#include <string_view>

/// What happens in a channel besides chat and moderation: follows, raids, bits, subscriptions, channel points, polls, predictions,
/// goals, charity, hype trains (twitch-platform 3.8).
namespace creamery::eventsub {

// -- follows, raids, bits, subscriptions -----------------------------------------------------------------------------------

struct channel_follow {
  static constexpr std::string_view type = "channel.follow", version = "2";

  person user;
  person broadcaster;
  std::string followed_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f.person("broadcaster_user", x.broadcaster);
    f("followed_at", x.followed_at);
  }
};

struct channel_raid {
  static constexpr std::string_view type = "channel.raid", version = "1";

  person from;
  person to;
  int64_t viewers = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("from_broadcaster_user", x.from);
    f.person("to_broadcaster_user", x.to);
    f("viewers", x.viewers);
  }
};

struct channel_cheer {
  static constexpr std::string_view type = "channel.cheer", version = "1";

  bool is_anonymous = false;
  std::optional<person> user;
  person broadcaster;
  std::string message;
  int64_t bits = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("is_anonymous", x.is_anonymous);
    f.person("user", x.user);
    f.person("broadcaster_user", x.broadcaster);
    f("message", x.message);
    f("bits", x.bits);
  }
};

struct power_up {
  /// `message_effect`, `celebration` or `gigantify_an_emote`.
  std::string type;
  std::optional<named_emote> emote;
  std::optional<std::string> message_effect_id;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("type", x.type);
    f("emote", x.emote);
    f("message_effect_id", x.message_effect_id);
  }
};

struct used_custom_power_up {
  std::string title;
  std::optional<std::string> reward_id;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("title", x.title);
    f("reward_id", x.reward_id);
  }
};

/// Cheers, power-ups and combos; not bits in extensions.
struct channel_bits_use {
  static constexpr std::string_view type = "channel.bits.use", version = "1";

  person broadcaster;
  person user;
  int64_t bits = 0;
  /// `cheer`, `power_up` or `custom_power_up`.
  std::string kind;
  std::optional<chat_text> message;
  std::optional<eventsub::power_up> power_up;
  std::optional<used_custom_power_up> custom_power_up;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("bits", x.bits);
    f("type", x.kind);
    f("message", x.message);
    f("power_up", x.power_up);
    f("custom_power_up", x.custom_power_up);
  }
};

struct custom_power_up {
  std::string id;
  std::string title;
  int64_t bits = 0;
  std::string prompt;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f("title", x.title);
    f("bits", x.bits);
    f("prompt", x.prompt);
  }
};

struct channel_custom_power_up_redemption_add {
  static constexpr std::string_view type = "channel.custom_power_up_redemption.add", version = "1";

  std::string id;
  person broadcaster;
  person user;
  std::string user_input;
  std::string status;
  custom_power_up power_up;
  std::string redeemed_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("user_input", x.user_input);
    f("status", x.status);
    f("custom_power_up", x.power_up);
    f("redeemed_at", x.redeemed_at);
  }
};

/// Tiers are `1000`, `2000` and `3000`.
struct subscription_state {
  person user;
  person broadcaster;
  std::string tier;
  bool is_gift = false;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f.person("broadcaster_user", x.broadcaster);
    f("tier", x.tier);
    f("is_gift", x.is_gift);
  }
};

/// A new subscription; who goes on comes as `channel_subscription_message`.
struct channel_subscribe : subscription_state {
  static constexpr std::string_view type = "channel.subscribe", version = "1";
};

struct channel_subscription_end : subscription_state {
  static constexpr std::string_view type = "channel.subscription.end", version = "1";
};

struct channel_subscription_gift {
  static constexpr std::string_view type = "channel.subscription.gift", version = "1";

  std::optional<person> user;
  person broadcaster;
  int64_t total = 0;
  std::string tier;
  std::optional<int64_t> cumulative_total;
  bool is_anonymous = false;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f.person("broadcaster_user", x.broadcaster);
    f("total", x.total);
    f("tier", x.tier);
    f("cumulative_total", x.cumulative_total);
    f("is_anonymous", x.is_anonymous);
  }
};

struct channel_subscription_message {
  static constexpr std::string_view type = "channel.subscription.message", version = "1";

  person user;
  person broadcaster;
  std::string tier;
  text_with_emotes message;
  int64_t cumulative_months = 0;
  std::optional<int64_t> streak_months;
  int64_t duration_months = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f.person("broadcaster_user", x.broadcaster);
    f("tier", x.tier);
    f("message", x.message);
    f("cumulative_months", x.cumulative_months);
    f("streak_months", x.streak_months);
    f("duration_months", x.duration_months);
  }
};

// -- channel points --------------------------------------------------------------------------------------------------------

struct custom_reward {
  std::string id;
  person broadcaster;
  bool is_enabled = false;
  bool is_paused = false;
  bool is_in_stock = false;
  std::string title;
  int64_t cost = 0;
  std::string prompt;
  bool is_user_input_required = false;
  bool should_redemptions_skip_request_queue = false;
  std::optional<std::string> cooldown_expires_at;
  std::optional<int64_t> redemptions_redeemed_current_stream;
  reward_limit max_per_stream;
  reward_limit max_per_user_per_stream;
  reward_cooldown global_cooldown;
  std::string background_color;
  std::optional<reward_image> image;
  reward_image default_image;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f("is_enabled", x.is_enabled);
    f("is_paused", x.is_paused);
    f("is_in_stock", x.is_in_stock);
    f("title", x.title);
    f("cost", x.cost);
    f("prompt", x.prompt);
    f("is_user_input_required", x.is_user_input_required);
    f("should_redemptions_skip_request_queue", x.should_redemptions_skip_request_queue);
    f("cooldown_expires_at", x.cooldown_expires_at);
    f("redemptions_redeemed_current_stream", x.redemptions_redeemed_current_stream);
    f("max_per_stream", x.max_per_stream);
    f("max_per_user_per_stream", x.max_per_user_per_stream);
    f("global_cooldown", x.global_cooldown);
    f("background_color", x.background_color);
    f("image", x.image);
    f("default_image", x.default_image);
  }
};

struct channel_points_custom_reward_add : custom_reward {
  static constexpr std::string_view type = "channel.channel_points_custom_reward.add", version = "1";
};

struct channel_points_custom_reward_update : custom_reward {
  static constexpr std::string_view type = "channel.channel_points_custom_reward.update", version = "1";
};

struct channel_points_custom_reward_remove : custom_reward {
  static constexpr std::string_view type = "channel.channel_points_custom_reward.remove", version = "1";
};

struct custom_reward_redemption {
  std::string id;
  person broadcaster;
  person user;
  /// Empty if the reward asks for none.
  std::string user_input;
  /// `unknown`, `unfulfilled`, `fulfilled` or `canceled`.
  std::string status;
  redeemed_reward reward;
  std::string redeemed_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("user_input", x.user_input);
    f("status", x.status);
    f("reward", x.reward);
    f("redeemed_at", x.redeemed_at);
  }
};

struct channel_points_custom_reward_redemption_add : custom_reward_redemption {
  static constexpr std::string_view type = "channel.channel_points_custom_reward_redemption.add", version = "1";
};

struct channel_points_custom_reward_redemption_update : custom_reward_redemption {
  static constexpr std::string_view type = "channel.channel_points_custom_reward_redemption.update", version = "1";
};

struct automatic_reward {
  std::string type;
  int64_t channel_points = 0;
  std::optional<named_emote> emote;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("type", x.type);
    f("channel_points", x.channel_points);
    f("emote", x.emote);
  }
};

struct channel_points_automatic_reward_redemption_add {
  static constexpr std::string_view type = "channel.channel_points_automatic_reward_redemption.add", version = "2";

  person broadcaster;
  person user;
  std::string id;
  automatic_reward reward;
  std::optional<chat_text> message;
  std::string redeemed_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("id", x.id);
    f("reward", x.reward);
    f("message", x.message);
    f("redeemed_at", x.redeemed_at);
  }
};

struct automatic_reward_v1 {
  std::string type;
  int64_t cost = 0;
  std::optional<named_emote> unlocked_emote;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("type", x.type);
    f("cost", x.cost);
    f("unlocked_emote", x.unlocked_emote);
  }
};

struct channel_points_automatic_reward_redemption_add_v1 {
  static constexpr std::string_view type = "channel.channel_points_automatic_reward_redemption.add", version = "1";

  person broadcaster;
  person user;
  std::string id;
  automatic_reward_v1 reward;
  text_with_emotes message;
  std::optional<std::string> user_input;
  std::string redeemed_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("id", x.id);
    f("reward", x.reward);
    f("message", x.message);
    f("user_input", x.user_input);
    f("redeemed_at", x.redeemed_at);
  }
};

// -- polls, predictions, goals ---------------------------------------------------------------------------------------------

struct running_poll {
  std::string id;
  person broadcaster;
  std::string title;
  std::vector<poll_choice> choices;
  poll_voting bits_voting;
  poll_voting channel_points_voting;
  std::string started_at;
  std::string ends_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f("title", x.title);
    f("choices", x.choices);
    f("bits_voting", x.bits_voting);
    f("channel_points_voting", x.channel_points_voting);
    f("started_at", x.started_at);
    f("ends_at", x.ends_at);
  }
};

struct channel_poll_begin : running_poll {
  static constexpr std::string_view type = "channel.poll.begin", version = "1";
};

struct channel_poll_progress : running_poll {
  static constexpr std::string_view type = "channel.poll.progress", version = "1";
};

struct channel_poll_end {
  static constexpr std::string_view type = "channel.poll.end", version = "1";

  std::string id;
  person broadcaster;
  std::string title;
  std::vector<poll_choice> choices;
  poll_voting bits_voting;
  poll_voting channel_points_voting;
  /// `completed`, `archived` or `terminated`.
  std::string status;
  std::string started_at;
  std::string ended_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f("title", x.title);
    f("choices", x.choices);
    f("bits_voting", x.bits_voting);
    f("channel_points_voting", x.channel_points_voting);
    f("status", x.status);
    f("started_at", x.started_at);
    f("ended_at", x.ended_at);
  }
};

struct open_prediction {
  std::string id;
  person broadcaster;
  std::string title;
  std::vector<prediction_outcome> outcomes;
  std::string started_at;
  std::string locks_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f("title", x.title);
    f("outcomes", x.outcomes);
    f("started_at", x.started_at);
    f("locks_at", x.locks_at);
  }
};

struct channel_prediction_begin : open_prediction {
  static constexpr std::string_view type = "channel.prediction.begin", version = "1";
};

struct channel_prediction_progress : open_prediction {
  static constexpr std::string_view type = "channel.prediction.progress", version = "1";
};

struct channel_prediction_lock {
  static constexpr std::string_view type = "channel.prediction.lock", version = "1";

  std::string id;
  person broadcaster;
  std::string title;
  std::vector<prediction_outcome> outcomes;
  std::string started_at;
  std::string locked_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f("title", x.title);
    f("outcomes", x.outcomes);
    f("started_at", x.started_at);
    f("locked_at", x.locked_at);
  }
};

struct channel_prediction_end {
  static constexpr std::string_view type = "channel.prediction.end", version = "1";

  std::string id;
  person broadcaster;
  std::string title;
  std::optional<std::string> winning_outcome_id;
  std::vector<prediction_outcome> outcomes;
  /// `resolved` or `canceled`.
  std::string status;
  std::string started_at;
  std::string ended_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f("title", x.title);
    f("winning_outcome_id", x.winning_outcome_id);
    f("outcomes", x.outcomes);
    f("status", x.status);
    f("started_at", x.started_at);
    f("ended_at", x.ended_at);
  }
};

struct goal {
  std::string id;
  person broadcaster;
  /// `follow`, `subscription`, `subscription_count`, `new_subscription`, `new_subscription_count`, `new_bit` or `new_cheerer`.
  std::string kind;
  std::string description;
  int64_t current_amount = 0;
  int64_t target_amount = 0;
  std::string started_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f("type", x.kind);
    f("description", x.description);
    f("current_amount", x.current_amount);
    f("target_amount", x.target_amount);
    f("started_at", x.started_at);
  }
};

struct channel_goal_begin : goal {
  static constexpr std::string_view type = "channel.goal.begin", version = "1";
};

struct channel_goal_progress : goal {
  static constexpr std::string_view type = "channel.goal.progress", version = "1";
};

struct channel_goal_end : goal {
  static constexpr std::string_view type = "channel.goal.end", version = "1";

  bool is_achieved = false;
  std::string ended_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    goal::members(f, x);
    f("is_achieved", x.is_achieved);
    f("ended_at", x.ended_at);
  }
};

// -- charity ---------------------------------------------------------------------------------------------------------------

struct channel_charity_campaign_donate {
  static constexpr std::string_view type = "channel.charity_campaign.donate", version = "1";

  std::string id;
  std::string campaign_id;
  person broadcaster;
  person user;
  std::string charity_name;
  std::string charity_description;
  std::string charity_logo;
  std::string charity_website;
  money amount;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f("campaign_id", x.campaign_id);
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("charity_name", x.charity_name);
    f("charity_description", x.charity_description);
    f("charity_logo", x.charity_logo);
    f("charity_website", x.charity_website);
    f("amount", x.amount);
  }
};

struct charity_campaign {
  std::string id;
  person broadcaster;
  std::string charity_name;
  std::string charity_description;
  std::string charity_logo;
  std::string charity_website;
  money current_amount;
  money target_amount;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster", x.broadcaster); // here without "_user"
    f("charity_name", x.charity_name);
    f("charity_description", x.charity_description);
    f("charity_logo", x.charity_logo);
    f("charity_website", x.charity_website);
    f("current_amount", x.current_amount);
    f("target_amount", x.target_amount);
  }
};

struct channel_charity_campaign_start : charity_campaign {
  static constexpr std::string_view type = "channel.charity_campaign.start", version = "1";

  std::string started_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    charity_campaign::members(f, x);
    f("started_at", x.started_at);
  }
};

struct channel_charity_campaign_progress : charity_campaign {
  static constexpr std::string_view type = "channel.charity_campaign.progress", version = "1";
};

struct channel_charity_campaign_stop : charity_campaign {
  static constexpr std::string_view type = "channel.charity_campaign.stop", version = "1";

  std::string stopped_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    charity_campaign::members(f, x);
    f("stopped_at", x.stopped_at);
  }
};

// -- hype trains -----------------------------------------------------------------------------------------------------------

struct hype_train {
  std::string id;
  person broadcaster;
  int64_t total = 0;
  int64_t level = 0;
  std::vector<contribution> top_contributions;
  std::optional<std::vector<participant>> shared_train_participants;
  bool is_shared_train = false;
  /// `regular`, `golden_kappa` or `treasure`.
  std::string kind;
  std::string started_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f("total", x.total);
    f("level", x.level);
    f("top_contributions", x.top_contributions);
    f("shared_train_participants", x.shared_train_participants);
    f("is_shared_train", x.is_shared_train);
    f("type", x.kind);
    f("started_at", x.started_at);
  }
};

struct running_hype_train : hype_train {
  int64_t progress = 0;
  int64_t goal = 0;
  std::string expires_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    hype_train::members(f, x);
    f("progress", x.progress);
    f("goal", x.goal);
    f("expires_at", x.expires_at);
  }
};

struct channel_hype_train_begin : running_hype_train {
  static constexpr std::string_view type = "channel.hype_train.begin", version = "2";

  int64_t all_time_high_level = 0;
  int64_t all_time_high_total = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    running_hype_train::members(f, x);
    f("all_time_high_level", x.all_time_high_level);
    f("all_time_high_total", x.all_time_high_total);
  }
};

struct channel_hype_train_progress : running_hype_train {
  static constexpr std::string_view type = "channel.hype_train.progress", version = "2";
};

struct channel_hype_train_end : hype_train {
  static constexpr std::string_view type = "channel.hype_train.end", version = "2";

  std::string ended_at;
  std::string cooldown_ends_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    hype_train::members(f, x);
    f("ended_at", x.ended_at);
    f("cooldown_ends_at", x.cooldown_ends_at);
  }
};

// -- the channel and its stream --------------------------------------------------------------------------------------------

struct channel_update {
  static constexpr std::string_view type = "channel.update", version = "2";

  person broadcaster;
  std::string title;
  std::string language;
  std::string category_id;
  std::string category_name;
  std::vector<std::string> content_classification_labels;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f("title", x.title);
    f("language", x.language);
    f("category_id", x.category_id);
    f("category_name", x.category_name);
    f("content_classification_labels", x.content_classification_labels);
  }
};

struct channel_ad_break_begin {
  static constexpr std::string_view type = "channel.ad_break.begin", version = "1";

  int64_t duration_seconds = 0;
  std::string started_at;
  bool is_automatic = false;
  person broadcaster;
  person requester;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("duration_seconds", x.duration_seconds);
    f("started_at", x.started_at);
    f("is_automatic", x.is_automatic);
    f.person("broadcaster_user", x.broadcaster);
    f.person("requester_user", x.requester);
  }
};

struct stream_online {
  static constexpr std::string_view type = "stream.online", version = "1";

  std::string id;
  person broadcaster;
  /// `live`, `playlist`, `watch_party`, `premiere` or `rerun`.
  std::string kind;
  std::string started_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f("type", x.kind);
    f("started_at", x.started_at);
  }
};

struct stream_offline {
  static constexpr std::string_view type = "stream.offline", version = "1";

  person broadcaster;
  /// Since 2026.
  std::optional<std::string> id;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f("id", x.id);
  }
};

// -- guest star ------------------------------------------------------------------------------------------------------------

struct channel_guest_star_session_begin {
  static constexpr std::string_view type = "channel.guest_star_session.begin", version = "beta";

  person broadcaster;
  std::string session_id;
  std::string started_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f("session_id", x.session_id);
    f("started_at", x.started_at);
  }
};

struct channel_guest_star_session_end {
  static constexpr std::string_view type = "channel.guest_star_session.end", version = "beta";

  person broadcaster;
  std::string session_id;
  std::string started_at;
  std::string ended_at;
  std::optional<person> host;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f("session_id", x.session_id);
    f("started_at", x.started_at);
    f("ended_at", x.ended_at);
    f.person("host_user", x.host);
  }
};

struct channel_guest_star_guest_update {
  static constexpr std::string_view type = "channel.guest_star_guest.update", version = "beta";

  person broadcaster;
  std::string session_id;
  std::optional<person> moderator;
  std::optional<person> guest;
  std::optional<std::string> slot_id;
  std::optional<std::string> state;
  std::optional<person> host;
  std::optional<bool> host_video_enabled;
  std::optional<bool> host_audio_enabled;
  std::optional<int64_t> host_volume;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f("session_id", x.session_id);
    f.person("moderator_user", x.moderator);
    f.person("guest_user", x.guest);
    f("slot_id", x.slot_id);
    f("state", x.state);
    f.person("host_user", x.host);
    f("host_video_enabled", x.host_video_enabled);
    f("host_audio_enabled", x.host_audio_enabled);
    f("host_volume", x.host_volume);
  }
};

struct channel_guest_star_settings_update {
  static constexpr std::string_view type = "channel.guest_star_settings.update", version = "beta";

  person broadcaster;
  bool is_moderator_send_live_enabled = false;
  int64_t slot_count = 0;
  bool is_browser_source_audio_enabled = false;
  std::string group_layout;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f("is_moderator_send_live_enabled", x.is_moderator_send_live_enabled);
    f("slot_count", x.slot_count);
    f("is_browser_source_audio_enabled", x.is_browser_source_audio_enabled);
    f("group_layout", x.group_layout);
  }
};

} // namespace creamery::eventsub
