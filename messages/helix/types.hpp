#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// What Helix answers (twitch-platform 4.2). Times are as Twitch writes them, RFC 3339; what it leaves out is empty or 0.
namespace creamery::helix {

/// An answer without content: it is done.
struct nothing {};

/// A part of a longer list.
template <class T>
struct page {
  std::vector<T> items;
  /// What the next part is asked for with; empty: this was the last one.
  std::string cursor;
  /// How many there are in all, where Twitch says so.
  std::optional<int64_t> total;
};

struct user {
  std::string id;
  std::string login;
  std::string display_name;
  /// Empty, `admin`, `global_mod` or `staff`.
  std::string type;
  /// Empty, `affiliate` or `partner`.
  std::string broadcaster_type;
  std::string description;
  std::string profile_image_url;
  std::string created_at;
};

/// Somebody, where Twitch says no more of them.
struct person {
  std::string id;
  std::string login;
  std::string display_name;
};

struct channel {
  std::string broadcaster_id;
  std::string broadcaster_login;
  std::string broadcaster_name;
  std::string language;
  std::string game_id;
  std::string game_name;
  std::string title;
  std::vector<std::string> tags;
};

struct stream {
  std::string id;
  std::string user_id;
  std::string user_login;
  std::string user_name;
  std::string game_id;
  std::string game_name;
  std::string title;
  std::string started_at;
  std::string language;
  int64_t viewers = 0;
};

/// What became of a chat message.
struct sent_message {
  std::string message_id;
  bool is_sent = false;
  /// Why it was not sent; the code is Twitch's, and there are new ones from time to time.
  std::string drop_code;
  std::string drop_text;
};

struct ban {
  std::string user_id;
  std::string created_at;
  /// Empty: for ever.
  std::string end_time;
};

struct chat_settings {
  std::optional<int64_t> slow_seconds;
  std::optional<int64_t> follower_minutes;
  bool subscribers_only = false;
  bool emotes_only = false;
  bool unique_chat = false;
};

/// What is to be changed; the rest stays as it is.
struct chat_settings_change {
  /// 0: no slow mode.
  std::optional<int64_t> slow_seconds;
  /// Negative: everybody may write.
  std::optional<int64_t> follower_minutes;
  std::optional<bool> subscribers_only;
  std::optional<bool> emotes_only;
  std::optional<bool> unique_chat;
};

struct poll_choice {
  std::string id;
  std::string title;
  int64_t votes = 0;
};

struct poll {
  std::string id;
  std::string title;
  std::string status;
  std::vector<poll_choice> choices;
};

struct prediction_outcome {
  std::string id;
  std::string title;
  int64_t users = 0;
  int64_t channel_points = 0;
};

struct prediction {
  std::string id;
  std::string title;
  std::string status;
  std::string winning_outcome_id;
  std::vector<prediction_outcome> outcomes;
};

struct reward {
  std::string id;
  std::string title;
  int64_t cost = 0;
  bool is_enabled = false;
};

struct redemption {
  std::string id;
  std::string reward_id;
  std::string user_id;
  std::string user_login;
  std::string user_input;
  /// `UNFULFILLED`, `FULFILLED` or `CANCELED`.
  std::string status;
};

struct clip {
  std::string id;
  std::string edit_url;
};

struct subscription {
  std::string id;
  std::string status;
  std::string type;
  std::string version;
  int64_t cost = 0;
  /// Without what is empty.
  std::map<std::string, std::string> condition = {};
  /// `webhook`, `websocket` or `conduit`, and its callback, session or conduit.
  std::string method = {};
  std::string target = {};
};

struct conduit {
  std::string id;
  int64_t shard_count = 0;
};

struct conduit_shard {
  std::string id;
  std::string status;
  std::string session_id;
};

} // namespace creamery::helix
