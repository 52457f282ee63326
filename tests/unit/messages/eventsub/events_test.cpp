#define CAF_SUITE messages.eventsub.events

#include "messages/eventsub/events.hpp"

#include "messages/eventsub/subscription_types.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/test_data.hpp"

#include <nlohmann/json.hpp>

#include <set>

using namespace creamery;
using namespace creamery::eventsub;

namespace {

using json = nlohmann::json;

/// How an event comes out of decoding and encoding; or nothing, with the reason, if it can't be decoded.
using round_trip = result<std::string> (*)(std::string_view);

template <class T>
result<std::string> there_and_back(std::string_view text) {
  auto event = decode<T>(text);
  if (!event)
    return event.error();
  return encode(*event);
}

template <class... Ts>
std::map<std::pair<std::string, std::string>, round_trip> all_round_trips(type_list<Ts...>) {
  return {{{std::string{Ts::type}, std::string{Ts::version}}, &there_and_back<Ts>}...};
}

const auto round_trips = all_round_trips(event_types{});

/// The first member of `sent`, at any depth, that `kept` hasn't got with the same value; empty: there is none.
std::string lost_member(const json& sent, const json& kept) {
  if (sent.is_object() && kept.is_object()) {
    for (const auto& [name, value] : sent.items()) {
      if (!kept.contains(name))
        return "/" + name;
      if (auto lost = lost_member(value, kept[name]); !lost.empty())
        return "/" + name + lost;
    }
    return {};
  }
  if (sent.is_array() && kept.is_array() && sent.size() == kept.size()) {
    for (size_t i = 0; i < sent.size(); ++i)
      if (auto lost = lost_member(sent[i], kept[i]); !lost.empty())
        return "/" + std::to_string(i) + lost;
    return {};
  }
  return sent == kept ? "" : " is " + sent.dump() + ", became " + kept.dump();
}

/// The first member of `made` that isn't in `sent` and says something.
std::string invented_member(const json& sent, const json& made) {
  if (!made.is_object() || !sent.is_object())
    return {};
  for (const auto& [name, value] : made.items()) {
    if (!sent.contains(name) && !value.is_null() && value != json{""} && value != json{false} && value != json{0}
        && value != json::array())
      return "/" + name + " = " + value.dump();
    if (sent.contains(name))
      if (auto invented = invented_member(sent[name], value); !invented.empty())
        return "/" + name + invented;
  }
  return {};
}

/// The files of `../shared/data/eventsub` that are payloads, sorted by name.
std::vector<std::pair<std::string, json>> payloads() {
  std::vector<std::pair<std::string, json>> found;
  for (const auto& name : test::test_data_files("eventsub"))
    if (!name.starts_with("eventsub/frame."))
      found.emplace_back(name, json::parse(*test::read_test_data(name)));
  return found;
}

} // namespace

SCENARIO("every type that can be subscribed to has a struct and the other way round") {
  std::set<std::pair<std::string, std::string>> subscribable, decodable;
  for (const auto& type : subscription_types())
    subscribable.emplace(type.name, type.version);
  for (const auto& [type, _] : round_trips)
    decodable.insert(type);
  CHECK(subscribable == decodable);
  CHECK_EQ(subscribable.size(), subscription_types().size());
}

SCENARIO("real payloads lose nothing on their way through the structs") {
  auto all = payloads();
  if (all.empty()) {
    MESSAGE("SKIPPED: no test data");
    return;
  }
  CHECK_GE(all.size(), 70u);
  std::set<std::pair<std::string, std::string>> removed, real;
  for (const auto& [file, content] : all) {
    auto type = std::pair{content["subscription"]["type"].get<std::string>(),
                          content["subscription"]["version"].get<std::string>()};
    if (is_removed(type.first, type.second)) {
      removed.insert(type);
      continue;
    }
    real.insert(type);
    auto way = round_trips.find(type);
    if (way == round_trips.end()) {
      CAF_FAIL(file << ": no struct for " << type.first << " " << type.second);
      continue;
    }
    auto events = json::array();
    if (content.contains("event"))
      events.push_back(content["event"]);
    else
      for (const auto& one : content["events"])
        events.push_back(one["data"]);
    for (const auto& event : events) {
      auto back = way->second(event.dump());
      if (!back) {
        CAF_FAIL(file << ": " << to_string(back.error()));
        continue;
      }
      auto kept = json::parse(*back);
      CHECK_EQ(file + lost_member(event, kept), file);
      CHECK_EQ(file + invented_member(event, kept), file);
    }
  }
  CHECK_GE(removed.size(), 3u);
  for (const auto& [type, _] : round_trips)
    if (!real.contains(type))
      MESSAGE("only known from the documentation's words: " << type.first << " " << type.second);
}

SCENARIO("payloads of removed versions are of no type that can be asked for") {
  for (const auto& [file, content] : payloads()) {
    auto type = content["subscription"]["type"].get<std::string>();
    auto version = content["subscription"]["version"].get<std::string>();
    CHECK_EQ(is_removed(type, version), find_type(type, version) == nullptr);
  }
}

SCENARIO("the members have the values they were sent with") {
  auto raid = decode<channel_raid>(R"({"from_broadcaster_user_id":"1","from_broadcaster_user_login":"a",
    "from_broadcaster_user_name":"A","to_broadcaster_user_id":"2","to_broadcaster_user_login":"b",
    "to_broadcaster_user_name":"B","viewers":9001})");
  REQUIRE(raid);
  CHECK(raid->from == (person{"1", "a", "A"}));
  CHECK(raid->to == (person{"2", "b", "B"}));
  CHECK_EQ(raid->viewers, 9001);

  auto cheer = decode<channel_cheer>(R"({"is_anonymous":true,"user_id":null,"user_login":null,"user_name":null,
    "broadcaster_user_id":"2","broadcaster_user_login":"b","broadcaster_user_name":"B","message":"pogchamp","bits":1000})");
  REQUIRE(cheer);
  CHECK(cheer->is_anonymous);
  CHECK(!cheer->user);
  CHECK_EQ(cheer->bits, 1000);
}

SCENARIO("what is missing or unknown is no error") {
  auto raid = decode<channel_raid>(R"({"viewers":3,"members_of_2031":{"a":[1,2,{}]}})");
  REQUIRE(raid);
  CHECK_EQ(raid->viewers, 3);
  CHECK_EQ(raid->from.id, "");
  CHECK(decode<channel_raid>("{}"));
}

SCENARIO("what is of another kind is an error that names it") {
  auto why = [](auto x) { return x ? std::string{"nothing"} : to_string(x.error()); };
  CHECK_EQ(why(decode<channel_raid>(R"({"viewers":"3"})")),
           "channel.raid 1: viewers: expected a whole number, found string");
  CHECK_EQ(why(decode<channel_raid>(R"({"viewers":1.5})")),
           "channel.raid 1: viewers: expected a whole number, found number");
  CHECK_EQ(why(decode<channel_raid>(R"({"viewers":18446744073709551615})")),
           "channel.raid 1: viewers: a number that is too large");
  CHECK_EQ(why(decode<channel_ban>(R"({"is_permanent":1})")),
           "channel.ban 1: is_permanent: expected true or false, found number");
  CHECK_EQ(why(decode<channel_chat_message>(R"({"message":{"fragments":[{"text":"a"},{"text":7}]}})")),
           "channel.chat.message 1: message.fragments[1].text: expected a string, found number");
  CHECK_EQ(why(decode<channel_chat_message>(R"({"message":[]})")),
           "channel.chat.message 1: message: expected an object, found array");
  CHECK_EQ(why(decode<channel_chat_message>(R"({"badges":{}})")),
           "channel.chat.message 1: badges: expected a list, found object");
}

SCENARIO("what is no json is an error") {
  for (auto text : {"", "{", "nonsense", R"({"a":1}})"}) {
    auto event = decode<channel_raid>(text);
    REQUIRE(!event);
    CHECK_EQ(event.error().cause, "not JSON");
  }
  auto list = decode<channel_raid>("[1]");
  REQUIRE(!list);
  CHECK_EQ(list.error().cause, "expected an object");
}

SCENARIO("members that are documented under two names are read under both") {
  for (auto text : {R"({"resub":{"sub_tier":"2000"}})", R"({"resub":{"sub_plan":"2000"}})"}) {
    auto notice = decode<channel_chat_notification>(text);
    REQUIRE(notice && notice->resub);
    CHECK_EQ(notice->resub->tier, "2000");
  }
  for (auto text : {R"({"moderator_id":"1"})", R"({"moderator_user_id":"1"})"}) {
    auto request = decode<channel_unban_request_resolve>(text);
    REQUIRE(request && request->moderator);
    CHECK_EQ(request->moderator->id, "1");
  }
  for (auto text : {R"({"amount":{"decimal_place":2}})", R"({"amount":{"decimal_places":2}})"}) {
    auto donation = decode<channel_charity_campaign_donate>(text);
    REQUIRE(donation);
    CHECK_EQ(donation->amount.decimal_places, 2);
  }
}

SCENARIO("text that is not utf8 is encoded with replacements") {
  CHECK_EQ(json::parse(encode(user_update{.user = {}, .email = {}, .email_verified = {}, .description = "a\xFF"}))
             .value("description", ""),
           "a\xEF\xBF\xBD");
}
