#define CAF_SUITE delivery.dispatcher

#include "runtime/delivery/dispatcher.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/lines.hpp"

#include <random>

using namespace creamery;
using creamery::test::batch_of;
using creamery::test::privmsg;
using creamery::test::strings;
using namespace std::chrono_literals;

namespace {

cog_interest interest(strings commands, std::initializer_list<irc_verb> verbs = {}) {
  cog_interest result{std::move(commands), 0};
  for (auto verb : verbs)
    result.add(verb);
  return result;
}

/// A cog that has done nothing yet.
cog_progress named(const std::string& cog) {
  return {cog, 1, 0, 0};
}

struct dispatcher_fixture : creamery::test::fixture {
  dispatcher routes{"!"};
  dispatcher::time_point now{1h};
  int last_id = 0;

  void say(std::string_view text, std::string_view user = "ann", std::string_view tags = "",
           std::string_view channel = "chan") {
    auto all = "id=id-" + std::to_string(++last_id) + ";" + std::string{tags};
    route({privmsg(channel, user, text, all)});
  }

  void route(const strings& lines) {
    routes.route(batch_of(lines), now);
    const auto& x = routes.counters();
    CHECK_EQ(x.received, x.duplicates + x.ignored + x.routed);
    for (const auto& [name, queue] : routes.queues())
      CHECK(queue.counters().balanced());
  }

  /// What a cog gets now: "hello(arguments)" for a command, by its place in `names`, else the line's text.
  strings got(const std::string& cog, const strings& names = {}) {
    strings result;
    while (auto batch = routes.queue(cog)->take()) {
      for (const auto& line : batch->lines->lines) {
        CHECK(is_valid(line.index, batch->lines->memory->capacity()));
        irc_line view{batch->lines->memory->data(), line.index};
        if (line.command == cog_line::no_command)
          result.emplace_back(view.text());
        else
          result.push_back(names.at(line.command) + "(" + std::string{view.text().substr(line.arguments)} + ")");
      }
    }
    return result;
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(dispatcher_fixture)

SCENARIO("a command goes to the cog that has it, with its arguments") {
  CHECK_EQ(routes.add(named("echo"), interest({"hello", "horse"})), strings{});
  const strings names{"hello", "horse"};
  say("!hello");
  say("!horse  two words ");
  say("!HELLO Ann");
  say("!hElLo");
  say("\x01"
      "ACTION !hello me\x01");
  CHECK_EQ(got("echo", names), (strings{"hello()", "horse(  two words )", "hello( Ann)", "hello()", "hello( me)"}));
  CHECK_EQ(routes.counters().commands, 5u);
  GIVEN("what only looks like one") {
    for (auto text : {"hello", "! hello", "!", "!!hello", " !hello", "!hell", "!helloo", "!hello,", "say !hello",
                      "\U000E0000!hello", ""})
      say(text);
    CHECK_EQ(got("echo", names), strings{});
    CHECK_EQ(routes.counters().commands, 5u);
    CHECK_EQ(routes.counters().ignored, 11u);
  }
  GIVEN("words of any length") {
    for (size_t size : {63, 64, 65, 500, 20'000})
      say("!" + std::string(size, 'h'));
    CHECK_EQ(got("echo", names), strings{});
  }
}

SCENARIO("the longest command name is still found") {
  const std::string name(64, 'n');
  routes.add(named("echo"), interest({name}));
  say("!" + name + " x");
  CHECK_EQ(got("echo", {name}), (strings{name + "( x)"}));
}

SCENARIO("a prefix may be several characters, or none of ASCII") {
  for (std::string prefix : {"bot ", "\u00A1", "$$", "!"}) {
    dispatcher other{prefix};
    other.add(named("echo"), interest({"hello"}));
    other.route(batch_of({privmsg("chan", "ann", prefix + "hello you"), privmsg("chan", "ann", "hello"),
                          privmsg("chan", "ann", "?hello")}),
                now);
    CHECK_EQ(other.counters().commands, 1u);
    auto batch = other.queue("echo")->take();
    REQUIRE(batch);
    auto line = batch->lines->lines.at(0);
    CHECK_EQ((irc_line{batch->lines->memory->data(), line.index}.text().substr(line.arguments)), " you");
  }
}

SCENARIO("a command in a reply stands behind the mention") {
  routes.add(named("echo"), interest({"hello"}));
  const strings names{"hello"};
  const std::string reply = "reply-parent-msg-id=7;reply-parent-display-name=";
  say("@Bob !hello there", "ann", reply + "Bob");
  say("@Bob Lee !hello there", "ann", reply + "Bob\\sLee");
  say("!hello", "ann", reply + "Bob");
  CHECK_EQ(got("echo", names), (strings{"hello( there)", "hello( there)", "hello()"}));
  GIVEN("a mention without a reply, or a reply without a command") {
    say("@Bob !hello there");
    say("@Bob", "ann", reply + "Bob");
    say("@Bob hello", "ann", reply + "Bob");
    CHECK_EQ(got("echo", names), strings{});
  }
}

SCENARIO("what the bot says itself is no command") {
  routes.add(named("echo"), interest({"hello"}, {irc_verb::privmsg}));
  const strings names{"hello"};
  say("!hello 1", "mybot");
  routes.set_own_login("mybot");
  say("!hello 2", "mybot");
  say("!hello 3", "mybot2");
  CHECK_EQ(got("echo", names), (strings{"hello( 1)", "!hello 2", "hello( 3)"})); // it is chat all the same
}

SCENARIO("each cog gets what it asked for, a command only its owner") {
  CHECK_EQ(routes.add(named("a"), interest({"hello"}, {irc_verb::privmsg})), strings{});
  CHECK_EQ(routes.add(named("b"), interest({"horse", "hello"}, {irc_verb::usernotice, irc_verb::clearchat})),
           (strings{"hello"}));
  CHECK_EQ(routes.add(named("c"), interest({}, {irc_verb::privmsg})), strings{});
  say("just chat");
  say("!hello you");
  say("!horse");
  route({"@id=sub-1 :tmi.twitch.tv USERNOTICE #chan :subscribed", ":tmi.twitch.tv CLEARCHAT #chan :bob",
         ":tmi.twitch.tv CLEARMSG #chan :x", ":ann!ann@ann.tmi.twitch.tv WHISPER mybot :!hello"});
  CHECK_EQ(got("a", {"hello"}), (strings{"just chat", "hello( you)", "!horse"}));
  CHECK_EQ(got("b", {"horse", "hello"}), (strings{"horse()", "subscribed", "bob"}));
  CHECK_EQ(got("c"), (strings{"just chat", "!hello you", "!horse"}));
  const auto& x = routes.counters();
  CHECK_EQ(x.received, 7u);
  CHECK_EQ(x.chat, 6u); // a whisper is none
  CHECK_EQ(x.routed, 5u);
  CHECK_EQ(x.ignored, 2u);
  CHECK_EQ(x.commands, 2u);
  CHECK(routes.queue("nobody") == nullptr);
}

SCENARIO("a line that comes twice is handled once") {
  routes.add(named("echo"), interest({"hello"}, {irc_verb::privmsg}));
  const strings names{"hello"};
  const auto line = privmsg("chan", "ann", "!hello", "id=1");
  route({line, line});
  route({line});
  CHECK_EQ(got("echo", names), (strings{"hello()"}));
  CHECK_EQ(routes.counters().duplicates, 2u);
  CHECK_EQ(routes.counters().commands, 1u);
  GIVEN("two minutes") {
    now += 120s;
    route({line});
    CHECK_EQ(got("echo", names), (strings{"hello()"}));
  }
}

SCENARIO("a command of a shared chat runs once, its copies are chat") {
  routes.add(named("echo"), interest({"hello"}, {irc_verb::privmsg}));
  const strings names{"hello"};
  say("!hello 1", "ann", "source-id=s-1", "one");
  say("!hello 2", "ann", "source-id=s-1", "two");
  say("!hello 3", "ann", "source-id=s-2", "two");
  say("no command", "ann", "source-id=s-3", "one");
  say("no command", "ann", "source-id=s-3", "two");
  CHECK_EQ(got("echo", names), (strings{"hello( 1)", "!hello 2", "hello( 3)", "no command", "no command"}));
  CHECK_EQ(routes.counters().duplicates, 0u);
  CHECK_EQ(routes.counters().commands, 2u);
}

SCENARIO("a cog's successor takes its place and its unfinished lines") {
  routes.add(named("a"), interest({"hello"}));
  routes.add(named("b"), interest({"horse"}));
  say("!hello 1");
  say("!hello 2");
  CHECK_EQ(got("a", {"hello"}), (strings{"hello( 1)", "hello( 2)"}));
  routes.queue("a")->acknowledge(1, 0);
  GIVEN("the same cog again") {
    CHECK_EQ(routes.add(named("a"), interest({"hello"})), strings{});
    CHECK_EQ(got("a", {"hello"}), (strings{"hello( 2)"}));
    CHECK_EQ(routes.queues().size(), 2u);
    CHECK_EQ(routes.queue("a")->counters().routed, 2u);
  }
  GIVEN("one with other commands") {
    CHECK_EQ(routes.add(named("a"), interest({"bye", "horse"})), (strings{"horse"}));
    say("!hello 3");
    say("!bye");
    say("!horse");
    // What the predecessor left is no command of its successor's, least of all another one.
    CHECK_EQ(got("a", {"bye", "horse"}), (strings{"!hello 2", "bye()"}));
    CHECK_EQ(got("b", {"horse"}), (strings{"horse()"}));
  }
  GIVEN("one with the same commands in another order") {
    routes.add(named("d"), interest({"one", "two"}));
    say("!one");
    say("!two");
    routes.add(named("d"), interest({"two", "three", "one"}));
    CHECK_EQ(got("d", {"two", "three", "one"}), (strings{"one()", "two()"}));
  }
  GIVEN("a name twice in one cog") {
    CHECK_EQ(routes.add(named("c"), interest({"same", "same"})), strings{}); // no other cog has it
    say("!same");
    CHECK_EQ(got("c", {"first", "second"}), (strings{"first()"}));
  }
}

SCENARIO("a few lines of a batch don't hold all of its memory") {
  routes.add(named("commands"), interest({"hello"}));
  routes.add(named("all"), interest({}, {irc_verb::privmsg}));
  strings lines;
  for (int i = 0; i < 100; ++i)
    lines.push_back(
      privmsg("chan", "ann", i == 50 ? "!hello" : "chat " + std::to_string(i), "id=x" + std::to_string(i)));
  const auto batch = batch_of(lines);
  routes.route(batch, now);
  auto few = routes.queue("commands")->take();
  auto many = routes.queue("all")->take();
  REQUIRE(few);
  REQUIRE(many);
  CHECK_LT(few->lines->memory->capacity(), 300u);
  CHECK(few->lines->memory != batch.memory);
  CHECK(many->lines->memory == batch.memory); // shared, not copied
  CHECK_EQ(creamery::test::raw_lines(*few->lines), (strings{lines[50]}));
  CHECK_EQ(creamery::test::raw_lines(*many->lines), lines);
}

SCENARIO("a single line doesn't hold the whole slab that it was read into") {
  routes.add(named("commands"), interest({"hello"}));
  auto batch = batch_of({privmsg("chan", "ann", "!hello")});
  auto large = std::make_shared<slab>();
  std::memcpy(large->data(), batch.memory->data(), batch.memory->capacity());
  batch.memory = large;
  routes.route(batch, now);
  auto given = routes.queue("commands")->take();
  REQUIRE(given);
  CHECK_LT(given->lines->memory->capacity(), 1'000u);
}

SCENARIO("what random chat does is what reading it slowly says") {
  const strings users{"ann", "bob", "mybot"};
  const strings words{"!hello", "!HORSE", "hello", "!nobody", "!", "x", "@bob !hello"};
  size_t differences = 0;
  for (uint32_t seed = 1; seed <= 300; ++seed) {
    std::minstd_rand random{seed};
    dispatcher one{"!"};
    one.set_own_login("mybot");
    one.add(named("a"), interest({"hello"}, {irc_verb::clearchat}));
    one.add(named("b"), interest({"horse"}, {irc_verb::privmsg}));
    strings a;
    strings b;
    int id = 0;
    for (int batches = 0; batches < 10; ++batches) {
      strings lines;
      for (auto count = random() % 12; count > 0; --count) {
        const auto& user = users[random() % users.size()];
        const auto& word = words[random() % words.size()];
        auto reply = random() % 3 == 0;
        auto text = word + " " + std::to_string(++id);
        lines.push_back(
          privmsg("chan", user, text,
                  "id=n" + std::to_string(id) + (reply ? ";reply-parent-msg-id=1;reply-parent-display-name=bob" : "")));
        auto obeyed = user != "mybot";
        auto hello = word == "!hello" || (word == "@bob !hello" && reply);
        if (hello && obeyed)
          a.push_back("c " + text);
        b.push_back((word == "!HORSE" && obeyed ? "c " : "- ") + text);
        if (random() % 8 == 0)
          lines.push_back(lines.back()); // again
      }
      one.route(batch_of(lines), now);
    }
    auto all_of = [&](const std::string& cog) {
      strings result;
      while (auto batch = one.queue(cog)->take())
        for (const auto& line : batch->lines->lines)
          result.push_back((line.command == cog_line::no_command ? "- " : "c ")
                           + std::string{irc_line{batch->lines->memory->data(), line.index}.text()});
      return result;
    };
    if ((all_of("a") != a || all_of("b") != b) && ++differences < 3)
      CAF_CHECK_EQUAL("seed " + std::to_string(seed), "");
  }
  CHECK_EQ(differences, 0u);
}

SCENARIO("with redundant connections the bot doesn't hear itself, and much may lie between two copies of a line") {
  dispatcher twice{"!", {}, true};
  twice.set_own_login("creamybot");
  twice.add(named("echo"), interest({}, {irc_verb::privmsg}));
  twice.route(batch_of({privmsg("chan", "creamybot", "hello", "id=mine"), privmsg("chan", "ann", "hello", "id=0")}),
              now);
  CHECK_EQ(twice.counters().ignored, 1u);
  CHECK_EQ(twice.counters().routed, 1u);
  for (int i = 1; i <= 100'000; ++i)
    twice.route(batch_of({privmsg("chan", "ann", "hello", "id=" + std::to_string(i))}), now);
  twice.route(batch_of({privmsg("chan", "ann", "hello", "id=0")}), now);
  CHECK_EQ(twice.counters().duplicates, 1u);
}

END_FIXTURE_SCOPE()
