#define CAF_SUITE simulator.chat_events

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/chat_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

fault make_fault(fault_kind kind) {
  fault made;
  made.kind = kind;
  return made;
}

} // namespace

BEGIN_FIXTURE_SCOPE(test::chat_fixture)

SCENARIO("a mode that changes is announced once") {
  auto& bot = enter("mybot", "chan");
  room_request request;
  request.channel = "#Chan";
  request.slow = 5;
  request.emote_only = true;
  REQUIRE(chat.apply(request, now));
  auto id = make_person("chan").user_id;
  CHECK(bot.saw("@room-id=" + id + ";slow=5 :tmi.twitch.tv ROOMSTATE #chan"));
  CHECK(bot.saw("@msg-id=slow_on :tmi.twitch.tv NOTICE #chan :This room is now in slow mode. You may send messages "
                "every 5 seconds."));
  CHECK(bot.saw("@room-id=" + id + ";emote-only=1 :tmi.twitch.tv ROOMSTATE #chan"));
  CHECK_EQ(bot.lines.size(), 4u);
  REQUIRE(chat.apply(request, now));
  CHECK_EQ(bot.lines.size(), 4u);
}

SCENARIO("somebody becomes moderator and learns of it") {
  auto& bot = enter("mybot", "chan");
  make("chan", "mybot", "moderator");
  auto state = bot.last("USERSTATE");
  CHECK(state.find("badges=moderator/1;") != std::string::npos);
  CHECK(state.find("mod=1;") != std::string::npos);
  CHECK(state.find("user-type=mod ") != std::string::npos);
}

SCENARIO("a subscription is celebrated") {
  auto& bot = enter("mybot", "chan");
  notice_request request;
  request.channel = "chan";
  request.login = "gut";
  request.kind = "resub";
  request.text = "still here";
  request.params = {{"cumulative-months", "2"}, {"sub-plan-name", "Channel Subscription (x)"}};
  auto id = chat.notice(request, now);
  REQUIRE(id);
  auto line = bot.last("USERNOTICE");
  CHECK(line.ends_with(" :tmi.twitch.tv USERNOTICE #chan :still here"));
  CHECK(line.find(";id=" + *id + ";login=gut;") != std::string::npos);
  CHECK(line.find(";msg-param-sub-plan-name=Channel\\sSubscription\\s(x);") != std::string::npos);
  CHECK(line.find(";system-msg=Gut\\ssubscribed") != std::string::npos
        || line.find(";system-msg=gut\\ssubscribed") != std::string::npos);
}

SCENARIO("moderators clear up") {
  auto& bot = enter("mybot", "chan");
  auto id = chat.say({.channel = "chan", .login = "ann", .text = "rude", .reply_to = {}, .tags = {}}, now);
  REQUIRE(id);
  clear_request request;
  request.channel = "chan";
  request.message_id = *id;
  REQUIRE(chat.clear(request, now));
  auto line = bot.last("CLEARMSG");
  CHECK(line.starts_with("@login=ann;room-id=;target-msg-id=" + *id + ";"));
  CHECK(line.ends_with(" :tmi.twitch.tv CLEARMSG #chan :rude"));
  request.message_id.clear();
  request.login = "ann";
  request.ban = 600s;
  REQUIRE(chat.clear(request, now));
  CHECK(bot.last("CLEARCHAT").starts_with("@ban-duration=600;room-id="));
  CHECK(bot.last("CLEARCHAT").ends_with(" :tmi.twitch.tv CLEARCHAT #chan :ann"));
  request.login.clear();
  REQUIRE(chat.clear(request, now));
  CHECK(bot.last("CLEARCHAT").ends_with(" :tmi.twitch.tv CLEARCHAT #chan"));
  request.message_id = "unknown";
  CHECK(!chat.clear(request, now));
}

SCENARIO("requests that make no sense are refused") {
  CHECK(!chat.say({.channel = "no channel", .login = "ann", .text = "hi", .reply_to = {}, .tags = {}}, now));
  CHECK(!chat.say({.channel = "chan", .login = "", .text = "hi", .reply_to = {}, .tags = {}}, now));
  CHECK(!chat.say({.channel = "chan", .login = "ann", .text = "", .reply_to = {}, .tags = {}}, now));
  CHECK(!chat.say({.channel = "chan", .login = "ann", .text = "a\r\nQUIT", .reply_to = {}, .tags = {}}, now));
  CHECK(!chat.say({.channel = "chan", .login = "ann", .text = "a", .reply_to = {}, .tags = {{"a b", "c"}}}, now));
  room_request request;
  request.channel = "chan";
  request.roles["ann"] = "emperor";
  CHECK(!chat.apply(request, now));
}

SCENARIO("tags of a line can be replaced") {
  auto& bot = enter("mybot", "chan");
  REQUIRE(chat.say({.channel = "chan",
                    .login = "ann",
                    .text = "hi",
                    .reply_to = {},
                    .tags = {{"color", "#123456"}, {"first-msg", "1"}}},
                   now));
  auto parsed = parse_irc(bot.lines.back());
  REQUIRE(parsed.has_value());
  CHECK_EQ(std::string{parsed->tag("color")}, "#123456");
  CHECK_EQ(std::string{parsed->tag("first-msg")}, "1");
  CHECK_EQ(std::count_if(parsed->tags.begin(), parsed->tags.end(), [](const auto& x) { return x.first == "color"; }),
           1);
}

SCENARIO("a fault strikes those it is meant for") {
  auto& ann = enter("ann", "chan");
  auto& bob = enter("bob", "chan");
  auto what = make_fault(fault_kind::reset);
  what.login = "bob";
  auto struck = chat.cause(what, now);
  REQUIRE(struck);
  CHECK_EQ(*struck, 1u);
  CHECK(ann.struck.empty());
  CHECK_EQ(bob.struck, std::vector<fault_kind>{fault_kind::reset});
  THEN("what is said afterwards doesn't reach it") {
    (void)chat.say({.channel = "chan", .login = "viewer", .text = "hi", .reply_to = {}, .tags = {}}, now);
    CHECK(bob.lines.empty());
    CHECK(ann.saw(":hi"));
  }
}

SCENARIO("a half-open connection hears nothing and isn't closed") {
  auto& bot = enter("mybot", "chan");
  REQUIRE(chat.cause(make_fault(fault_kind::half_open), now));
  (void)chat.say({.channel = "chan", .login = "viewer", .text = "hi", .reply_to = {}, .tags = {}}, now);
  for (int i = 0; i < 20; ++i)
    wait(60s);
  CHECK(bot.lines.empty());
  CHECK_EQ(bot.struck, std::vector<fault_kind>{fault_kind::half_open});
  CHECK_EQ(chat.counters().lines_sent, 0u);
  WHEN("faults are cleared") {
    chat.clear_faults(now);
    CHECK_EQ(bot.struck.back(), fault_kind::reset);
  }
}

SCENARIO("RECONNECT comes with time to do so") {
  auto& bot = enter("mybot", "chan");
  auto what = make_fault(fault_kind::reconnect);
  what.grace = 5s;
  REQUIRE(chat.cause(what, now));
  CHECK_EQ(bot.lines, std::vector<std::string>{":tmi.twitch.tv RECONNECT"});
  wait(4s);
  CHECK(!bot.finished);
  wait(1s);
  CHECK(bot.finished);
}

SCENARIO("pings are left unanswered until faults are cleared") {
  auto& bot = enter("mybot");
  REQUIRE(chat.cause(make_fault(fault_kind::ignore_ping), now));
  type(bot, "PING :x");
  CHECK(bot.lines.empty());
  chat.clear_faults(now);
  type(bot, "PING :x");
  CHECK(bot.saw("PONG"));
}

SCENARIO("faults wait for the next connection or login") {
  auto silent = make_fault(fault_kind::half_open);
  silent.when = fault_moment::connect;
  silent.count = 1;
  REQUIRE(chat.cause(silent, now));
  auto garbage = make_fault(fault_kind::garbage);
  garbage.when = fault_moment::login;
  garbage.login = "mybot";
  garbage.text = "garbage!";
  REQUIRE(chat.cause(garbage, now));
  auto& first = connect();
  CHECK_EQ(first.struck, std::vector<fault_kind>{fault_kind::half_open});
  auto& second = connect();
  type(second, "PASS oauth:sim-mybot");
  type(second, "NICK mybot");
  CHECK_EQ(second.lines.back(), "garbage!");
}

END_FIXTURE_SCOPE()
