#define CAF_SUITE eventsub.frame

#include "runtime/eventsub/frame.hpp"

#include "tests/unit/fixture.hpp"
#include "tests/unit/test_data.hpp"

using namespace creamery;
using namespace creamery::eventsub;
using namespace std::chrono_literals;

namespace {

frame read(std::string_view text) {
  auto x = read_frame(text);
  if (!x)
    CAF_FAIL(to_string(x.error()));
  return std::move(*x);
}

template <class T>
const T& content(const frame& x) {
  if (!std::holds_alternative<T>(x.content))
    CAF_FAIL("another kind of message: " << x.type);
  return std::get<T>(x.content);
}

std::string with_payload(const std::string& type, const std::string& payload) {
  return R"({"metadata":{"message_id":"m","message_type":")" + type + R"("},"payload":)" + payload + "}";
}

} // namespace

SCENARIO("Twitch's messages are read") {
  GIVEN("one of each kind, as Twitch documents them") {
    std::vector<std::string> frames;
    for (const auto* number : {"0", "1", "2", "3", "4"})
      if (auto text = test::read_test_data("eventsub/frame." + std::string{number} + ".json"))
        frames.push_back(*text);
    if (frames.size() != 5) {
      MESSAGE("SKIPPED: no test data");
      return;
    }
    auto welcome = read(frames[0]);
    CHECK(!content<message::welcome>(welcome).session_id.empty());
    CHECK(content<message::welcome>(welcome).keepalive == 10s);
    CHECK(!welcome.id.empty());
    CHECK(!welcome.timestamp.empty());
    content<message::keepalive>(read(frames[1]));
    auto event = read(frames[2]);
    CHECK_EQ(content<message::notification>(event).subscription.type, "channel.follow");
    CHECK(content<message::notification>(event).event.starts_with("{"));
    CHECK(content<message::reconnect>(read(frames[3])).url.starts_with("wss://"));
    CHECK_EQ(content<message::revocation>(read(frames[4])).subscription.status, "authorization_revoked");
  }
}

SCENARIO("an event is given out as it stands in the message") {
  GIVEN("a notification") {
    auto text = with_payload("notification",
                             R"({"subscription":{"id":"s","type":"channel.new","version":"9","status":"enabled"},)"
                             R"("event":{"z":1.0, "a" : "é\u00e9"}})");
    auto x = read(text);
    const auto& said = content<message::notification>(x);
    CHECK_EQ(said.event, R"({"z":1.0, "a" : "é\u00e9"})");
    CHECK_EQ(said.events, "");
    CHECK_EQ(said.subscription.type, "channel.new");
    CHECK_EQ(said.subscription.version, "9");
  }
  GIVEN("a batch") {
    auto text =
      with_payload("notification", R"({"subscription":{"id":"s","type":"drop.entitlement.grant","version":"1"},)"
                                   R"("events":[{"id":"a","data":{}}]})");
    auto x = read(text);
    CHECK_EQ(content<message::notification>(x).event, "");
    CHECK_EQ(content<message::notification>(x).events, R"([{"id":"a","data":{}}])");
  }
}

SCENARIO("kinds and members that are new are no errors") {
  GIVEN("such messages") {
    content<message::unknown>(read(with_payload("session_party", R"({"session":{}})")));
    content<message::unknown>(read(R"({"metadata":{},"payload":{}})"));
    auto x = read(
      with_payload("session_welcome", R"({"session":{"id":"s","recovery_url":"x","keepalive_timeout_seconds":null}})"));
    CHECK(content<message::welcome>(x).keepalive == 10s);
  }
}

SCENARIO("numbers of any size are no mistake") {
  for (const auto* number : {"123456789012345678901234567890", "-1e300", "18446744073709551615", "0.1"}) {
    const auto text = R"({"subscription":{"id":"s","type":"t"},"new":)" + std::string{number} + R"(,"event":{"n":)"
                      + number + "}}"; // what is read points into it
    auto read = read_payload(text);
    REQUIRE(read);
    CHECK_EQ(read->event, R"({"n":)" + std::string{number} + "}");
  }
}

SCENARIO(
  "a message that is cut off anywhere, or has any byte missing or replaced, is an error or read, and nothing else") {
  const std::string about =
    R"({"subscription":{"id":"s","type":"t","condition":{"user_id":"7"}},"event":{"a":{"b":["\u00e4",{}]},"c":1.5}})";
  for (const auto& whole :
       {with_payload("notification", about), with_payload("revocation", about),
        with_payload("session_welcome", R"({"session":{"id":"s","keepalive_timeout_seconds":10}})"), about}) {
    CHECK(read_frame(whole) || read_payload(whole));
    for (size_t place = 0; place < whole.size(); ++place) {
      auto cut = whole.substr(0, place);
      CHECK(!read_frame(cut));
      CHECK(!read_payload(cut));
      for (auto other :
           {std::string{}, std::string{"{"}, std::string{"}"}, std::string{"\""}, std::string{"]"}, std::string{","}}) {
        auto changed = cut + other + whole.substr(place + 1);
        if (auto found = read_frame(changed); found && std::holds_alternative<message::notification>(found->content)) {
          const auto& said = std::get<message::notification>(found->content);
          auto is_within = [&](std::string_view part) {
            return part.empty()
                   || (part.data() >= changed.data() && part.data() + part.size() <= changed.data() + changed.size());
          };
          if (!is_within(said.event) || !is_within(said.events))
            CAF_FAIL("outside of the text: " << changed);
        }
        read_payload(changed);
      }
    }
  }
}

SCENARIO("what isn't of the form it should be is an error") {
  GIVEN("such messages") {
    for (
      const auto& text : std::vector<std::string>{
        "", "x", "{}", "[]", R"({"metadata":7,"payload":{}})", R"({"metadata":{"message_type":"session_welcome"})",
        with_payload("session_welcome", "{}"), with_payload("session_welcome", R"({"session":{}})"),
        with_payload("session_reconnect", "null"), with_payload("notification", R"({"event":{}})"),
        with_payload("notification", R"({"subscription":{"id":"s"},"event":{}})"),
        with_payload("revocation", R"({"subscription":[]})"),
        R"({"metadata":{"message_type":"notification"},"payload":{"subscription":{"id":"s","type":"t"},"event":{}}})"})
      CHECK(!read_frame(text));
  }
}
