#define CAF_SUITE helix.calls

#include "messages/helix/calls.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery::helix;

namespace {

answer good(const std::string& body) {
  return {false, {}, 200, body};
}

} // namespace

SCENARIO("a list of users is read as Twitch writes it") {
  auto call = get_users({}, {"ann"});
  auto users = call.read(good(R"({"data":[{"id":"1","login":"ann","display_name":"Ann","type":"",)"
                              R"("broadcaster_type":"partner","description":"d","profile_image_url":"p",)"
                              R"("created_at":"2020-01-01T00:00:00Z","view_count":5}]})"));
  REQUIRE(bool{users});
  REQUIRE_EQ(users->size(), 1u);
  CHECK_EQ(users->front().display_name, "Ann");
  CHECK_EQ(users->front().broadcaster_type, "partner");
  CHECK(get_users({}, {"nobody"}).read(good(R"({"data":[]})"))->empty());
}

SCENARIO("pages carry their cursor until the last one") {
  auto call = get_chatters("1");
  auto first = call.read(good(R"({"data":[{"user_id":"2","user_login":"bob","user_name":"Bob"}],)"
                              R"("pagination":{"cursor":"next"},"total":8})"));
  REQUIRE(bool{first});
  CHECK_EQ(first->cursor, "next");
  CHECK_EQ(first->total.value_or(0), 8);
  CHECK_EQ(first->items.front().login, "bob");
  CHECK(call.read(good(R"({"data":[],"pagination":{}})"))->cursor.empty());
}

SCENARIO("a message that Twitch drops is no error, but tells why") {
  auto call = send_message("1", "", "hi", "");
  auto sent = call.read(good(R"({"data":[{"message_id":"","is_sent":false,)"
                             R"("drop_reason":{"code":"msg_duplicate","message":"twice"}}]})"));
  REQUIRE(bool{sent});
  CHECK(!sent->is_sent);
  CHECK_EQ(sent->drop_code, "msg_duplicate");
  CHECK_EQ(sent->drop_text, "twice");
  sent = call.read(good(R"({"data":[{"message_id":"abc","is_sent":true,"drop_reason":null}]})"));
  CHECK(sent->is_sent);
  CHECK_EQ(sent->message_id, "abc");
}

SCENARIO("an answer that isn't what it should be is an error, never an exception") {
  for (const auto* body : {"", "{", "[]", "null", R"({"data":7})", R"({"data":{}})", "\xFF"}) {
    CHECK(!get_users({}, {}).read(good(body)));
    CHECK(!get_chatters("1").read(good(body)));
    CHECK(!send_message("1", "", "x", "").read(good(body)));
    CHECK(get_users({}, {}).read(good(body)).error().what == error::kind::senseless);
  }
  CHECK(!send_message("1", "", "x", "").read(good(R"({"data":[]})")));
  for (const auto* body : {R"({"data":[7,null,"x",[]]})", R"({"data":[{"id":5,"login":null}]})"}) {
    CHECK(bool{get_users({}, {}).read(good(body))}); // empty members
    CHECK(bool{get_streams({}, {}).read(good(body))});
    CHECK(bool{get_polls("a", "1").read(good(body))});
    CHECK(bool{get_redemptions("a", "1", "2", "").read(good(body))});
    CHECK(bool{get_conduit_shards("c").read(good(body))});
    CHECK(bool{get_chat_settings("1").read(good(body))});
  }
}

SCENARIO("an error is passed through, and can be read by people") {
  answer no{true, {error::kind::refused, 400, "The ID is not valid."}, 0, {}};
  auto outcome = get_users({}, {}).read(no);
  REQUIRE(!outcome);
  CHECK_EQ(to_string(outcome.error()), "refused (HTTP 400): The ID is not valid.");
  CHECK_EQ(to_string(error{error::kind::timed_out, 0, ""}), "timed out");
}

SCENARIO("what is to stay as it is isn't sent") {
  chat_settings_change change;
  change.slow_seconds = 0;
  change.emotes_only = true;
  CHECK_EQ(change_chat_settings("1", change).what.body, R"({"emote_mode":true,"slow_mode":false})");
  CHECK_EQ(change_channel("ann", "1", "new title", "").what.body, R"({"title":"new title"})");
}

SCENARIO("texts that are no UTF-8 can be sent nevertheless") {
  CHECK(!announce("1", "\xFF\xFE", "blue").what.body.empty());
}
