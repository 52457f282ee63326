#pragma once

#include "messages/helix/calls.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <vector>

/// What Helix has answered, as JSON with the names of messages/helix/types.hpp: what a test sees is what a cog would get.
namespace creamery::test {

using nlohmann::json;

inline json to_json(const helix::nothing&) {
  return nullptr;
}

inline json to_json(bool x) {
  return x;
}

inline json to_json(const std::string& x) {
  return x;
}

inline json to_json(helix::error::kind x) {
  static constexpr std::array names{"refused", "unauthorized", "timed_out", "unavailable", "senseless", "overloaded"};
  return names.at(static_cast<size_t>(x));
}

inline json to_json(const helix::user& x) {
  return {{"id", x.id}, {"login", x.login}, {"display_name", x.display_name}, {"created_at", x.created_at}};
}

inline json to_json(const helix::person& x) {
  return {{"id", x.id}, {"login", x.login}, {"display_name", x.display_name}};
}

inline json to_json(const helix::channel& x) {
  return {{"broadcaster_id", x.broadcaster_id},
          {"broadcaster_login", x.broadcaster_login},
          {"broadcaster_name", x.broadcaster_name},
          {"language", x.language},
          {"game_id", x.game_id},
          {"game_name", x.game_name},
          {"title", x.title},
          {"tags", x.tags}};
}

inline json to_json(const helix::stream& x) {
  return {{"id", x.id},           {"user_id", x.user_id},     {"user_login", x.user_login},
          {"game_id", x.game_id}, {"game_name", x.game_name}, {"title", x.title},
          {"viewers", x.viewers}, {"language", x.language},   {"started_at", x.started_at}};
}

inline json to_json(const helix::sent_message& x) {
  return {{"message_id", x.message_id}, {"is_sent", x.is_sent}, {"drop_code", x.drop_code}, {"drop_text", x.drop_text}};
}

inline json to_json(const helix::ban& x) {
  return {{"user_id", x.user_id}, {"created_at", x.created_at}, {"end_time", x.end_time}};
}

inline json to_json(const helix::chat_settings& x) {
  auto number = [](const std::optional<int64_t>& value) { return value ? json(*value) : json(); };
  return {{"slow_seconds", number(x.slow_seconds)},
          {"follower_minutes", number(x.follower_minutes)},
          {"subscribers_only", x.subscribers_only},
          {"emotes_only", x.emotes_only},
          {"unique_chat", x.unique_chat}};
}

inline json to_json(const helix::poll& x) {
  auto choices = json::array();
  for (const auto& one : x.choices)
    choices.push_back({{"id", one.id}, {"title", one.title}, {"votes", one.votes}});
  return {{"id", x.id}, {"title", x.title}, {"status", x.status}, {"choices", std::move(choices)}};
}

inline json to_json(const helix::prediction& x) {
  auto outcomes = json::array();
  for (const auto& one : x.outcomes)
    outcomes.push_back({{"id", one.id}, {"title", one.title}, {"users", one.users}});
  return {{"id", x.id},
          {"title", x.title},
          {"status", x.status},
          {"winning_outcome_id", x.winning_outcome_id},
          {"outcomes", std::move(outcomes)}};
}

inline json to_json(const helix::reward& x) {
  return {{"id", x.id}, {"title", x.title}, {"cost", x.cost}, {"is_enabled", x.is_enabled}};
}

inline json to_json(const helix::redemption& x) {
  return {{"id", x.id},
          {"reward_id", x.reward_id},
          {"user_id", x.user_id},
          {"user_login", x.user_login},
          {"user_input", x.user_input},
          {"status", x.status}};
}

inline json to_json(const helix::clip& x) {
  return {{"id", x.id}, {"edit_url", x.edit_url}};
}

inline json to_json(const helix::subscription& x) {
  return {{"id", x.id}, {"status", x.status}, {"type", x.type}, {"version", x.version}, {"cost", x.cost}};
}

inline json to_json(const helix::conduit& x) {
  return {{"id", x.id}, {"shard_count", x.shard_count}};
}

inline json to_json(const helix::conduit_shard& x) {
  return {{"id", x.id}, {"status", x.status}, {"session_id", x.session_id}};
}

template <class T>
json to_json(const std::vector<T>& all) {
  auto list = json::array();
  for (const auto& one : all)
    list.push_back(to_json(one));
  return list;
}

template <class T>
json to_json(const helix::page<T>& x) {
  return {{"items", to_json(x.items)}, {"cursor", x.cursor}, {"total", x.total ? json(*x.total) : json()}};
}

} // namespace creamery::test
