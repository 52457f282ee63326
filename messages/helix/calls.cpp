#include "messages/helix/calls.hpp"

#include "messages/json_members.hpp"

#include <nlohmann/json.hpp>

#include <array>

#include <algorithm>
#include <utility>

namespace creamery::helix {

namespace {

using json = nlohmann::json;

// -- reading: what is missing, or of another type than it should be, is as good as empty ---------------------------------

int64_t number(const json& from, const char* name) {
  auto found = from.is_object() ? from.find(name) : from.end();
  return found != from.end() && found->is_number_integer() ? found->get<int64_t>() : 0;
}

bool flag(const json& from, const char* name) {
  auto found = from.is_object() ? from.find(name) : from.end();
  return found != from.end() && found->is_boolean() && found->get<bool>();
}

/// A list, or an empty one.
const json& list(const json& from, const char* name) {
  static const auto none = json::array();
  auto found = from.is_object() ? from.find(name) : from.end();
  return found != from.end() && found->is_array() ? *found : none;
}

void from(const json& x, user& to) {
  to = {text_of(x, "id"),
        text_of(x, "login"),
        text_of(x, "display_name"),
        text_of(x, "type"),
        text_of(x, "broadcaster_type"),
        text_of(x, "description"),
        text_of(x, "profile_image_url"),
        text_of(x, "created_at")};
}

void from(const json& x, person& to) {
  to = {text_of(x, "user_id"), text_of(x, "user_login"), text_of(x, "user_name")};
}

void from(const json& x, channel& to) {
  to = {text_of(x, "broadcaster_id"),
        text_of(x, "broadcaster_login"),
        text_of(x, "broadcaster_name"),
        text_of(x, "broadcaster_language"),
        text_of(x, "game_id"),
        text_of(x, "game_name"),
        text_of(x, "title"),
        {}};
  for (const auto& tag : list(x, "tags"))
    if (tag.is_string())
      to.tags.push_back(tag.get<std::string>());
}

void from(const json& x, stream& to) {
  to = {text_of(x, "id"),       text_of(x, "user_id"),    text_of(x, "user_login"), text_of(x, "user_name"),
        text_of(x, "game_id"),  text_of(x, "game_name"),  text_of(x, "title"),      text_of(x, "started_at"),
        text_of(x, "language"), number(x, "viewer_count")};
}

void from(const json& x, sent_message& to) {
  to = {text_of(x, "message_id"), flag(x, "is_sent"), {}, {}};
  if (auto reason = x.is_object() ? x.find("drop_reason") : x.end(); reason != x.end()) {
    to.drop_code = text_of(*reason, "code");
    to.drop_text = text_of(*reason, "message");
  }
}

void from(const json& x, ban& to) {
  to = {text_of(x, "user_id"), text_of(x, "created_at"), text_of(x, "end_time")};
}

void from(const json& x, chat_settings& to) {
  to = {};
  if (flag(x, "slow_mode"))
    to.slow_seconds = number(x, "slow_mode_wait_time");
  if (flag(x, "follower_mode"))
    to.follower_minutes = number(x, "follower_mode_duration");
  to.subscribers_only = flag(x, "subscriber_mode");
  to.emotes_only = flag(x, "emote_mode");
  to.unique_chat = flag(x, "unique_chat_mode");
}

void from(const json& x, poll& to) {
  to = {text_of(x, "id"), text_of(x, "title"), text_of(x, "status"), {}};
  for (const auto& one : list(x, "choices"))
    to.choices.push_back({text_of(one, "id"), text_of(one, "title"), number(one, "votes")});
}

void from(const json& x, prediction& to) {
  to = {text_of(x, "id"), text_of(x, "title"), text_of(x, "status"), text_of(x, "winning_outcome_id"), {}};
  for (const auto& one : list(x, "outcomes"))
    to.outcomes.push_back(
      {text_of(one, "id"), text_of(one, "title"), number(one, "users"), number(one, "channel_points")});
}

void from(const json& x, reward& to) {
  to = {text_of(x, "id"), text_of(x, "title"), number(x, "cost"), flag(x, "is_enabled")};
}

void from(const json& x, redemption& to) {
  auto reward = x.is_object() ? x.find("reward") : x.end();
  to = {text_of(x, "id"),         reward != x.end() ? text_of(*reward, "id") : std::string{},
        text_of(x, "user_id"),    text_of(x, "user_login"),
        text_of(x, "user_input"), text_of(x, "status")};
}

void from(const json& x, clip& to) {
  to = {text_of(x, "id"), text_of(x, "edit_url")};
}

void from(const json& x, subscription& to) {
  to = {text_of(x, "id"), text_of(x, "status"), text_of(x, "type"), text_of(x, "version"), number(x, "cost")};
  if (const auto& condition = member_of(x, "condition"); condition.is_object())
    for (const auto& [name, value] : condition.items())
      if (auto text = value.is_string() ? value.get<std::string>() : std::string{}; !text.empty())
        to.condition[name] = std::move(text);
  const auto& transport = member_of(x, "transport");
  to.method = text_of(transport, "method");
  to.target = text_of(transport, to.method == "webhook"     ? "callback"
                                 : to.method == "websocket" ? "session_id"
                                                            : "conduit_id");
}

void from(const json& x, conduit& to) {
  to = {text_of(x, "id"), number(x, "shard_count")};
}

void from(const json& x, conduit_shard& to) {
  auto transport = x.is_object() ? x.find("transport") : x.end();
  to = {text_of(x, "id"), text_of(x, "status"),
        transport != x.end() ? text_of(*transport, "session_id") : std::string{}};
}

error senseless(const answer& x) {
  return {error::kind::senseless, x.status, "the answer is not what it should be"};
}

/// The answer's JSON object with its `data`; null: it has none.
json parse(const answer& x) {
  auto body = json::parse(x.body, nullptr, false);
  auto is_right = body.is_object() && body.contains("data") && body["data"].is_array();
  return is_right ? std::move(body) : json{};
}

template <class T>
std::vector<T> items(const json& body) {
  std::vector<T> all;
  for (const auto& one : body["data"])
    from(one, all.emplace_back());
  return all;
}

template <class T>
outcome<std::vector<T>> read_list(const answer& x) {
  if (x.is_error)
    return x.why;
  auto body = parse(x);
  if (body.is_null())
    return senseless(x);
  return items<T>(body);
}

template <class T>
outcome<page<T>> read_page(const answer& x) {
  if (x.is_error)
    return x.why;
  auto body = parse(x);
  if (body.is_null())
    return senseless(x);
  page<T> result{items<T>(body), {}, {}};
  if (auto pagination = body.find("pagination"); pagination != body.end())
    result.cursor = text_of(*pagination, "cursor");
  if (auto total = body.find("total"); total != body.end() && total->is_number_integer())
    result.total = total->get<int64_t>();
  return result;
}

template <class T>
outcome<T> read_one(const answer& x) {
  if (x.is_error)
    return x.why;
  auto body = parse(x);
  if (body.is_null() || body["data"].empty())
    return senseless(x);
  T one;
  from(body["data"].front(), one);
  return one;
}

outcome<nothing> read_nothing(const answer& x) {
  if (x.is_error)
    return x.why;
  return nothing{};
}

outcome<bool> read_shield_mode(const answer& x) {
  if (x.is_error)
    return x.why;
  auto body = parse(x);
  if (body.is_null() || body["data"].empty())
    return senseless(x);
  return flag(body["data"].front(), "is_active");
}

outcome<std::string> read_body(const answer& x) {
  if (x.is_error)
    return x.why;
  return x.body;
}

// -- asking ---------------------------------------------------------------------------------------------------------------

using parameters = std::vector<std::pair<std::string, std::string>>;

/// Texts may come from chat, so that they needn't be UTF-8.
std::string dump(const json& body) {
  return body.dump(-1, ' ', false, json::error_handler_t::replace);
}

request make(std::string method, std::string path, parameters query) {
  request what;
  what.method = std::move(method);
  what.path = std::move(path);
  std::erase_if(query, [](const auto& x) { return x.second.empty(); });
  what.query = std::move(query);
  return what;
}

request make(std::string method, std::string path, parameters query, const json& body) {
  auto what = make(std::move(method), std::move(path), std::move(query));
  what.body = dump(body);
  return what;
}

/// The token's user acts as a moderator.
request as_moderator(request what) {
  what.own_id_in_query = "moderator_id";
  return what;
}

request as_broadcaster(std::string_view broadcaster, request what) {
  what.as = identity::broadcaster;
  what.broadcaster = broadcaster;
  return what;
}

request as_application(request what) {
  what.as = identity::application;
  return what;
}

void add(parameters& to, const char* name, const std::vector<std::string>& values) {
  for (const auto& value : values)
    to.emplace_back(name, value);
}

std::string str(std::string_view x) {
  return std::string{x};
}

} // namespace

std::string to_string(const error& x) {
  static constexpr std::array names{"refused",     "not authorised", "timed out",
                                    "unavailable", "not understood", "overloaded"};
  std::string all = names[static_cast<size_t>(x.what)];
  if (x.status != 0)
    all += " (HTTP " + std::to_string(x.status) + ")";
  return x.text.empty() ? all : all + ": " + x.text;
}

call<std::string> generic(request what) {
  return {std::move(what), read_body};
}

call<std::vector<user>> get_users(const std::vector<std::string>& ids, const std::vector<std::string>& logins) {
  parameters query;
  add(query, "id", ids);
  add(query, "login", logins);
  return {make("GET", "/users", std::move(query)), read_list<user>};
}

call<std::vector<channel>> get_channels(const std::vector<std::string>& broadcaster_ids) {
  parameters query;
  add(query, "broadcaster_id", broadcaster_ids);
  return {make("GET", "/channels", std::move(query)), read_list<channel>};
}

call<nothing> change_channel(std::string_view broadcaster, std::string_view broadcaster_id, std::string_view title,
                             std::string_view game_id) {
  auto body = json::object();
  if (!title.empty())
    body["title"] = title;
  if (!game_id.empty())
    body["game_id"] = game_id;
  return {as_broadcaster(broadcaster, make("PATCH", "/channels", {{"broadcaster_id", str(broadcaster_id)}}, body)),
          read_nothing};
}

call<page<stream>> get_streams(const std::vector<std::string>& user_ids, const std::vector<std::string>& logins,
                               std::string_view after) {
  parameters query{{"first", "100"}, {"after", str(after)}};
  add(query, "user_id", user_ids);
  add(query, "user_login", logins);
  return {make("GET", "/streams", std::move(query)), read_page<stream>};
}

call<page<person>> get_chatters(std::string_view broadcaster_id, std::string_view after) {
  return {as_moderator(make("GET", "/chat/chatters",
                            {{"broadcaster_id", str(broadcaster_id)}, {"first", "1000"}, {"after", str(after)}})),
          read_page<person>};
}

call<sent_message> send_message(std::string_view broadcaster_id, std::string_view sender_id, std::string_view text,
                                std::string_view reply_to) {
  json body{{"broadcaster_id", broadcaster_id}, {"message", text}};
  if (!reply_to.empty())
    body["reply_parent_message_id"] = reply_to;
  if (!sender_id.empty())
    body["sender_id"] = sender_id;
  auto what = make("POST", "/chat/messages", {}, body);
  if (sender_id.empty())
    what.own_id_in_body = "sender_id";
  what.order = priority::high;
  return {std::move(what), read_one<sent_message>};
}

call<nothing> announce(std::string_view broadcaster_id, std::string_view text, std::string_view color) {
  return {as_moderator(make("POST", "/chat/announcements", {{"broadcaster_id", str(broadcaster_id)}},
                            {{"message", text}, {"color", color}})),
          read_nothing};
}

call<nothing> shout_out(std::string_view from_broadcaster_id, std::string_view to_broadcaster_id) {
  return {as_moderator(
            make("POST", "/chat/shoutouts",
                 {{"from_broadcaster_id", str(from_broadcaster_id)}, {"to_broadcaster_id", str(to_broadcaster_id)}})),
          read_nothing};
}

call<chat_settings> get_chat_settings(std::string_view broadcaster_id) {
  return {make("GET", "/chat/settings", {{"broadcaster_id", str(broadcaster_id)}}), read_one<chat_settings>};
}

call<chat_settings> change_chat_settings(std::string_view broadcaster_id, const chat_settings_change& change) {
  auto body = json::object();
  if (change.slow_seconds) {
    body["slow_mode"] = *change.slow_seconds > 0;
    if (*change.slow_seconds > 0)
      body["slow_mode_wait_time"] = *change.slow_seconds;
  }
  if (change.follower_minutes) {
    body["follower_mode"] = *change.follower_minutes >= 0;
    if (*change.follower_minutes >= 0)
      body["follower_mode_duration"] = *change.follower_minutes;
  }
  if (change.subscribers_only)
    body["subscriber_mode"] = *change.subscribers_only;
  if (change.emotes_only)
    body["emote_mode"] = *change.emotes_only;
  if (change.unique_chat)
    body["unique_chat_mode"] = *change.unique_chat;
  return {as_moderator(make("PATCH", "/chat/settings", {{"broadcaster_id", str(broadcaster_id)}}, body)),
          read_one<chat_settings>};
}

call<nothing> whisper(std::string_view to_user_id, std::string_view text) {
  auto what = make("POST", "/whispers", {{"to_user_id", str(to_user_id)}}, {{"message", text}});
  what.own_id_in_query = "from_user_id";
  return {std::move(what), read_nothing};
}

call<ban> ban_user(std::string_view broadcaster_id, std::string_view user_id, std::chrono::seconds duration,
                   std::string_view reason) {
  json data{{"user_id", user_id}};
  if (duration.count() > 0)
    data["duration"] = duration.count();
  if (!reason.empty())
    data["reason"] = reason;
  auto what = as_moderator(
    make("POST", "/moderation/bans", {{"broadcaster_id", str(broadcaster_id)}}, {{"data", std::move(data)}}));
  what.order = priority::high;
  return {std::move(what), read_one<ban>};
}

call<nothing> unban_user(std::string_view broadcaster_id, std::string_view user_id) {
  return {as_moderator(
            make("DELETE", "/moderation/bans", {{"broadcaster_id", str(broadcaster_id)}, {"user_id", str(user_id)}})),
          read_nothing};
}

call<nothing> delete_messages(std::string_view broadcaster_id, std::string_view message_id) {
  auto what = as_moderator(
    make("DELETE", "/moderation/chat", {{"broadcaster_id", str(broadcaster_id)}, {"message_id", str(message_id)}}));
  what.order = priority::high;
  return {std::move(what), read_nothing};
}

call<nothing> warn_user(std::string_view broadcaster_id, std::string_view user_id, std::string_view reason) {
  return {as_moderator(make("POST", "/moderation/warnings", {{"broadcaster_id", str(broadcaster_id)}},
                            {{"data", {{"user_id", user_id}, {"reason", reason}}}})),
          read_nothing};
}

call<bool> get_shield_mode(std::string_view broadcaster_id) {
  return {as_moderator(make("GET", "/moderation/shield_mode", {{"broadcaster_id", str(broadcaster_id)}})),
          read_shield_mode};
}

call<bool> set_shield_mode(std::string_view broadcaster_id, bool on) {
  auto what = as_moderator(
    make("PUT", "/moderation/shield_mode", {{"broadcaster_id", str(broadcaster_id)}}, {{"is_active", on}}));
  what.order = priority::high;
  return {std::move(what), read_shield_mode};
}

call<nothing> start_raid(std::string_view broadcaster, std::string_view from_id, std::string_view to_id) {
  return {as_broadcaster(broadcaster, make("POST", "/raids",
                                           {{"from_broadcaster_id", str(from_id)}, {"to_broadcaster_id", str(to_id)}})),
          read_nothing};
}

call<nothing> cancel_raid(std::string_view broadcaster, std::string_view broadcaster_id) {
  return {as_broadcaster(broadcaster, make("DELETE", "/raids", {{"broadcaster_id", str(broadcaster_id)}})),
          read_nothing};
}

call<poll> create_poll(std::string_view broadcaster, std::string_view broadcaster_id, std::string_view title,
                       const std::vector<std::string>& choices, std::chrono::seconds duration) {
  auto all = json::array();
  for (const auto& choice : choices)
    all.push_back({{"title", choice}});
  return {as_broadcaster(broadcaster, make("POST", "/polls", {},
                                           {{"broadcaster_id", broadcaster_id},
                                            {"title", title},
                                            {"choices", std::move(all)},
                                            {"duration", duration.count()}})),
          read_one<poll>};
}

call<page<poll>> get_polls(std::string_view broadcaster, std::string_view broadcaster_id, std::string_view after) {
  return {as_broadcaster(broadcaster,
                         make("GET", "/polls", {{"broadcaster_id", str(broadcaster_id)}, {"after", str(after)}})),
          read_page<poll>};
}

call<poll> end_poll(std::string_view broadcaster, std::string_view broadcaster_id, std::string_view poll_id,
                    bool archive) {
  return {as_broadcaster(broadcaster, make("PATCH", "/polls", {},
                                           {{"broadcaster_id", broadcaster_id},
                                            {"id", poll_id},
                                            {"status", archive ? "ARCHIVED" : "TERMINATED"}})),
          read_one<poll>};
}

call<prediction> create_prediction(std::string_view broadcaster, std::string_view broadcaster_id,
                                   std::string_view title, const std::vector<std::string>& outcomes,
                                   std::chrono::seconds window) {
  auto all = json::array();
  for (const auto& one : outcomes)
    all.push_back({{"title", one}});
  return {as_broadcaster(broadcaster, make("POST", "/predictions", {},
                                           {{"broadcaster_id", broadcaster_id},
                                            {"title", title},
                                            {"outcomes", std::move(all)},
                                            {"prediction_window", window.count()}})),
          read_one<prediction>};
}

call<page<prediction>> get_predictions(std::string_view broadcaster, std::string_view broadcaster_id,
                                       std::string_view after) {
  return {as_broadcaster(broadcaster,
                         make("GET", "/predictions", {{"broadcaster_id", str(broadcaster_id)}, {"after", str(after)}})),
          read_page<prediction>};
}

call<prediction> end_prediction(std::string_view broadcaster, std::string_view broadcaster_id,
                                std::string_view prediction_id, std::string_view status,
                                std::string_view winning_outcome_id) {
  json body{{"broadcaster_id", broadcaster_id}, {"id", prediction_id}, {"status", status}};
  if (!winning_outcome_id.empty())
    body["winning_outcome_id"] = winning_outcome_id;
  return {as_broadcaster(broadcaster, make("PATCH", "/predictions", {}, body)), read_one<prediction>};
}

call<std::vector<reward>> get_rewards(std::string_view broadcaster, std::string_view broadcaster_id) {
  return {as_broadcaster(broadcaster,
                         make("GET", "/channel_points/custom_rewards", {{"broadcaster_id", str(broadcaster_id)}})),
          read_list<reward>};
}

call<page<redemption>> get_redemptions(std::string_view broadcaster, std::string_view broadcaster_id,
                                       std::string_view reward_id, std::string_view status, std::string_view after) {
  return {as_broadcaster(broadcaster, make("GET", "/channel_points/custom_rewards/redemptions",
                                           {{"broadcaster_id", str(broadcaster_id)},
                                            {"reward_id", str(reward_id)},
                                            {"status", str(status)},
                                            {"first", "50"},
                                            {"after", str(after)}})),
          read_page<redemption>};
}

call<std::vector<redemption>> set_redemptions(std::string_view broadcaster, std::string_view broadcaster_id,
                                              std::string_view reward_id, const std::vector<std::string>& ids,
                                              std::string_view status) {
  parameters query{{"broadcaster_id", str(broadcaster_id)}, {"reward_id", str(reward_id)}};
  add(query, "id", ids);
  return {as_broadcaster(broadcaster, make("PATCH", "/channel_points/custom_rewards/redemptions", std::move(query),
                                           {{"status", status}})),
          read_list<redemption>};
}

call<clip> create_clip(std::string_view broadcaster_id) {
  return {make("POST", "/clips", {{"broadcaster_id", str(broadcaster_id)}}), read_one<clip>};
}

call<subscription> create_subscription(std::string_view type, std::string_view version, std::string_view condition,
                                       std::string_view transport, bool is_batched) {
  json body{{"type", type}, {"version", version}};
  if (is_batched)
    body["is_batching_enabled"] = true;
  body["condition"] = json::parse(condition, nullptr, false);
  body["transport"] = json::parse(transport, nullptr, false);
  return {make("POST", "/eventsub/subscriptions", {}, body), read_one<subscription>};
}

call<page<subscription>> get_subscriptions(std::string_view after) {
  return {make("GET", "/eventsub/subscriptions", {{"after", str(after)}}), read_page<subscription>};
}

call<nothing> delete_subscription(std::string_view id) {
  return {make("DELETE", "/eventsub/subscriptions", {{"id", str(id)}}), read_nothing};
}

call<std::vector<conduit>> get_conduits() {
  return {as_application(make("GET", "/eventsub/conduits", {})), read_list<conduit>};
}

call<conduit> create_conduit(int64_t shards) {
  return {as_application(make("POST", "/eventsub/conduits", {}, {{"shard_count", shards}})), read_one<conduit>};
}

call<conduit> resize_conduit(std::string_view id, int64_t shards) {
  return {as_application(make("PATCH", "/eventsub/conduits", {}, {{"id", id}, {"shard_count", shards}})),
          read_one<conduit>};
}

call<nothing> delete_conduit(std::string_view id) {
  return {as_application(make("DELETE", "/eventsub/conduits", {{"id", str(id)}})), read_nothing};
}

call<page<conduit_shard>> get_conduit_shards(std::string_view conduit_id, std::string_view after) {
  return {
    as_application(make("GET", "/eventsub/conduits/shards", {{"conduit_id", str(conduit_id)}, {"after", str(after)}})),
    read_page<conduit_shard>};
}

call<std::vector<conduit_shard>> attach_conduit_shard(std::string_view conduit_id, std::string_view shard_id,
                                                      std::string_view session_id) {
  auto shards = json::array({{{"id", shard_id}, {"transport", {{"method", "websocket"}, {"session_id", session_id}}}}});
  return {as_application(make("PATCH", "/eventsub/conduits/shards", {},
                              {{"conduit_id", conduit_id}, {"shards", std::move(shards)}})),
          read_list<conduit_shard>};
}

} // namespace creamery::helix
