#define CAF_SUITE messages.pubsub.replacement

#include "messages/pubsub/replacement.hpp"

#include "messages/eventsub/subscription_types.hpp"
#include "runtime/pubsub/frame.hpp"
#include "simulator/eventsub_samples.hpp"
#include "tests/unit/fixture.hpp"

#include <nlohmann/json.hpp>

using namespace creamery;
using namespace creamery::pubsub;

namespace {

using json = nlohmann::json;
using strings = std::vector<std::string>;

/// An event as the simulator makes it up, with some members changed.
eventsub::event sample(const std::string& type, const json& changes = json::object(),
                       const std::string& version = "1") {
  simulator::eventsub_subscription about;
  about.type = type;
  about.version = version;
  about.condition = {{"broadcaster_user_id", "1337"}};
  simulator::event_samples samples{[](std::string_view id) {
    return simulator::event_person{std::string{id}, "red", "Red"};
  }};
  auto event = samples.make(about, simulator::time_point{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}});
  event.update(changes);
  return {1, "bot", "m-1", type, version, "sub", "2026-05-01T00:00:00Z", event.dump()};
}

pubsub_message only(const eventsub::event& event) {
  auto all = from_event(event);
  if (all.size() != 1)
    CAF_FAIL(all.size() << " messages");
  return all.front();
}

} // namespace

CAF_TEST(every replacement is made into a message of its topic and what is missing is null) {
  for (auto name : topic_names()) {
    auto topic = *find_topic(name);
    CHECK(!replacements_of(topic).empty());
    for (auto type : replacements_of(topic)) {
      CAF_MESSAGE(std::string{type});
      std::string version{eventsub::find_type(type)->version};
      auto event =
        type == "channel.chat.notification"
          ? sample(std::string{type}, {{"notice_type", "bits_badge_tier"}, {"bits_badge_tier", {{"tier", 1000}}}})
          : sample(std::string{type}, json::object(), version);
      auto message = only(event);
      CHECK(message.what == topic);
      auto content = json::parse(message.json);
      for (const auto& place : message.missing)
        CHECK(content.at(json::json_pointer{place}).is_null());
      CHECK(!scope_of(message.topic).empty());
    }
  }
  CHECK(!find_topic("channel_point"));
}

CAF_TEST(a reward that every channel has is redeemed like any other) {
  auto message = only(sample("channel.channel_points_automatic_reward_redemption.add", json::object(), "2"));
  CHECK(message.what == pubsub_topic::channel_points);
  auto content = json::parse(message.json);
  CHECK_EQ(content["type"].get<std::string>(), "reward-redeemed");
  const auto& redemption = content["data"]["redemption"];
  CHECK_EQ(redemption["user"]["display_name"].get<std::string>(), "Somebody");
  CHECK_EQ(redemption["reward"]["title"].get<std::string>(), "send_highlighted_message");
  CHECK(redemption["reward"]["cost"].is_number_integer());
  CHECK(redemption["reward"]["id"].is_null());
}

CAF_TEST(whether automod did it is not known) {
  auto message = only(sample("channel.moderate", {{"action", "clear"}}, "2"));
  CHECK_EQ(message.missing, strings{"/data/from_automod"});
}

CAF_TEST(a redemption has the shape that it had) {
  auto message = only(sample("channel.channel_points_custom_reward_redemption.add"));
  CHECK_EQ(message.topic, "channel-points-channel-v1.1337");
  auto content = json::parse(message.json);
  CHECK_EQ(content["type"].get<std::string>(), "reward-redeemed");
  const auto& redemption = content["data"]["redemption"];
  CHECK_EQ(redemption["user"]["display_name"].get<std::string>(), "Somebody");
  CHECK_EQ(redemption["status"].get<std::string>(), "UNFULFILLED");
  CHECK_EQ(redemption["user_input"].get<std::string>(), "with ice");
  CHECK_EQ(redemption["reward"]["cost"].get<int>(), 100);
  auto without =
    json::parse(only(sample("channel.channel_points_custom_reward_redemption.add", {{"user_input", ""}})).json);
  CHECK(!without["data"]["redemption"].contains("user_input"));
}

CAF_TEST(an anonymous cheer names nobody) {
  auto content = json::parse(
    only(sample("channel.cheer",
                {{"is_anonymous", true}, {"user_id", nullptr}, {"user_login", nullptr}, {"user_name", nullptr}}))
      .json);
  CHECK(content["data"]["user_name"].is_null());
  CHECK_EQ(content["data"]["is_anonymous"].get<bool>(), true);
  CHECK_EQ(content["message_id"].get<std::string>(), "m-1");
}

CAF_TEST(a gift knows its giver or who got it but never both) {
  auto got = json::parse(only(sample("channel.subscribe", {{"is_gift", true}})).json);
  CHECK_EQ(got["context"].get<std::string>(), "subgift");
  CHECK_EQ(got["recipient_user_name"].get<std::string>(), "somebody");
  CHECK(got["user_name"].is_null());
  auto gave = json::parse(only(sample("channel.subscription.gift", {{"is_anonymous", true}})).json);
  CHECK_EQ(gave["context"].get<std::string>(), "anonsubgift");
  CHECK(gave["recipient_id"].is_null());
  auto again = json::parse(
    only(sample(
           "channel.subscription.message",
           {{"message", {{"text", "Hi Kappa"}, {"emotes", json::array({{{"begin", 3}, {"end", 7}, {"id", "25"}}})}}}}))
      .json);
  CHECK_EQ(again["context"].get<std::string>(), "resub");
  CHECK_EQ(again["sub_message"]["emotes"].dump(), R"([{"end":7,"id":"25","start":3}])");
  CHECK_EQ(again["streak_months"].get<int>(), 3);
}

CAF_TEST(what other notices of chat are about is no badge) {
  CHECK(from_event(sample("channel.chat.notification")).empty());
}

CAF_TEST(the command of a moderator is put together again) {
  auto moderation = [](const json& changes) {
    json base{{"action", ""}, {"timeout", nullptr}};
    base.update(changes);
    return from_event(sample("channel.moderate", base, "2"));
  };
  auto args = [](const pubsub_message& x) { return json::parse(x.json)["data"]["args"].dump(); };
  auto timeout = only(sample("channel.moderate",
                             {{"timeout",
                               {{"user_id", "7"},
                                {"user_login", "rude"},
                                {"user_name", "Rude"},
                                {"reason", "too loud"},
                                {"expires_at", "2026-05-01T00:10:00Z"}}}},
                             "2"));
  CHECK_EQ(timeout.topic, "chat_moderator_actions.*.1337");
  CHECK_EQ(args(timeout), R"(["rude","600","too loud"])");
  CHECK_EQ(json::parse(timeout.json)["data"]["type"].get<std::string>(), "chat_login_moderation");
  auto slow = moderation({{"action", "slow"}, {"slow", {{"wait_time_seconds", 30}}}});
  REQUIRE_EQ(slow.size(), 1u);
  CHECK_EQ(args(slow[0]), R"(["30"])");
  CHECK_EQ(json::parse(slow[0].json)["data"]["type"].get<std::string>(), "chat_channel_moderation");
  auto mod = moderation({{"action", "mod"}, {"mod", {{"user_id", "7"}, {"user_login", "nice"}}}});
  CHECK_EQ(json::parse(mod.at(0).json)["type"].get<std::string>(), "moderator_added");
  auto terms = moderation(
    {{"action", "remove_blocked_term"}, {"automod_terms", {{"terms", {"one", "two"}}, {"from_automod", false}}}});
  REQUIRE_EQ(terms.size(), 2u);
  CHECK_EQ(json::parse(terms[1].json)["data"]["text"].get<std::string>(), "two");
  CHECK_EQ(json::parse(terms[1].json)["data"]["type"].get<std::string>(), "delete_blocked_term");
}

CAF_TEST(what came over PubSub itself is passed on as it is) {
  eventsub::event event{1, "bot", "m", std::string{raw_type}, "1", "channel-bits-events-v2.1337", "", R"({"data":{}})"};
  auto message = only(event);
  CHECK(message.what == pubsub_topic::bits);
  CHECK_EQ(message.topic, "channel-bits-events-v2.1337");
  CHECK_EQ(message.json, R"({"data":{}})");
  event.subscription_id = "unheard-of.1";
  CHECK(from_event(event).empty());
}

CAF_TEST(nonsense is nothing) {
  for (const auto* text : {"", "[]", "null", "{}"}) {
    eventsub::event event{1, "bot", "m", "channel.cheer", "1", "s", "", text};
    CHECK(from_event(event).size() <= 1);
    event.type = "channel.moderate";
    from_event(event);
    event.type = "channel.follow";
    CHECK(from_event(event).empty());
  }
}
