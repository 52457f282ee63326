#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What several kinds of event have in common (twitch-platform 3.8). Each struct names its members once, in `members`, for reading
/// and writing alike; an empty `std::optional` stands for null and for what isn't there. Times are as Twitch writes them, RFC 3339.
namespace creamery::eventsub {

/// Somebody. In JSON these are three members: with the prefix "user" they are `user_id`, `user_login` and `user_name`.
struct person {
  std::string id;
  std::string login;
  std::string name;

  friend bool operator==(const person&, const person&) = default;
};

// -- texts -----------------------------------------------------------------------------------------------------------------

struct cheermote {
  /// In lower case.
  std::string prefix;
  int64_t bits = 0;
  int64_t tier = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("prefix", x.prefix);
    f("bits", x.bits);
    f("tier", x.tier);
  }
};

struct fragment_emote {
  std::string id;
  std::optional<std::string> set_id;
  std::optional<std::string> owner_id;
  std::optional<std::vector<std::string>> format;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f("emote_set_id", x.set_id);
    f("owner_id", x.owner_id);
    f("format", x.format);
  }
};

struct gif {
  std::string id;
  std::string url;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("gif_id", x.id);
    f("url", x.url);
  }
};

struct mention {
  person user;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
  }
};

/// A part of a text; all of them, one behind the other, are the text.
struct fragment {
  /// `text`, `cheermote`, `emote`, `mention` or `gif`.
  std::string type;
  std::string text;
  std::optional<eventsub::cheermote> cheermote;
  std::optional<fragment_emote> emote;
  std::optional<eventsub::mention> mention;
  std::optional<eventsub::gif> gif;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("type", x.type);
    f("text", x.text);
    f("cheermote", x.cheermote);
    f("emote", x.emote);
    f("mention", x.mention);
    f("gif", x.gif);
  }
};

struct chat_text {
  std::string text;
  std::vector<fragment> fragments;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("text", x.text);
    f("fragments", x.fragments);
  }
};

/// Where an emote stands, in code points; `end` is its last one.
struct emote_position {
  int64_t begin = 0;
  int64_t end = 0;
  std::string id;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("begin", x.begin);
    f("end", x.end);
    f("id", x.id);
  }
};

/// A text as older types have it.
struct text_with_emotes {
  std::string text;
  std::optional<std::vector<emote_position>> emotes;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("text", x.text);
    f("emotes", x.emotes);
  }
};

struct badge {
  std::string set_id;
  std::string id;
  /// Of a subscriber: months; else empty.
  std::string info;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("set_id", x.set_id);
    f("id", x.id);
    f("info", x.info);
  }
};

struct cheer_amount {
  int64_t bits = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("bits", x.bits);
  }
};

/// Which message a message answers.
struct chat_reply {
  std::string parent_message_id;
  std::string parent_message_body;
  person parent_user;
  std::string thread_message_id;
  person thread_user;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("parent_message_id", x.parent_message_id);
    f("parent_message_body", x.parent_message_body);
    f.person("parent_user", x.parent_user);
    f("thread_message_id", x.thread_message_id);
    f.person("thread_user", x.thread_user);
  }
};

// -- channel points --------------------------------------------------------------------------------------------------------

struct reward_limit {
  bool is_enabled = false;
  int64_t value = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("is_enabled", x.is_enabled);
    f("value", x.value);
  }
};

struct reward_cooldown {
  bool is_enabled = false;
  int64_t seconds = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("is_enabled", x.is_enabled);
    f("seconds", x.seconds);
  }
};

struct reward_image {
  std::string url_1x;
  std::string url_2x;
  std::string url_4x;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("url_1x", x.url_1x);
    f("url_2x", x.url_2x);
    f("url_4x", x.url_4x);
  }
};

/// A reward as a redemption tells it.
struct redeemed_reward {
  std::string id;
  std::string title;
  int64_t cost = 0;
  std::string prompt;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f("title", x.title);
    f("cost", x.cost);
    f("prompt", x.prompt);
  }
};

struct named_emote {
  std::string id;
  std::string name;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f("name", x.name);
  }
};

// -- the rest --------------------------------------------------------------------------------------------------------------

/// `value` is in the smallest unit: 500 with two decimal places are 5.00.
struct money {
  int64_t value = 0;
  int64_t decimal_places = 0;
  std::string currency;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("value", x.value);
    f("decimal_places", x.decimal_places, "decimal_place"); // in chat notices it is in the singular
    f("currency", x.currency);
  }
};

struct poll_choice {
  std::string id;
  std::string title;
  std::optional<int64_t> bits_votes;
  std::optional<int64_t> channel_points_votes;
  std::optional<int64_t> votes;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f("title", x.title);
    f("bits_votes", x.bits_votes);
    f("channel_points_votes", x.channel_points_votes);
    f("votes", x.votes);
  }
};

struct poll_voting {
  bool is_enabled = false;
  int64_t amount_per_vote = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("is_enabled", x.is_enabled);
    f("amount_per_vote", x.amount_per_vote);
  }
};

struct predictor {
  person user;
  std::optional<int64_t> channel_points_won;
  int64_t channel_points_used = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f("channel_points_won", x.channel_points_won);
    f("channel_points_used", x.channel_points_used);
  }
};

struct prediction_outcome {
  std::string id;
  std::string title;
  /// `pink` or `blue`.
  std::string color;
  std::optional<int64_t> users;
  std::optional<int64_t> channel_points;
  std::optional<std::vector<predictor>> top_predictors;

  template <class F, class X>
  static void members(F& f, X& x) {
    f("id", x.id);
    f("title", x.title);
    f("color", x.color);
    f("users", x.users);
    f("channel_points", x.channel_points);
    f("top_predictors", x.top_predictors);
  }
};

struct contribution {
  person user;
  /// `bits`, `subscription` or `other`.
  std::string type;
  int64_t total = 0;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("user", x.user);
    f("type", x.type);
    f("total", x.total);
  }
};

/// A channel in a list of channels.
struct participant {
  person broadcaster;

  template <class F, class X>
  static void members(F& f, X& x) {
    f.person("broadcaster_user", x.broadcaster);
  }
};

} // namespace creamery::eventsub
