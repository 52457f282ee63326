#define CAF_SUITE simulator.chat_login

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/chat_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

BEGIN_FIXTURE_SCOPE(test::chat_fixture)

SCENARIO("a bot logs in as Twitch's documentation shows it") {
  auto& bot = connect();
  type(bot, "CAP REQ :twitch.tv/tags twitch.tv/commands");
  type(bot, "PASS oauth:sim-mybot");
  type(bot, "NICK MyBot");
  std::vector<std::string> expected{
    ":tmi.twitch.tv CAP * ACK :twitch.tv/tags twitch.tv/commands",
    ":tmi.twitch.tv 001 mybot :Welcome, GLHF!",
    ":tmi.twitch.tv 002 mybot :Your host is tmi.twitch.tv",
    ":tmi.twitch.tv 003 mybot :This server is rather new",
    ":tmi.twitch.tv 004 mybot :-",
    ":tmi.twitch.tv 375 mybot :-",
    ":tmi.twitch.tv 372 mybot :You are in a maze of twisty passages, all alike.",
    ":tmi.twitch.tv 376 mybot :>",
  };
  REQUIRE_EQ(bot.lines.size(), 9u);
  CHECK_EQ(std::vector<std::string>(bot.lines.begin(), bot.lines.end() - 1), expected);
  CHECK(bot.lines.back().starts_with("@badge-info=;badges=;color="));
  CHECK(bot.lines.back().ends_with(" :tmi.twitch.tv GLOBALUSERSTATE"));
}

SCENARIO("CAP, PASS and NICK may come in any order") {
  auto& bot = connect();
  type(bot, "NICK mybot");
  CHECK(bot.lines.empty());
  type(bot, "PASS oauth:sim-mybot");
  CHECK(bot.saw(" 001 mybot "));
  CHECK(!bot.saw("GLOBALUSERSTATE")); // commands weren't asked for yet
  type(bot, "CAP REQ :twitch.tv/tags");
  CHECK(bot.saw("CAP * ACK :twitch.tv/tags"));
}

SCENARIO("capabilities that don't exist are declined as a whole") {
  auto& bot = connect();
  type(bot, "CAP REQ :twitch.tv/tags twitch.tv/foo");
  CHECK(bot.saw(":tmi.twitch.tv CAP * NAK :twitch.tv/tags twitch.tv/foo"));
  type(bot, "CAP LIST");
  CHECK(bot.saw(":tmi.twitch.tv CAP * LIST :"));
  type(bot, "CAP LS 302");
  CHECK(bot.saw(":tmi.twitch.tv CAP * LS :twitch.tv/commands twitch.tv/membership twitch.tv/tags"));
}

SCENARIO("refused logins end with a notice without tags") {
  auto refused = [&](std::string_view pass, std::string_view nick) {
    auto& bot = connect();
    type(bot, "CAP REQ :twitch.tv/tags twitch.tv/commands");
    type(bot, "PASS " + std::string{pass});
    type(bot, "NICK " + std::string{nick});
    CHECK(bot.finished);
    return bot.lines.back();
  };
  CHECK_EQ(refused("oauth:wrong", "mybot"), ":tmi.twitch.tv NOTICE * :Login authentication failed");
  CHECK_EQ(refused("wrong", "mybot"), ":tmi.twitch.tv NOTICE * :Improperly formatted auth");
  CHECK_EQ(refused("oauth:wrong", "my-bot"), ":tmi.twitch.tv NOTICE * :Invalid NICK");
  CHECK_EQ(chat.counters().logins_refused, 3u);
}

SCENARIO("a reader needs no account") {
  auto& reader = connect();
  type(reader, "NICK justinfan123");
  CHECK(reader.saw(" 001 justinfan123 "));
  type(reader, "JOIN #chan");
  type(reader, "PRIVMSG #chan :hi");
  CHECK_EQ(verdict_on_last(), "anonymous");
}

SCENARIO("a login is refused on purpose, and accepted later") {
  fault refusal;
  refusal.kind = fault_kind::refuse_login;
  refusal.login = "mybot";
  refusal.count = 1;
  REQUIRE(chat.cause(refusal, now));
  auto& first = enter("mybot");
  CHECK(first.finished);
  auto& other = enter("other");
  CHECK(!other.finished);
  auto& second = enter("mybot");
  CHECK(!second.finished);
  CHECK_EQ(chat.counters().faults, 1u);
}

SCENARIO("a revoked token ends the connections that used it") {
  auto& bot = enter("mybot");
  auto& other = enter("other");
  CHECK(chat.revoke("sim-mybot", now));
  CHECK(bot.saw("NOTICE * :Login authentication failed"));
  CHECK(bot.finished);
  CHECK(!other.finished);
}

SCENARIO("who doesn't log in is sent away") {
  auto& silent = connect();
  wait(59s);
  CHECK(!silent.finished);
  wait(1s);
  CHECK(silent.saw("NOTICE * :Login unsuccessful"));
  CHECK(silent.finished);
}

SCENARIO("the server looks whether a client is still there") {
  auto& bot = enter("mybot");
  wait(299s);
  CHECK(bot.lines.empty());
  wait(1s);
  CHECK_EQ(bot.lines, std::vector<std::string>{"PING :tmi.twitch.tv"});
  WHEN("it answers") {
    type(bot, "PONG :tmi.twitch.tv");
    wait(61s);
    THEN("it stays") {
      CHECK(bot.struck.empty());
    }
  }
}

SCENARIO("a client that doesn't answer is dropped") {
  auto& bot = enter("mybot");
  wait(300s);
  wait(60s);
  CHECK_EQ(bot.struck.size(), 1u);
}

SCENARIO("a client's questions are answered") {
  auto& bot = enter("mybot");
  type(bot, "PING :are you there");
  type(bot, "FOO bar");
  CHECK_EQ(bot.lines, (std::vector<std::string>{":tmi.twitch.tv PONG tmi.twitch.tv :are you there",
                                                ":tmi.twitch.tv 421 mybot FOO :Unknown command"}));
  bot.lines.clear();
  type(bot, "PING");
  CHECK_EQ(bot.lines, (std::vector<std::string>{"PONG :tmi.twitch.tv"}));
  type(bot, "QUIT");
  CHECK(bot.finished);
}

END_FIXTURE_SCOPE()
