#pragma once

#include "messages/eventsub/parts.hpp"

#include <string_view>

/// What happens in chat (twitch-platform 3.8, "Chat").
namespace creamery::eventsub {

struct channel_chat_message {
  static constexpr std::string_view type = "channel.chat.message", version = "1";

  person broadcaster;
  person chatter;
  std::string message_id;
  chat_text message;
  /// `#RRGGBB` or empty.
  std::string color;
  std::vector<badge> badges;
  /// `text`, `channel_points_highlighted`, `channel_points_sub_only`, `user_intro`, `power_ups_message_effect` or
  /// `power_ups_gigantified_emote`.
  std::string message_type;
  std::optional<cheer_amount> cheer;
  std::optional<chat_reply> reply;
  std::optional<std::string> reward_id;
  std::optional<std::string> animation_id;
  /// In a shared chat: where it was written.
  std::optional<person> source_broadcaster;
  std::optional<std::string> source_message_id;
  std::optional<std::vector<badge>> source_badges;
  std::optional<bool> is_source_only;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("chatter_user", x.chatter);
    f("message_id", x.message_id);
    f("message", x.message);
    f("color", x.color);
    f("badges", x.badges);
    f("message_type", x.message_type);
    f("cheer", x.cheer);
    f("reply", x.reply);
    f("channel_points_custom_reward_id", x.reward_id);
    f("channel_points_animation_id", x.animation_id);
    f.person("source_broadcaster_user", x.source_broadcaster);
    f("source_message_id", x.source_message_id);
    f("source_badges", x.source_badges);
    f("is_source_only", x.is_source_only);
  }
};

// -- what a notice tells ---------------------------------------------------------------------------------------------------

/// Tiers are `1000`, `2000` and `3000`.
struct notice_sub {
  std::string tier;
  bool is_prime = false;
  int64_t duration_months = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("sub_tier", x.tier);
    f("is_prime", x.is_prime);
    f("duration_months", x.duration_months);
  }
};

struct notice_resub {
  int64_t cumulative_months = 0;
  int64_t duration_months = 0;
  std::optional<int64_t> streak_months;
  std::string tier;
  std::optional<bool> is_prime;
  bool is_gift = false;
  std::optional<bool> gifter_is_anonymous;
  std::optional<person> gifter;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("cumulative_months", x.cumulative_months);
    f("duration_months", x.duration_months);
    f("streak_months", x.streak_months);
    f("sub_tier", x.tier, "sub_plan"); // documented under both names
    f("is_prime", x.is_prime);
    f("is_gift", x.is_gift);
    f("gifter_is_anonymous", x.gifter_is_anonymous);
    f.person("gifter_user", x.gifter);
  }
};

struct notice_sub_gift {
  int64_t duration_months = 0;
  std::optional<int64_t> cumulative_total;
  person recipient;
  std::string tier;
  /// Of the gifts of which this is one.
  std::optional<std::string> community_gift_id;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("duration_months", x.duration_months);
    f("cumulative_total", x.cumulative_total);
    f.person("recipient_user", x.recipient);
    f("sub_tier", x.tier);
    f("community_gift_id", x.community_gift_id);
  }
};

/// So many gifts follow, each with `community_gift_id` as this `id`.
struct notice_community_sub_gift {
  std::string id;
  int64_t total = 0;
  std::string tier;
  std::optional<int64_t> cumulative_total;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f("total", x.total);
    f("sub_tier", x.tier);
    f("cumulative_total", x.cumulative_total);
  }
};

struct notice_gifter {
  bool is_anonymous = false;
  std::optional<person> gifter;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("gifter_is_anonymous", x.is_anonymous);
    f.person("gifter_user", x.gifter);
  }
};

struct notice_tier {
  std::string tier;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("sub_tier", x.tier);
  }
};

struct notice_raid {
  person user;
  int64_t viewer_count = 0;
  std::string profile_image_url;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f("viewer_count", x.viewer_count);
    f("profile_image_url", x.profile_image_url);
  }
};

struct notice_without_content {
  template <class F, class X>
  static void members(F&, X&) {
  }
};

struct notice_announcement {
  std::string color;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("color", x.color);
  }
};

struct notice_bits_badge {
  int64_t tier = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("tier", x.tier);
  }
};

struct notice_charity {
  std::string charity_name;
  money amount;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("charity_name", x.charity_name);
    f("amount", x.amount);
  }
};

struct notice_watch_streak {
  int64_t streak_count = 0;
  int64_t channel_points_awarded = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("streak_count", x.streak_count);
    f("channel_points_awarded", x.channel_points_awarded);
  }
};

struct notice_months {
  int64_t months = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("months", x.months);
  }
};

/// Subscriptions, gifts, raids and the like, as chat shows them. One of the members behind `notice_type` is there, that of its
/// name; kinds that are new have only `system_message`.
struct channel_chat_notification {
  static constexpr std::string_view type = "channel.chat.notification", version = "1";

  person broadcaster;
  std::optional<person> chatter;
  bool chatter_is_anonymous = false;
  std::string color;
  std::vector<badge> badges;
  std::string system_message;
  std::string message_id;
  chat_text message;
  std::string notice_type;
  std::optional<notice_sub> sub, shared_sub;
  std::optional<notice_resub> resub, shared_resub;
  std::optional<notice_sub_gift> sub_gift, shared_sub_gift;
  std::optional<notice_community_sub_gift> community_sub_gift, shared_community_sub_gift;
  std::optional<notice_gifter> gift_paid_upgrade, shared_gift_paid_upgrade;
  std::optional<notice_tier> prime_paid_upgrade, shared_prime_paid_upgrade;
  std::optional<notice_gifter> pay_it_forward, shared_pay_it_forward;
  std::optional<notice_raid> raid, shared_raid;
  std::optional<notice_without_content> unraid;
  std::optional<notice_announcement> announcement, shared_announcement;
  std::optional<notice_bits_badge> bits_badge_tier;
  std::optional<notice_charity> charity_donation;
  std::optional<notice_watch_streak> watch_streak;
  std::optional<notice_months> modiversary, shared_modiversary;
  std::optional<person> source_broadcaster;
  std::optional<std::string> source_message_id;
  std::optional<std::vector<badge>> source_badges;
  std::optional<bool> is_source_only;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("chatter_user", x.chatter);
    f("chatter_is_anonymous", x.chatter_is_anonymous);
    f("color", x.color);
    f("badges", x.badges);
    f("system_message", x.system_message);
    f("message_id", x.message_id);
    f("message", x.message);
    f("notice_type", x.notice_type);
    f("sub", x.sub);
    f("resub", x.resub);
    f("sub_gift", x.sub_gift);
    f("community_sub_gift", x.community_sub_gift);
    f("gift_paid_upgrade", x.gift_paid_upgrade);
    f("prime_paid_upgrade", x.prime_paid_upgrade);
    f("pay_it_forward", x.pay_it_forward);
    f("raid", x.raid);
    f("unraid", x.unraid);
    f("announcement", x.announcement);
    f("bits_badge_tier", x.bits_badge_tier);
    f("charity_donation", x.charity_donation);
    f("watch_streak", x.watch_streak);
    f("modiversary", x.modiversary);
    f("shared_chat_sub", x.shared_sub);
    f("shared_chat_resub", x.shared_resub);
    f("shared_chat_sub_gift", x.shared_sub_gift);
    f("shared_chat_community_sub_gift", x.shared_community_sub_gift);
    f("shared_chat_gift_paid_upgrade", x.shared_gift_paid_upgrade);
    f("shared_chat_prime_paid_upgrade", x.shared_prime_paid_upgrade);
    f("shared_chat_pay_it_forward", x.shared_pay_it_forward);
    f("shared_chat_raid", x.shared_raid);
    f("shared_chat_announcement", x.shared_announcement);
    f("shared_chat_modiversary", x.shared_modiversary);
    f.person("source_broadcaster_user", x.source_broadcaster);
    f("source_message_id", x.source_message_id);
    f("source_badges", x.source_badges);
    f("is_source_only", x.is_source_only);
  }
};

struct channel_chat_clear {
  static constexpr std::string_view type = "channel.chat.clear", version = "1";

  person broadcaster;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
  }
};

/// Somebody was banned or timed out.
struct channel_chat_clear_user_messages {
  static constexpr std::string_view type = "channel.chat.clear_user_messages", version = "1";

  person broadcaster;
  person target;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("target_user", x.target);
  }
};

struct channel_chat_message_delete {
  static constexpr std::string_view type = "channel.chat.message_delete", version = "1";

  person broadcaster;
  person target;
  std::string message_id;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("target_user", x.target);
    f("message_id", x.message_id);
  }
};

struct channel_chat_settings_update {
  static constexpr std::string_view type = "channel.chat_settings.update", version = "1";

  person broadcaster;
  bool emote_mode = false;
  bool follower_mode = false;
  std::optional<int64_t> follower_minutes;
  bool slow_mode = false;
  std::optional<int64_t> slow_seconds;
  bool subscriber_mode = false;
  bool unique_chat_mode = false;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f("emote_mode", x.emote_mode);
    f("follower_mode", x.follower_mode);
    f("follower_mode_duration_minutes", x.follower_minutes);
    f("slow_mode", x.slow_mode);
    f("slow_mode_wait_time_seconds", x.slow_seconds);
    f("subscriber_mode", x.subscriber_mode);
    f("unique_chat_mode", x.unique_chat_mode);
  }
};

/// AutoMod holds a message of the user that subscribed.
struct channel_chat_user_message_hold {
  static constexpr std::string_view type = "channel.chat.user_message_hold", version = "1";

  person broadcaster;
  person user;
  std::string message_id;
  chat_text message;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("message_id", x.message_id);
    f("message", x.message);
  }
};

struct channel_chat_user_message_update {
  static constexpr std::string_view type = "channel.chat.user_message_update", version = "1";

  person broadcaster;
  person user;
  /// `approved`, `denied` or `invalid`.
  std::string status;
  std::string message_id;
  chat_text message;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("status", x.status);
    f("message_id", x.message_id);
    f("message", x.message);
  }
};

/// A shared chat session that this channel is in, and who else is.
struct shared_chat_session {
  std::string session_id;
  person broadcaster;
  person host;
  std::vector<participant> participants;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("session_id", x.session_id);
    f.person("broadcaster_user", x.broadcaster);
    f.person("host_broadcaster_user", x.host);
    f("participants", x.participants);
  }
};

struct channel_shared_chat_begin : shared_chat_session {
  static constexpr std::string_view type = "channel.shared_chat.begin", version = "1";
};

struct channel_shared_chat_update : shared_chat_session {
  static constexpr std::string_view type = "channel.shared_chat.update", version = "1";
};

struct channel_shared_chat_end {
  static constexpr std::string_view type = "channel.shared_chat.end", version = "1";

  std::string session_id;
  person broadcaster;
  person host;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("session_id", x.session_id);
    f.person("broadcaster_user", x.broadcaster);
    f.person("host_broadcaster_user", x.host);
  }
};

} // namespace creamery::eventsub
