#define CAF_SUITE simulator.chat_messages

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/chat_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

std::string tag(const std::string& line, std::string_view name) {
  auto parsed = parse_irc(line);
  return parsed ? unescape_tag(parsed->tag(name)) : std::string{};
}

} // namespace

BEGIN_FIXTURE_SCOPE(test::chat_fixture)

SCENARIO("two clients talk to each other") {
  auto& ann = enter("ann", "chan");
  auto& bob = enter("bob", "chan");
  type(ann, "@client-nonce=abc PRIVMSG #chan :  Kappa   hi ");
  auto heard = bob.last("PRIVMSG");
  CHECK(heard.ends_with(" :ann!ann@ann.tmi.twitch.tv PRIVMSG #chan :Kappa hi"));
  CHECK_EQ(tag(heard, "client-nonce"), "abc");
  CHECK_EQ(tag(heard, "emotes"), "25:0-4");
  CHECK_EQ(tag(heard, "user-id"), make_person("ann").user_id);
  CHECK_EQ(tag(heard, "room-id"), make_person("chan").user_id);
  CHECK_EQ(tag(heard, "tmi-sent-ts"), std::to_string(unix_milliseconds(now)));
  CHECK_EQ(tag(heard, "id").size(), 36u);
  THEN("the sender hears no echo, but a confirmation") {
    CHECK(!ann.saw("PRIVMSG"));
    auto state = ann.last("USERSTATE");
    CHECK_EQ(tag(state, "id"), tag(heard, "id"));
    CHECK_EQ(tag(state, "client-nonce"), "abc");
  }
  WHEN("the sender has a second connection in the channel") {
    auto& second = enter("ann", "chan");
    now += 1s;
    type(ann, "PRIVMSG #chan :again");
    THEN("that one hears it") {
      CHECK(second.saw("PRIVMSG #chan :again"));
    }
  }
}

SCENARIO("an answer names the line it answers, and the thread") {
  auto& ann = enter("ann", "chan");
  auto& bob = enter("bob", "chan");
  auto first = chat.say({.channel = "chan", .login = "viewer", .text = "a; b", .reply_to = {}, .tags = {}}, now);
  REQUIRE(first);
  type(ann, "@reply-parent-msg-id=" + *first + " PRIVMSG #chan :yes");
  auto heard = bob.last("yes");
  auto name = make_person("viewer").display_name;
  CHECK(heard.ends_with("PRIVMSG #chan :@" + name + " yes"));
  CHECK_EQ(tag(heard, "reply-parent-msg-id"), *first);
  CHECK_EQ(tag(heard, "reply-parent-msg-body"), "a; b");
  CHECK_EQ(tag(heard, "reply-parent-user-login"), "viewer");
  CHECK_EQ(tag(heard, "reply-thread-parent-msg-id"), *first);
  WHEN("the answer is answered") {
    type(bob, "@reply-parent-msg-id=" + tag(heard, "id") + " PRIVMSG #chan :no");
    auto answer = ann.last("no");
    CHECK_EQ(tag(answer, "reply-parent-user-login"), "ann");
    CHECK_EQ(tag(answer, "reply-thread-parent-msg-id"), *first);
    CHECK_EQ(tag(answer, "reply-thread-parent-user-login"), "viewer");
  }
  WHEN("the line is unknown") {
    now += 2s;
    type(ann, "@reply-parent-msg-id=00000000-0000-4000-8000-000000000000 PRIVMSG #chan :what");
    CHECK(bob.last("what").ends_with("PRIVMSG #chan :what"));
  }
}

SCENARIO("actions and commands") {
  auto& ann = enter("ann", "chan");
  auto& bob = enter("bob", "chan");
  auto say = [&](std::string_view text) {
    now += 2s;
    type(ann, "PRIVMSG #chan :" + std::string{text});
  };
  say("/me waves");
  CHECK(bob.last("waves").ends_with("PRIVMSG #chan :\x01"
                                    "ACTION waves\x01"));
  say("\x01"
      "ACTION bows\x01");
  CHECK(bob.last("bows").ends_with("PRIVMSG #chan :\x01"
                                   "ACTION bows\x01"));
  say("/dance");
  CHECK(ann.saw("@msg-id=unrecognized_cmd :tmi.twitch.tv NOTICE #chan :Unrecognized command: /dance"));
  say(".timeout bob");
  CHECK(ann.saw("@msg-id=no_permission "));
  CHECK_EQ(verdict_on_last(), "no_permission");
  say("   ");
  CHECK_EQ(verdict_on_last(), "empty");
}

SCENARIO("the same line twice is refused, unless a moderator says it") {
  auto& ann = enter("ann", "chan");
  type(ann, "PRIVMSG #chan :hi");
  now += 29s;
  type(ann, "PRIVMSG #chan : hi  ");
  CHECK(ann.saw("@msg-id=msg_duplicate "));
  now += 1s;
  type(ann, "PRIVMSG #chan :hi");
  CHECK_EQ(verdict_on_last(), "delivered");
  make("chan", "ann", "moderator");
  type(ann, "PRIVMSG #chan :hi");
  CHECK_EQ(verdict_on_last(), "delivered");
  CHECK_EQ(chat.counters().messages_refused.at("duplicate"), 1u);
}

SCENARIO("who is too fast is told, then ignored") {
  auto& ann = enter("ann", "chan");
  type(ann, "PRIVMSG #chan :0");
  type(ann, "PRIVMSG #chan :1");
  CHECK(ann.saw("@msg-id=msg_ratelimit "));
  CHECK_EQ(chat.counters().message_violations, 1u);
  for (int i = 2; i < 20; ++i) {
    now += 1s;
    type(ann, "PRIVMSG #chan :" + std::to_string(i));
    CHECK_EQ(verdict_on_last(), "delivered");
  }
  now += 1s;
  type(ann, "PRIVMSG #chan :too many");
  CHECK_EQ(verdict_on_last(), "ratelimited");
  ann.forget();
  now += 30min;
  type(ann, "PRIVMSG #chan :hello?");
  CHECK_EQ(verdict_on_last(), "locked_out");
  CHECK(ann.lines.empty());
  CHECK_EQ(chat.counters().limit_violations(), 2u);
}

SCENARIO("a token without the scope to write can't write") {
  account_request request;
  request.login = "reader";
  request.token = "abc";
  request.scopes = {"chat:read"};
  REQUIRE(chat.apply(request, now));
  auto& reader = connect();
  type(reader, "CAP REQ :twitch.tv/commands");
  type(reader, "PASS oauth:abc");
  type(reader, "NICK reader");
  type(reader, "PRIVMSG #chan :hi");
  CHECK_EQ(verdict_on_last(), "no_permission");
  CHECK(reader.saw(" NOTICE #chan :You don't have permission"));
}

SCENARIO("chat lines are numbered in each channel, with those who got them") {
  auto& ann = enter("ann", "chan");
  (void)enter("bob", "chan");
  (void)enter("cat", "other");
  type(ann, "PRIVMSG #chan :one");
  REQUIRE(chat.say({.channel = "chan", .login = "viewer", .text = "two", .reply_to = {}, .tags = {}}, now));
  REQUIRE(chat.say({.channel = "other", .login = "viewer", .text = "three", .reply_to = {}, .tags = {}}, now));
  REQUIRE(chat.say({.channel = "empty", .login = "viewer", .text = "unheard", .reply_to = {}, .tags = {}}, now));
  std::vector<std::string> found;
  for (const auto& line : log.lines(0, 100))
    if (auto begin = line.find("\"channel\""); line.find("\"event\":\"line\"") != std::string::npos)
      found.push_back(line.substr(begin));
  CHECK_EQ(found, (std::vector<std::string>{"\"channel\":\"chan\",\"order\":1,\"to\":[2]}",
                                            "\"channel\":\"chan\",\"order\":2,\"to\":[1,2]}",
                                            "\"channel\":\"other\",\"order\":1,\"to\":[3]}"}));
  CHECK_EQ(chat.counters().chat_lines, 3u);
  CHECK_EQ(chat.counters().lines_sent, 4u);
}

SCENARIO("a client that never reads is dropped, and others are not") {
  auto& slow = enter("slow", "chan");
  auto& ann = enter("ann", "chan");
  slow.waiting = setup.output_limit + 1;
  REQUIRE(chat.say({.channel = "chan", .login = "viewer", .text = "hi", .reply_to = {}, .tags = {}}, now));
  CHECK_EQ(slow.struck, std::vector<fault_kind>{fault_kind::reset});
  CHECK(slow.lines.empty());
  CHECK(ann.saw(":hi"));
}

END_FIXTURE_SCOPE()
