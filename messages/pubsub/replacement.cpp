#include "messages/pubsub/replacement.hpp"

#include "messages/json_members.hpp"
#include "messages/rfc3339.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace creamery::pubsub {

namespace {

using json = nlohmann::json;
using strings = std::vector<std::string>;

struct known_topic {
  std::string_view name;
  pubsub_topic what;
  /// What its topics begin with, whatever their version.
  std::string_view begin;
  /// The version that is spoken here, if there are several.
  std::string_view version;
  std::vector<std::string_view> types;
};

const std::vector<known_topic>& topics() {
  using enum pubsub_topic;
  static const std::vector<known_topic> all{
    {"channel_points",
     channel_points,
     "channel-points-channel-v1.",
     "",
     {"channel.channel_points_custom_reward_redemption.add", "channel.channel_points_custom_reward_redemption.update",
      "channel.channel_points_custom_reward.add", "channel.channel_points_custom_reward.update",
      "channel.channel_points_custom_reward.remove", "channel.channel_points_automatic_reward_redemption.add"}},
    {"bits", bits, "channel-bits-events-v", "2.", {"channel.cheer"}},
    {"bits_badge", bits_badge, "channel-bits-badge-unlocks.", "", {"channel.chat.notification"}},
    {"channel_subscriptions",
     channel_subscriptions,
     "channel-subscribe-events-v1.",
     "",
     {"channel.subscribe", "channel.subscription.message", "channel.subscription.gift"}},
    {"whispers", whispers, "whispers.", "", {"user.whisper.message"}},
    {"moderator_actions", moderator_actions, "chat_moderator_actions.", "", {"channel.moderate"}},
  };
  return all;
}

/// PubSub had some ids as numbers.
json as_number(const std::string& id) {
  int64_t number = 0;
  auto end = std::from_chars(id.data(), id.data() + id.size(), number).ptr;
  return end == id.data() + id.size() && !id.empty() ? json(number) : json{};
}

std::string upper(std::string text) {
  for (auto& c : text)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return text;
}

/// What is made of one event.
class translator {
public:
  translator(const eventsub::event& event, json content) : event_(event), content_(std::move(content)) {
  }

  std::vector<pubsub_message> translate() {
    const std::string_view type = event_.type;
    if (type == "channel.channel_points_custom_reward_redemption.add")
      redemption("reward-redeemed");
    else if (type == "channel.channel_points_custom_reward_redemption.update")
      redemption("redemption-status-update");
    else if (type == "channel.channel_points_custom_reward.add")
      reward("custom-reward-created", "new_reward");
    else if (type == "channel.channel_points_custom_reward.update")
      reward("custom-reward-updated", "updated_reward");
    else if (type == "channel.channel_points_custom_reward.remove")
      reward("custom-reward-deleted", "deleted_reward");
    else if (type == "channel.channel_points_automatic_reward_redemption.add")
      automatic_redemption();
    else if (type == "channel.cheer")
      cheer();
    else if (type == "channel.chat.notification")
      badge();
    else if (type == "channel.subscribe" || type == "channel.subscription.message"
             || type == "channel.subscription.gift")
      subscription();
    else if (type == "user.whisper.message")
      whisper();
    else if (type == "channel.moderate")
      moderation();
    return std::move(made_);
  }

private:
  std::string channel_id() const {
    return text_of(content_, "broadcaster_user_id");
  }

  void add(pubsub_topic what, const std::string& id, const json& message, strings missing = {}) {
    made_.push_back(
      {what, begin_of(what) + id, message.dump(-1, ' ', false, json::error_handler_t::replace), std::move(missing)});
  }

  void redemption(std::string_view type) {
    const auto& of = member_of(content_, "reward");
    add_redemption(type,
                   {{"id", member_of(of, "id")},
                    {"title", member_of(of, "title")},
                    {"prompt", member_of(of, "prompt")},
                    {"cost", member_of(of, "cost")}},
                   upper(text_of(content_, "status")), text_of(content_, "user_input"), {});
  }

  /// Of a reward that every channel has: it has no id, and its kind stands for its title.
  void automatic_redemption() {
    if (event_.version == "1")
      return; // the second version tells the same
    const auto& of = member_of(content_, "reward");
    add_redemption("reward-redeemed",
                   {{"id", nullptr},
                    {"title", member_of(of, "type")},
                    {"prompt", nullptr},
                    {"cost", member_of(of, "channel_points")}},
                   nullptr, text_of(member_of(content_, "message"), "text"),
                   {"/data/redemption/reward/id", "/data/redemption/reward/prompt", "/data/redemption/status"});
  }

  /// @param reward what is known of it. @param missing what of it, or of the redemption, isn't.
  void add_redemption(std::string_view type, json reward, json status, const std::string& input, strings missing) {
    reward["channel_id"] = channel_id();
    for (const auto* name :
         {"is_user_input_required", "is_sub_only", "image", "default_image", "background_color", "is_enabled",
          "is_paused", "is_in_stock", "max_per_stream", "max_per_user_per_stream", "global_cooldown",
          "should_redemptions_skip_request_queue", "template_id", "updated_for_indicator_at",
          "redemptions_redeemed_current_stream", "cooldown_expires_at"}) {
      reward[name] = nullptr;
      missing.push_back("/data/redemption/reward/" + std::string{name});
    }
    json redemption{{"id", member_of(content_, "id")},
                    {"user",
                     {{"id", member_of(content_, "user_id")},
                      {"login", member_of(content_, "user_login")},
                      {"display_name", member_of(content_, "user_name")}}},
                    {"channel_id", channel_id()},
                    {"redeemed_at", member_of(content_, "redeemed_at")},
                    {"reward", std::move(reward)},
                    {"status", std::move(status)}};
    if (!input.empty())
      redemption["user_input"] = input;
    add(pubsub_topic::channel_points, channel_id(),
        {{"type", type}, {"data", {{"timestamp", event_.sent_at}, {"redemption", std::move(redemption)}}}},
        std::move(missing));
  }

  void reward(std::string_view type, const char* name) {
    auto limit = [&](const char* from, const char* value, const char* as) {
      const auto& object = member_of(content_, from);
      return json{{"is_enabled", member_of(object, "is_enabled")}, {as, member_of(object, value)}};
    };
    json reward{{"channel_id", channel_id()},
                {"max_per_stream", limit("max_per_stream", "value", "max_per_stream")},
                {"max_per_user_per_stream", limit("max_per_user_per_stream", "value", "max_per_user_per_stream")},
                {"global_cooldown", limit("global_cooldown", "seconds", "global_cooldown_seconds")},
                {"is_sub_only", nullptr},
                {"template_id", nullptr},
                {"updated_for_indicator_at", nullptr}};
    for (const auto* same :
         {"id", "title", "prompt", "cost", "is_user_input_required", "image", "default_image", "background_color",
          "is_enabled", "is_paused", "is_in_stock", "should_redemptions_skip_request_queue",
          "redemptions_redeemed_current_stream", "cooldown_expires_at"})
      reward[same] = member_of(content_, same);
    auto place = "/data/" + std::string{name};
    add(pubsub_topic::channel_points, channel_id(),
        {{"type", type}, {"data", {{"timestamp", event_.sent_at}, {name, std::move(reward)}}}},
        {place + "/is_sub_only", place + "/template_id", place + "/updated_for_indicator_at"});
  }

  void cheer() {
    add(pubsub_topic::bits, channel_id(),
        {{"data",
          {{"user_name", member_of(content_, "user_login")},
           {"channel_name", member_of(content_, "broadcaster_user_login")},
           {"user_id", member_of(content_, "user_id")},
           {"channel_id", channel_id()},
           {"time", event_.sent_at},
           {"chat_message", member_of(content_, "message")},
           {"bits_used", member_of(content_, "bits")},
           {"total_bits_used", nullptr},
           {"is_anonymous", member_of(content_, "is_anonymous")},
           {"context", "cheer"},
           {"badge_entitlement", nullptr}}},
         {"version", "1.0"},
         {"message_type", "bits_event"},
         {"message_id", event_.message_id}},
        {"/data/total_bits_used", "/data/badge_entitlement"});
  }

  void badge() {
    if (text_of(content_, "notice_type") != "bits_badge_tier")
      return; // something else that chat shows
    add(pubsub_topic::bits_badge, channel_id(),
        {{"user_id", member_of(content_, "chatter_user_id")},
         {"user_name", member_of(content_, "chatter_user_login")},
         {"channel_id", channel_id()},
         {"channel_name", member_of(content_, "broadcaster_user_login")},
         {"badge_tier", member_of(member_of(content_, "bits_badge_tier"), "tier")},
         {"chat_message", member_of(member_of(content_, "message"), "text")},
         {"time", event_.sent_at}});
  }

  void subscription() {
    const auto is_resub = event_.type == "channel.subscription.message";
    const auto is_purchase = event_.type == "channel.subscription.gift";
    const auto is_gift = is_purchase || member_of(content_, "is_gift") == true;
    const auto is_anonymous = member_of(content_, "is_anonymous") == true;
    json message{{"channel_name", member_of(content_, "broadcaster_user_login")},
                 {"channel_id", channel_id()},
                 {"time", event_.sent_at},
                 {"sub_plan", member_of(content_, "tier")},
                 {"sub_plan_name", nullptr},
                 {"context", is_resub       ? "resub"
                             : !is_gift     ? "sub"
                             : is_anonymous ? "anonsubgift"
                                            : "subgift"},
                 {"is_gift", is_gift},
                 {"multi_month_duration", member_of(content_, "duration_months")},
                 {"sub_message", {{"message", ""}, {"emotes", nullptr}}}};
    strings missing{"/sub_plan_name"};
    auto lack = [&](std::initializer_list<const char*> names) {
      for (const auto* name : names) {
        message[name] = nullptr;
        missing.push_back("/" + std::string{name});
      }
    };
    auto person = [&](const char* id, const char* login, const char* display) {
      message[id] = member_of(content_, "user_id");
      message[login] = member_of(content_, "user_login");
      message[display] = member_of(content_, "user_name");
    };
    if (is_gift && !is_purchase) { // it is known who got it
      person("recipient_id", "recipient_user_name", "recipient_display_name");
      lack({"user_id", "user_name", "display_name"});
    } else {
      person("user_id", "user_name", "display_name");
    }
    if (is_purchase)
      lack({"recipient_id", "recipient_user_name", "recipient_display_name"});
    if (is_resub) {
      message["cumulative_months"] = message["months"] = member_of(content_, "cumulative_months");
      message["streak_months"] = member_of(content_, "streak_months");
      const auto& said = member_of(content_, "message");
      message["sub_message"]["message"] = member_of(said, "text");
      for (const auto& emote : member_of(said, "emotes"))
        message["sub_message"]["emotes"].push_back(
          {{"start", member_of(emote, "begin")}, {"end", member_of(emote, "end")}, {"id", member_of(emote, "id")}});
    } else {
      lack({"cumulative_months", "streak_months", "months"});
    }
    add(pubsub_topic::channel_subscriptions, channel_id(), message, std::move(missing));
  }

  void whisper() {
    auto sent = parse_rfc3339(event_.sent_at);
    json object{{"id", nullptr},
                {"message_id", member_of(content_, "whisper_id")},
                {"thread_id", nullptr},
                {"body", member_of(member_of(content_, "whisper"), "text")},
                {"sent_ts", sent ? json(*sent / 1'000) : json{}},
                {"from_id", as_number(text_of(content_, "from_user_id"))},
                {"tags",
                 {{"login", member_of(content_, "from_user_login")},
                  {"display_name", member_of(content_, "from_user_name")},
                  {"color", nullptr},
                  {"user_type", nullptr},
                  {"emotes", nullptr},
                  {"badges", nullptr}}},
                {"recipient",
                 {{"id", as_number(text_of(content_, "to_user_id"))},
                  {"username", member_of(content_, "to_user_login")},
                  {"display_name", member_of(content_, "to_user_name")},
                  {"color", nullptr},
                  {"user_type", nullptr},
                  {"badges", nullptr},
                  {"profile_image", nullptr}}}};
    auto as_text = object.dump(-1, ' ', false, json::error_handler_t::replace);
    add(pubsub_topic::whispers, text_of(content_, "to_user_id"),
        {{"type", "whisper_received"}, {"data", std::move(as_text)}, {"data_object", std::move(object)}},
        {"/data_object/id", "/data_object/thread_id", "/data_object/tags/color", "/data_object/tags/user_type",
         "/data_object/tags/emotes", "/data_object/tags/badges", "/data_object/recipient/color",
         "/data_object/recipient/user_type", "/data_object/recipient/badges", "/data_object/recipient/profile_image"});
  }

  // -- moderation -----------------------------------------------------------------------------------------------------------

  void add_moderation(std::string_view type, json data, strings missing = {}) {
    add(pubsub_topic::moderator_actions, "*." + channel_id(), {{"type", type}, {"data", std::move(data)}},
        std::move(missing));
  }

  void moderation() {
    const auto action = text_of(content_, "action");
    const auto& about = member_of(content_, action.c_str());
    if (action == "mod" || action == "unmod")
      return add_moderation(action == "mod" ? "moderator_added" : "moderator_removed",
                            {{"channel_id", channel_id()},
                             {"target_user_id", member_of(about, "user_id")},
                             {"moderation_action", action},
                             {"target_user_login", member_of(about, "user_login")},
                             {"created_by_user_id", member_of(content_, "moderator_user_id")},
                             {"created_by", member_of(content_, "moderator_user_login")}});
    if (action.ends_with("_term"))
      return terms(action);
    if (action.ends_with("_unban_request")) {
      const auto& request = member_of(content_, "unban_request");
      return add_moderation(action, {{"moderation_action", upper(action)},
                                     {"created_by_id", member_of(content_, "moderator_user_id")},
                                     {"created_by_login", member_of(content_, "moderator_user_login")},
                                     {"moderator_message", member_of(request, "moderator_message")},
                                     {"target_user_id", member_of(request, "user_id")},
                                     {"target_user_login", member_of(request, "user_login")}});
    }
    const auto has_target = !text_of(about, "user_id").empty();
    add_moderation("moderation_action",
                   {{"type", action == "delete" ? "chat_targeted_login_moderation"
                             : has_target       ? "chat_login_moderation"
                                                : "chat_channel_moderation"},
                    {"moderation_action", action},
                    {"args", arguments(action, about)},
                    {"created_by", member_of(content_, "moderator_user_login")},
                    {"created_by_user_id", member_of(content_, "moderator_user_id")},
                    {"msg_id", text_of(about, "message_id")},
                    {"target_user_id", text_of(about, "user_id")},
                    {"target_user_login", text_of(about, "user_login")},
                    {"from_automod", nullptr}},
                   {"/data/from_automod"});
  }

  void terms(const std::string& action) {
    const auto& about = member_of(content_, "automod_terms");
    // `add_blocked_term` was `add_blocked_term`; removing was called deleting.
    auto type = action.starts_with("remove_") ? "delete_" + action.substr(7) : action;
    for (const auto& term : member_of(about, "terms"))
      add(pubsub_topic::moderator_actions, "*." + channel_id(),
          {{"type", "channel_terms_action"},
           {"data",
            {{"type", type},
             {"id", nullptr},
             {"text", term},
             {"requester_id", member_of(content_, "moderator_user_id")},
             {"requester_login", member_of(content_, "moderator_user_login")},
             {"channel_id", channel_id()},
             {"expires_at", nullptr},
             {"updated_at", event_.sent_at},
             {"from_automod", member_of(about, "from_automod")}}}},
          {"/data/id", "/data/expires_at"});
  }

  /// What the moderator has typed behind the command.
  json arguments(const std::string& action, const json& about) const {
    auto args = json::array();
    auto add = [&](const std::string& one) {
      if (!one.empty())
        args.push_back(one);
    };
    add(text_of(about, "user_login"));
    if (auto until = parse_rfc3339(text_of(about, "expires_at")), sent = parse_rfc3339(event_.sent_at); until && sent)
      add(std::to_string(std::max<int64_t>((*until - *sent + 500) / 1'000, 1)));
    add(text_of(about, "reason"));
    if (action == "delete") {
      add(text_of(about, "message_body"));
      add(text_of(about, "message_id"));
    }
    for (const auto* number : {"follow_duration_minutes", "wait_time_seconds"})
      if (const auto& found = member_of(about, number); found.is_number_integer())
        add(found.dump());
    return args;
  }

  const eventsub::event& event_;
  json content_;
  std::vector<pubsub_message> made_;
};

} // namespace

std::optional<pubsub_topic> find_topic(std::string_view name) {
  if (name == "moderation_user_action") // as TwitchIO called it
    return pubsub_topic::moderator_actions;
  for (const auto& one : topics())
    if (one.name == name)
      return one.what;
  return std::nullopt;
}

std::vector<std::string_view> topic_names() {
  std::vector<std::string_view> names;
  for (const auto& one : topics())
    names.push_back(one.name);
  return names;
}

std::string begin_of(pubsub_topic what) {
  for (const auto& one : topics())
    if (one.what == what)
      return std::string{one.begin} + std::string{one.version};
  return {};
}

std::vector<std::string_view> replacements_of(pubsub_topic what) {
  for (const auto& one : topics())
    if (one.what == what)
      return one.types;
  return {};
}

std::vector<pubsub_message> from_event(const eventsub::event& event) {
  if (event.type == raw_type) {
    for (const auto& one : topics())
      if (event.subscription_id.starts_with(one.begin))
        return {{one.what, event.subscription_id, event.json, {}}};
    return {};
  }
  auto content = json::parse(event.json, nullptr, false);
  if (!content.is_object())
    return {};
  return translator{event, std::move(content)}.translate();
}

} // namespace creamery::pubsub
