#define CAF_SUITE simulator.chat_rooms

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/chat_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

BEGIN_FIXTURE_SCOPE(test::chat_fixture)

SCENARIO("a bot joins a channel") {
  auto& bot = enter("mybot");
  type(bot, "JOIN #chan");
  REQUIRE_EQ(bot.lines.size(), 5u);
  CHECK_EQ(bot.lines[0], ":mybot!mybot@mybot.tmi.twitch.tv JOIN #chan");
  CHECK_EQ(bot.lines[1], ":mybot.tmi.twitch.tv 353 mybot = #chan :mybot");
  CHECK_EQ(bot.lines[2], ":mybot.tmi.twitch.tv 366 mybot #chan :End of /NAMES list");
  CHECK(bot.lines[3].starts_with("@emote-only=0;followers-only=-1;r9k=0;rituals=0;room-id="));
  CHECK(bot.lines[3].ends_with(";slow=0;subs-only=0 :tmi.twitch.tv ROOMSTATE #chan"));
  CHECK(bot.lines[4].ends_with(" :tmi.twitch.tv USERSTATE #chan"));
  type(bot, "PART #chan");
  CHECK_EQ(bot.lines.back(), ":mybot!mybot@mybot.tmi.twitch.tv PART #chan");
  CHECK_EQ(chat.counters().parts, 1u);
}

SCENARIO("only what was asked for is sent") {
  auto& plain = connect();
  type(plain, "PASS oauth:sim-plain");
  type(plain, "NICK plain");
  plain.forget();
  type(plain, "JOIN #chan");
  CHECK_EQ(plain.lines, std::vector<std::string>{":plain!plain@plain.tmi.twitch.tv JOIN #chan"});
  REQUIRE(chat.say({.channel = "chan", .login = "ann", .text = "hi", .reply_to = {}, .tags = {}}, now));
  CHECK_EQ(plain.lines.back(), ":ann!ann@ann.tmi.twitch.tv PRIVMSG #chan :hi");
  REQUIRE(chat.clear({.channel = "chan", .login = "ann", .ban = {}, .message_id = {}}, now));
  CHECK_EQ(plain.lines.size(), 2u);
}

SCENARIO("several channels are joined at once, and each name counts") {
  auto& bot = enter("mybot");
  std::string list;
  for (int i = 0; i < 21; ++i)
    list += (i ? ",#chan" : "#chan") + std::to_string(i);
  type(bot, "JOIN " + list);
  CHECK_EQ(chat.counters().joins, 20u);
  CHECK_EQ(chat.counters().join_violations, 1u);
  CHECK_EQ(verdict_on_last("join"), "ratelimited");
  now += 10s;
  type(bot, "JOIN #chan20");
  CHECK_EQ(chat.counters().joins, 21u);
}

SCENARIO("some channels can't be joined") {
  auto& bot = enter("mybot");
  auto set = [&](auto member, const char* channel) {
    room_request request;
    request.channel = channel;
    request.*member = true;
    REQUIRE(chat.apply(request, now));
  };
  set(&room_request::suspended, "gone");
  set(&room_request::missing, "nobody");
  set(&room_request::silent, "void");
  make("strict", "mybot", "banned");
  type(bot, "JOIN #gone,#nobody,#strict");
  CHECK(bot.saw("@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #gone :"));
  CHECK(bot.saw("@msg-id=msg_room_not_found :tmi.twitch.tv NOTICE #nobody :"));
  CHECK(bot.saw("@msg-id=msg_banned :tmi.twitch.tv NOTICE #strict :"));
  bot.forget();
  type(bot, "JOIN #void,#CAPITALS,nohash,#bad-name");
  CHECK(bot.lines.empty());
  CHECK_EQ(chat.counters().joins, 0u);
  CHECK_EQ(chat.counters().joins_refused, 7u);
}

SCENARIO("an account is in a hundred channels, and in more where it moderates") {
  setup.limits.joins = 1000;
  auto& bot = enter("mybot");
  for (int i = 0; i < 100; ++i)
    type(bot, "JOIN #chan" + std::to_string(i));
  CHECK_EQ(chat.counters().joins, 100u);
  type(bot, "JOIN #onemore");
  CHECK(bot.saw("msg_concurrent_channel_limit_reached"));
  make("moderated", "mybot", "moderator");
  type(bot, "JOIN #moderated,#mybot");
  CHECK_EQ(chat.counters().joins, 102u);
  WHEN("a second connection joins the same channels") {
    auto& second = enter("mybot");
    type(second, "JOIN #chan0");
    THEN("they count once") {
      CHECK_EQ(chat.counters().joins, 103u);
    }
  }
  WHEN("it leaves one") {
    type(bot, "PART #chan1");
    type(bot, "JOIN #onemore");
    CHECK_EQ(verdict_on_last("join"), "joined");
  }
}

SCENARIO("others are told who comes and goes, later and together") {
  auto& bot = enter("mybot", "chan");
  wait(2s);
  bot.forget();
  auto& ann = enter("ann", "chan");
  auto where = chat.get_room("chan");
  chat.enter(*where, "viewer1", now);
  CHECK(bot.lines.empty());
  wait(1s);
  CHECK_EQ(bot.lines, (std::vector<std::string>{":ann!ann@ann.tmi.twitch.tv JOIN #chan",
                                                ":viewer1!viewer1@viewer1.tmi.twitch.tv JOIN #chan"}));
  bot.forget();
  chat.closed(*ann.talk, "gone", 0, now);
  wait(1s);
  CHECK_EQ(bot.lines, std::vector<std::string>{":ann!ann@ann.tmi.twitch.tv PART #chan"});
}

SCENARIO("a channel with many people doesn't list them") {
  auto where = chat.get_room("chan");
  for (int i = 0; i < 1500; ++i)
    chat.enter(*where, "viewer" + std::to_string(i), now);
  auto& bot = enter("mybot");
  type(bot, "JOIN #chan");
  CHECK_EQ(bot.last(" 353 "), ":mybot.tmi.twitch.tv 353 mybot = #chan :mybot");
}

END_FIXTURE_SCOPE()
