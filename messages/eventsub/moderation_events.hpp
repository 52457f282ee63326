#pragma once

#include "messages/eventsub/parts.hpp"

#include <string_view>

/// What moderators and AutoMod do (twitch-platform 3.8, "Moderation").
namespace creamery::eventsub {

struct channel_ban {
  static constexpr std::string_view type = "channel.ban", version = "1";

  person user;
  person broadcaster;
  person moderator;
  std::string reason;
  std::string banned_at;
  /// Of a timeout.
  std::optional<std::string> ends_at;
  bool is_permanent = false;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f.person("broadcaster_user", x.broadcaster);
    f.person("moderator_user", x.moderator);
    f("reason", x.reason);
    f("banned_at", x.banned_at);
    f("ends_at", x.ends_at);
    f("is_permanent", x.is_permanent);
  }
};

struct channel_unban {
  static constexpr std::string_view type = "channel.unban", version = "1";

  person user;
  person broadcaster;
  person moderator;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f.person("broadcaster_user", x.broadcaster);
    f.person("moderator_user", x.moderator);
  }
};

/// Somebody got a role in a channel, or lost it.
struct role_change {
  person user;
  person broadcaster;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f.person("broadcaster_user", x.broadcaster);
  }
};

struct channel_moderator_add : role_change {
  static constexpr std::string_view type = "channel.moderator.add", version = "1";
};

struct channel_moderator_remove : role_change {
  static constexpr std::string_view type = "channel.moderator.remove", version = "1";
};

struct channel_vip_add : role_change {
  static constexpr std::string_view type = "channel.vip.add", version = "1";
};

struct channel_vip_remove : role_change {
  static constexpr std::string_view type = "channel.vip.remove", version = "1";
};

// -- channel.moderate ------------------------------------------------------------------------------------------------------

struct moderated_user {
  person user;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
  }
};

struct moderated_ban {
  person user;
  std::optional<std::string> reason;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f("reason", x.reason);
  }
};

struct moderated_timeout {
  person user;
  std::optional<std::string> reason;
  std::string expires_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f("reason", x.reason);
    f("expires_at", x.expires_at);
  }
};

struct moderated_followers {
  int64_t follow_duration_minutes = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("follow_duration_minutes", x.follow_duration_minutes);
  }
};

struct moderated_slow {
  int64_t wait_time_seconds = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("wait_time_seconds", x.wait_time_seconds);
  }
};

struct moderated_delete {
  person user;
  std::string message_id;
  std::string message_body;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f("message_id", x.message_id);
    f("message_body", x.message_body);
  }
};

struct moderated_raid {
  person user;
  int64_t viewer_count = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f("viewer_count", x.viewer_count);
  }
};

struct moderated_terms {
  /// `add` or `remove`.
  std::string action;
  /// `blocked` or `permitted`.
  std::string list;
  std::vector<std::string> terms;
  bool from_automod = false;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("action", x.action);
    f("list", x.list);
    f("terms", x.terms);
    f("from_automod", x.from_automod);
  }
};

struct moderated_unban_request {
  bool is_approved = false;
  person user;
  std::string moderator_message;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("is_approved", x.is_approved);
    f.person("user", x.user);
    f("moderator_message", x.moderator_message);
  }
};

struct moderated_warn {
  person user;
  std::optional<std::string> reason;
  std::optional<std::vector<std::string>> chat_rules_cited;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f("reason", x.reason);
    f("chat_rules_cited", x.chat_rules_cited);
  }
};

/// Whatever a moderator does. The member that `action` names is there; several actions need none.
struct channel_moderate {
  static constexpr std::string_view type = "channel.moderate", version = "2";

  person broadcaster;
  std::optional<person> source_broadcaster;
  person moderator;
  std::string action;
  std::optional<moderated_followers> followers;
  std::optional<moderated_slow> slow;
  std::optional<moderated_user> vip, unvip, mod, unmod;
  std::optional<moderated_ban> ban, shared_ban;
  std::optional<moderated_user> unban, shared_unban;
  std::optional<moderated_timeout> timeout, shared_timeout;
  std::optional<moderated_user> untimeout, shared_untimeout;
  std::optional<moderated_raid> raid;
  std::optional<moderated_user> unraid;
  std::optional<moderated_delete> deleted, shared_deleted;
  std::optional<moderated_terms> automod_terms;
  std::optional<moderated_unban_request> unban_request;
  /// Not in version 1.
  std::optional<moderated_warn> warn;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("source_broadcaster_user", x.source_broadcaster);
    f.person("moderator_user", x.moderator);
    f("action", x.action);
    f("followers", x.followers);
    f("slow", x.slow);
    f("vip", x.vip);
    f("unvip", x.unvip);
    f("mod", x.mod);
    f("unmod", x.unmod);
    f("ban", x.ban);
    f("unban", x.unban);
    f("timeout", x.timeout);
    f("untimeout", x.untimeout);
    f("raid", x.raid);
    f("unraid", x.unraid);
    f("delete", x.deleted);
    f("automod_terms", x.automod_terms);
    f("unban_request", x.unban_request);
    f("warn", x.warn);
    f("shared_chat_ban", x.shared_ban);
    f("shared_chat_unban", x.shared_unban);
    f("shared_chat_timeout", x.shared_timeout);
    f("shared_chat_untimeout", x.shared_untimeout);
    f("shared_chat_delete", x.shared_deleted);
  }
};

struct channel_moderate_v1 : channel_moderate {
  static constexpr std::string_view version = "1";
};

// -- AutoMod ---------------------------------------------------------------------------------------------------------------

/// In code points; `end` is the last one.
struct text_boundary {
  int64_t begin = 0;
  int64_t end = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("start_pos", x.begin);
    f("end_pos", x.end);
  }
};

struct automod_verdict {
  std::string category;
  /// 1 to 4.
  int64_t level = 0;
  std::vector<text_boundary> boundaries;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("category", x.category);
    f("level", x.level);
    f("boundaries", x.boundaries);
  }
};

struct found_term {
  std::string term_id;
  text_boundary boundary;
  person owner;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("term_id", x.term_id);
    f("boundary", x.boundary);
    f.person("owner_broadcaster_user", x.owner);
  }
};

struct found_terms {
  std::vector<found_term> terms;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("terms_found", x.terms);
  }
};

struct automod_message_hold {
  static constexpr std::string_view type = "automod.message.hold", version = "2";

  person broadcaster;
  person user;
  std::string message_id;
  chat_text message;
  std::string held_at;
  /// `automod` or `blocked_term`: the member of this name is there.
  std::string reason;
  std::optional<automod_verdict> automod;
  std::optional<found_terms> blocked_term;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("message_id", x.message_id);
    f("message", x.message);
    f("held_at", x.held_at);
    f("reason", x.reason);
    f("automod", x.automod);
    f("blocked_term", x.blocked_term);
  }
};

struct automod_message_update : automod_message_hold {
  static constexpr std::string_view type = "automod.message.update", version = "2";

  person moderator;
  /// `approved`, `denied` or `expired`; written with a capital letter, too.
  std::string status;

  template <class F, class X>
  static void members(F& f, X& x) {
    automod_message_hold::members(f, x);
    f.person("moderator_user", x.moderator);
    f("status", x.status);
  }
};

struct automod_message_hold_v1 {
  static constexpr std::string_view type = "automod.message.hold", version = "1";

  person broadcaster;
  person user;
  std::string message_id;
  chat_text message;
  std::string category;
  int64_t level = 0;
  std::string held_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("message_id", x.message_id);
    f("message", x.message);
    f("category", x.category);
    f("level", x.level);
    f("held_at", x.held_at);
  }
};

struct automod_message_update_v1 : automod_message_hold_v1 {
  static constexpr std::string_view type = "automod.message.update", version = "1";

  person moderator;
  std::string status;

  template <class F, class X>
  static void members(F& f, X& x) {
    automod_message_hold_v1::members(f, x);
    f.person("moderator_user", x.moderator);
    f("status", x.status);
  }
};

/// Levels from 0 to 4.
struct automod_settings_update {
  static constexpr std::string_view type = "automod.settings.update", version = "1";

  person broadcaster;
  person moderator;
  std::optional<int64_t> overall_level;
  int64_t bullying = 0;
  int64_t disability = 0;
  int64_t race_ethnicity_or_religion = 0;
  int64_t misogyny = 0;
  int64_t sexuality_sex_or_gender = 0;
  int64_t aggression = 0;
  int64_t sex_based_terms = 0;
  int64_t swearing = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("moderator_user", x.moderator);
    f("overall_level", x.overall_level);
    f("bullying", x.bullying);
    f("disability", x.disability);
    f("race_ethnicity_or_religion", x.race_ethnicity_or_religion);
    f("misogyny", x.misogyny);
    f("sexuality_sex_or_gender", x.sexuality_sex_or_gender);
    f("aggression", x.aggression);
    f("sex_based_terms", x.sex_based_terms);
    f("swearing", x.swearing);
  }
};

struct automod_terms_update {
  static constexpr std::string_view type = "automod.terms.update", version = "1";

  person broadcaster;
  person moderator;
  /// `add_permitted`, `remove_permitted`, `add_blocked` or `remove_blocked`.
  std::string action;
  bool from_automod = false;
  std::vector<std::string> terms;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("moderator_user", x.moderator);
    f("action", x.action);
    f("from_automod", x.from_automod);
    f("terms", x.terms);
  }
};

// -- unban requests, warnings, suspicious users ----------------------------------------------------------------------------

struct channel_unban_request_create {
  static constexpr std::string_view type = "channel.unban_request.create", version = "1";

  std::string id;
  person broadcaster;
  person user;
  std::string text;
  std::string created_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("text", x.text);
    f("created_at", x.created_at);
  }
};

struct channel_unban_request_resolve {
  static constexpr std::string_view type = "channel.unban_request.resolve", version = "1";

  std::string id;
  person broadcaster;
  std::optional<person> moderator;
  person user;
  std::optional<std::string> resolution_text;
  /// `approved`, `canceled` or `denied`.
  std::string status;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f.person("broadcaster_user", x.broadcaster);
    f.person("moderator_user", x.moderator, "moderator"); // documented without "_user", sent with it
    f.person("user", x.user);
    f("resolution_text", x.resolution_text);
    f("status", x.status);
  }
};

struct channel_warning_send {
  static constexpr std::string_view type = "channel.warning.send", version = "1";

  person broadcaster;
  person moderator;
  person user;
  std::optional<std::string> reason;
  std::optional<std::vector<std::string>> chat_rules_cited;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("moderator_user", x.moderator);
    f.person("user", x.user);
    f("reason", x.reason);
    f("chat_rules_cited", x.chat_rules_cited);
  }
};

struct channel_warning_acknowledge {
  static constexpr std::string_view type = "channel.warning.acknowledge", version = "1";

  person broadcaster;
  person user;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
  }
};

struct channel_suspicious_user_update {
  static constexpr std::string_view type = "channel.suspicious_user.update", version = "1";

  person broadcaster;
  person moderator;
  person user;
  /// `none`, `active_monitoring` or `restricted`.
  std::string low_trust_status;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("moderator_user", x.moderator);
    f.person("user", x.user);
    f("low_trust_status", x.low_trust_status);
  }
};

struct suspicious_message {
  std::string message_id;
  std::string text;
  std::vector<fragment> fragments;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("message_id", x.message_id);
    f("text", x.text);
    f("fragments", x.fragments);
  }
};

struct channel_suspicious_user_message {
  static constexpr std::string_view type = "channel.suspicious_user.message", version = "1";

  person broadcaster;
  person user;
  std::string low_trust_status;
  std::optional<std::vector<std::string>> shared_ban_channel_ids;
  /// `manually_added`, `ban_evader` or `banned_in_shared_channel`.
  std::vector<std::string> types;
  /// `unknown`, `possible` or `likely`.
  std::string ban_evasion_evaluation;
  suspicious_message message;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("user", x.user);
    f("low_trust_status", x.low_trust_status);
    f("shared_ban_channel_ids", x.shared_ban_channel_ids);
    f("types", x.types);
    f("ban_evasion_evaluation", x.ban_evasion_evaluation);
    f("message", x.message);
  }
};

// -- shield mode, shoutouts ------------------------------------------------------------------------------------------------

struct channel_shield_mode_begin {
  static constexpr std::string_view type = "channel.shield_mode.begin", version = "1";

  person broadcaster;
  person moderator;
  std::string started_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("moderator_user", x.moderator);
    f("started_at", x.started_at);
  }
};

struct channel_shield_mode_end {
  static constexpr std::string_view type = "channel.shield_mode.end", version = "1";

  person broadcaster;
  person moderator;
  std::string ended_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("moderator_user", x.moderator);
    f("ended_at", x.ended_at);
  }
};

struct channel_shoutout_create {
  static constexpr std::string_view type = "channel.shoutout.create", version = "1";

  person broadcaster;
  person moderator;
  person to;
  std::string started_at;
  int64_t viewer_count = 0;
  std::string cooldown_ends_at;
  std::string target_cooldown_ends_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("moderator_user", x.moderator);
    f.person("to_broadcaster_user", x.to);
    f("started_at", x.started_at);
    f("viewer_count", x.viewer_count);
    f("cooldown_ends_at", x.cooldown_ends_at);
    f("target_cooldown_ends_at", x.target_cooldown_ends_at);
  }
};

struct channel_shoutout_receive {
  static constexpr std::string_view type = "channel.shoutout.receive", version = "1";

  person broadcaster;
  person from;
  int64_t viewer_count = 0;
  std::string started_at;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
    f.person("from_broadcaster_user", x.from);
    f("viewer_count", x.viewer_count);
    f("started_at", x.started_at);
  }
};

} // namespace creamery::eventsub
