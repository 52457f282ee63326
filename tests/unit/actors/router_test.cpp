#define CAF_SUITE actors.router

#include "actors/router.hpp"

#include "tests/unit/actors/doubles.hpp"

using namespace creamery;
using creamery::test::batch_of;
using creamery::test::privmsg;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

/// What a cog got.
struct cog_inbox {
  strings texts;
  std::vector<cog_line> lines;
  std::vector<uint64_t> from;
};

cog_sink_actor::behavior_type sink(std::shared_ptr<cog_inbox> inbox) {
  return {[inbox](const cog_batch& batch) {
    inbox->from.push_back(batch.from);
    for (const auto& line : batch.lines->lines) {
      inbox->lines.push_back(line);
      inbox->texts.emplace_back(irc_line{batch.lines->memory->data(), line.index}.text());
    }
  }};
}

struct router_fixture : creamery::test::timed_fixture {
  router_actor hub = spawn_router();
  uint64_t batches = 0;
  uint64_t messages = 0;
  std::vector<cog_sink_actor> sinks;

  router_actor spawn_router(delivery_queue::options queue = delivery_queue::options{}, strings awaited = {},
                            bool redundant = false) {
    auto made = sys.spawn<router>("bot", kept<dispatcher>::make("!", queue, redundant), std::move(awaited));
    sched.run();
    return made;
  }

  ~router_fixture() {
    caf::anon_send_exit(hub, caf::exit_reason::user_shutdown);
    for (const auto& one : sinks)
      caf::anon_send_exit(one, caf::exit_reason::user_shutdown);
  }

  std::shared_ptr<cog_inbox> add(const std::string& cog, uint64_t instance, strings commands, bool chat = false) {
    auto inbox = std::make_shared<cog_inbox>();
    sinks.push_back(sys.spawn(sink, inbox));
    cog_interest interest;
    interest.commands = std::move(commands);
    if (chat)
      interest.add(irc_verb::privmsg);
    tell(hub, cog_progress{cog, instance, 0, 0}, interest, sinks.back());
    return inbox;
  }

  /// Somebody says these things, each with an id of its own.
  void chat(const strings& texts, const std::string& user = "ann") {
    strings lines;
    for (const auto& text : texts)
      lines.push_back(privmsg("id-" + std::to_string(++messages), text, user));
    tell(hub, batch_of(lines, ++batches));
  }

  void done(const std::string& cog, uint64_t instance, uint64_t upto, uint64_t poisoned = 0) {
    tell(hub, cog_progress{cog, instance, upto, poisoned});
  }

  struct pace {
    std::shared_ptr<size_t> answers = std::make_shared<size_t>(0);
    size_t lines = 0;
  };

  /// Sends a long line as a connection does; counts the router's answer.
  void send_line(const std::shared_ptr<size_t>& answers) {
    auto batch = batch_of({privmsg("id-" + std::to_string(++messages), std::string(200, 'x'))}, ++batches);
    sys.spawn([answers, batch, hub = hub](caf::event_based_actor* connection) {
      connection->request(hub, caf::infinite, batch).then([answers] { ++*answers; });
    });
    sched.run();
  }

  /// A cog that does nothing, and lines for it until one isn't answered.
  pace fill_half_a_queue() {
    kill(hub);
    hub = spawn_router({.capacity = 4'000, .window = 1}); // one batch is given out, the others wait
    add("reader", 1, {}, true);
    pace result;
    do {
      send_line(result.answers);
    } while (++result.lines == *result.answers && result.lines < 100);
    CHECK_EQ(*result.answers, result.lines - 1);
    CHECK(result.lines < 100);
    return result;
  }

  router_report report() {
    auto x = ask<router_report>(hub, caf::get_atom_v);
    CHECK_EQ(x.lines.received, x.lines.duplicates + x.lines.ignored + x.lines.routed);
    for (const auto& one : x.cogs)
      CHECK(one.lines.balanced());
    return x;
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(router_fixture)

SCENARIO("each cog gets what it asked for, in order and numbered from one") {
  GIVEN("a cog that reads chat and one with a command") {
    auto reader = add("reader", 1, {}, true);
    auto greeter = add("greeter", 2, {"hello"});
    WHEN("people write") {
      chat({"good evening", "!hello you", "!unknown", "bye"});
      THEN("the reader gets all, the greeter its command") {
        CHECK_EQ(reader->texts, (strings{"good evening", "!hello you", "!unknown", "bye"}));
        CHECK_EQ(greeter->texts, (strings{"!hello you"}));
        REQUIRE_EQ(reader->lines.size(), 4u);
        for (uint64_t i = 0; i < 4; ++i) {
          CHECK_EQ(reader->lines[i].number, i + 1);
          CHECK_EQ(reader->lines[i].command, cog_line::no_command);
        }
        REQUIRE_EQ(greeter->lines.size(), 1u);
        CHECK_EQ(greeter->lines[0].number, 1u);
        CHECK_EQ(greeter->lines[0].command, 0u);
        CHECK_EQ(greeter->lines[0].arguments, 6u);
      }
      AND("the report says so") {
        auto x = report();
        CHECK_EQ(x.lines.received, 4u);
        CHECK_EQ(x.lines.chat, 4u);
        CHECK_EQ(x.lines.routed, 4u);
        CHECK_EQ(x.lines.commands, 1u);
        REQUIRE_EQ(x.cogs.size(), 2u);
        CHECK_EQ(x.cogs[0].name, "greeter");
        CHECK_EQ(x.cogs[0].lines.queued, 1u);
        CHECK_EQ(x.cogs[1].lines.queued, 4u);
      }
    }
  }
}

SCENARIO("a batch is answered once its lines are in the queues, not before, and not only when they are handled") {
  add("reader", 1, {}, true);
  auto answers = std::make_shared<size_t>(0);
  sys.spawn([answers, hub = hub](caf::event_based_actor* connection) {
    connection->request(hub, caf::infinite, batch_of({privmsg("1", "hello")})).then([answers] { ++*answers; });
  });
  CHECK_EQ(*answers, 0u);
  sched.run();
  CHECK_EQ(*answers, 1u);
  CHECK_EQ(report().cogs.at(0).lines.queued, 1u);
}

SCENARIO("lines wait for a cog that catches up, and none is shed") {
  auto paced = fill_half_a_queue();
  CHECK_EQ(report().lines_held, 1u);
  for (size_t line = 1; line <= paced.lines; ++line)
    done("reader", 1, line);
  CHECK_EQ(*paced.answers, paced.lines);
  CHECK_EQ(report().lines_held, 0u);
  CHECK_EQ(report().cogs.at(0).lines.shed, 0u);
  CHECK_EQ(report().cogs.at(0).lines.handled, paced.lines);
}

SCENARIO("a cog that doesn't move isn't waited for") {
  auto paced = fill_half_a_queue();
  pass(pacing::patience - 1ms);
  CHECK_EQ(*paced.answers, paced.lines - 1);
  CHECK_EQ(report().lines_held, 1u);
  pass(1ms);
  CHECK_EQ(*paced.answers, paced.lines);
  for (size_t i = 0; i < 10; ++i)
    send_line(paced.answers);
  CHECK_EQ(*paced.answers, paced.lines + 10);
  CHECK_EQ(report().lines_held, 0u);
  CHECK(report().cogs.at(0).lines.shed > 0);
}

SCENARIO("lines wait for the cogs that are about to announce themselves") {
  GIVEN("a router that expects two cogs") {
    kill(hub);
    hub = spawn_router(delivery_queue::options{}, {"fast", "slow"});
    auto answers = std::make_shared<size_t>(0);
    auto forward = [&](const std::string& text) {
      auto batch = batch_of({privmsg("id-" + text, text)});
      sys.spawn([answers, batch, hub = hub](caf::event_based_actor* connection) {
        connection->request(hub, caf::infinite, batch).then([answers] { ++*answers; });
      });
      sched.run();
    };
    WHEN("lines arrive before both have announced themselves") {
      auto fast = add("fast", 1, {}, true);
      forward("one");
      forward("two");
      THEN("they are neither answered nor given to one of them alone") {
        CHECK_EQ(*answers, 0u);
        CHECK(fast->texts.empty());
      }
      AND("then both get all, in order") {
        auto slow = add("slow", 2, {}, true);
        CHECK_EQ(*answers, 2u);
        CHECK_EQ(fast->texts, (strings{"one", "two"}));
        CHECK_EQ(slow->texts, (strings{"one", "two"}));
        forward("three");
        CHECK_EQ(*answers, 3u);
        CHECK_EQ(slow->texts.size(), 3u);
      }
    }
  }
}

SCENARIO("a cog that never announces itself doesn't hold up the others for long") {
  kill(hub);
  hub = spawn_router(delivery_queue::options{}, {"good", "broken"});
  auto good = add("good", 1, {}, true);
  chat({"hello"});
  pass(4s);
  CHECK(good->texts.empty());
  pass(1s);
  CHECK_EQ(good->texts, (strings{"hello"}));
  chat({"and more"});
  CHECK_EQ(good->texts.size(), 2u);
}

SCENARIO("the end isn't waited for because of lines that nobody wanted") {
  kill(hub);
  hub = spawn_router({}, {"slow"});
  chat({"hello"});
  auto drained = std::make_shared<bool>(false);
  sys.spawn([drained, hub = hub](caf::event_based_actor* bot) {
    bot->request(hub, caf::infinite, drain_atom_v).then([drained](bool) { *drained = true; });
  });
  sched.run();
  CHECK(!*drained);
  pass(5s); // the cog isn't waited for any longer
  CHECK(*drained);
}

SCENARIO("shed lines are warned of now and then, not each time") {
  creamery::test::captured_log log;
  kill(hub);
  hub = spawn_router({.capacity = 500, .window = 1});
  add("cog", 1, {}, true);
  for (int i = 0; i < 500; ++i)
    chat({"chatter " + std::to_string(i)});
  pass(pacing::patience); // the cog isn't waited for any longer
  CHECK_GT(report().cogs.at(0).lines.shed, 400u);
  CHECK_GE(log.count("were shed"), 1u);
  CHECK_LE(log.count("were shed"), 10u);
}

SCENARIO("a cog that was restarted gets only what wasn't acknowledged") {
  GIVEN("a cog that has handled two of five lines") {
    auto first = add("cog", 1, {}, true);
    chat({"1", "2"});
    chat({"3", "4", "5"});
    done("cog", 1, 2);
    WHEN("its next instance announces itself") {
      auto second = add("cog", 2, {}, true);
      THEN("it gets the other three, with their old numbers") {
        CHECK_EQ(second->texts, (strings{"3", "4", "5"}));
        CHECK_EQ(second->lines.front().number, 3u);
        CHECK_EQ(first->texts.size(), 5u);
      }
      AND("what comes then goes to the new one only") {
        chat({"6"});
        CHECK_EQ(second->texts.back(), "6");
        CHECK_EQ(first->texts.size(), 5u);
        done("cog", 2, 6);
        auto x = report().cogs.at(0);
        CHECK_EQ(x.lines.handled, 6u);
        CHECK_EQ(x.lines.queued, 0u);
      }
    }
  }
}

SCENARIO("a batch that was half done says where to go on") {
  add("cog", 1, {}, true);
  chat({"1", "2", "3", "4"});
  done("cog", 1, 3);
  auto second = add("cog", 2, {}, true);
  REQUIRE_EQ(second->from.size(), 1u);
  CHECK_EQ(second->from.front(), 4u);
}

SCENARIO("a poisoned line isn't given out again") {
  GIVEN("a cog that fails at the second of three lines") {
    add("cog", 1, {"boom"});
    chat({"!boom 1"});
    chat({"!boom 2"});
    chat({"!boom 3"});
    done("cog", 1, 1);
    done("cog", 1, 2, 1);
    WHEN("its next instance announces itself") {
      auto second = add("cog", 2, {"boom"});
      THEN("it gets the third one") {
        CHECK_EQ(second->texts, (strings{"!boom 3"}));
        auto x = report().cogs.at(0);
        CHECK_EQ(x.lines.poisoned, 1u);
        CHECK_EQ(x.lines.handled, 1u);
        CHECK_EQ(x.lines.queued, 1u);
      }
    }
  }
}

SCENARIO("what an old instance says after its successor has announced itself is ignored") {
  add("cog", 1, {}, true);
  chat({"1", "2", "3"});
  add("cog", 2, {}, true);
  done("cog", 1, 3);
  CHECK_EQ(report().cogs.at(0).lines.queued, 3u);
  done("cog", 3, 3); // nobody knows this one
  CHECK_EQ(report().cogs.at(0).lines.queued, 3u);
  done("other", 1, 3);
  done("cog", 2, 3);
  CHECK_EQ(report().cogs.at(0).lines.queued, 0u);
}

SCENARIO("an old instance that announces itself late doesn't take the lines from its successor") {
  auto second = add("cog", 2, {}, true);
  auto first = add("cog", 1, {}, true);
  chat({"hello"});
  CHECK(first->texts.empty());
  CHECK_EQ(second->texts, (strings{"hello"}));
}

SCENARIO("an acknowledgement that comes twice, or goes back, counts once") {
  add("cog", 1, {}, true);
  chat({"1", "2", "3"});
  done("cog", 1, 2);
  done("cog", 1, 2);
  done("cog", 1, 1);
  auto x = report().cogs.at(0);
  CHECK_EQ(x.lines.handled, 2u);
  CHECK_EQ(x.lines.queued, 1u);
}

SCENARIO("a cog that never answers is given no more than its window, and nothing is lost while there is room") {
  kill(hub);
  hub = spawn_router({.capacity = 1024 * 1024, .window = 400});
  auto inbox = add("cog", 1, {}, true);
  for (int i = 0; i < 20; ++i)
    chat({"a text of some length, number " + std::to_string(i)});
  CHECK_LT(inbox->texts.size(), 5u);
  CHECK_EQ(report().cogs.at(0).lines.queued, 20u);
  WHEN("it gets on") {
    while (report().cogs.at(0).lines.queued > 0)
      done("cog", 1, inbox->lines.back().number);
    THEN("it got all, in order") {
      REQUIRE_EQ(inbox->texts.size(), 20u);
      for (size_t i = 0; i < 20; ++i)
        CHECK_EQ(inbox->lines[i].number, i + 1);
      CHECK_EQ(report().cogs.at(0).lines.handled, 20u);
    }
  }
}

SCENARIO("a full queue sheds chat before commands, and says how much") {
  kill(hub);
  hub = spawn_router({.capacity = 2'000, .window = 1});
  auto inbox = add("cog", 1, {"keep"}, true);
  chat({"first"}); // is out, and stays there
  for (int i = 0; i < 3; ++i)
    chat({"!keep " + std::to_string(i)});
  for (int i = 0; i < 50; ++i)
    chat({"chatter " + std::to_string(i)});
  pass(pacing::patience); // the cog isn't waited for any longer
  auto x = report().cogs.at(0);
  CHECK_GT(x.lines.shed, 0u);
  CHECK_EQ(x.lines.routed, 54u);
  for (int i = 0; i < 60; ++i)
    done("cog", 1, inbox->lines.back().number);
  for (int i = 0; i < 3; ++i)
    CHECK_EQ(std::count(inbox->texts.begin(), inbox->texts.end(), "!keep " + std::to_string(i)), 1);
  CHECK_EQ(inbox->texts.back(), "chatter 49");
  CHECK_EQ(report().cogs.at(0).lines.queued, 0u);
}

SCENARIO("what comes while a cog backs off waits for it, up to a bound; what is shed is counted ['publish dropped "
         "messages while "
         "backing off and stash is full']") {
  kill(hub);
  hub = spawn_router({.capacity = 2'000, .window = 400});
  auto first = add("cog", 1, {}, true);
  chat({"first"});
  done("cog", 1, 1);
  kill(sinks.back()); // its restart waits
  for (int i = 0; i < 50; ++i)
    chat({"meanwhile " + std::to_string(i)});
  pass(pacing::patience); // the cog isn't waited for any longer
  auto waiting = report().cogs.at(0).lines;
  CHECK_GT(waiting.shed, 0u);
  CHECK_EQ(waiting.routed, 51u);
  CHECK_EQ(waiting.queued + waiting.shed, 50u);
  auto second = std::make_shared<cog_inbox>();
  sinks.push_back(sys.spawn(sink, second));
  cog_interest interest;
  interest.add(irc_verb::privmsg);
  tell(hub, cog_progress{"cog", 2, 1, 0}, interest, sinks.back());
  while (report().cogs.at(0).lines.queued > 0)
    done("cog", 2, second->lines.back().number);
  CHECK_EQ(second->texts.size(), waiting.queued);
  CHECK_EQ(second->texts.back(), "meanwhile 49"); // the oldest of those that waited went
  CHECK_EQ(report().cogs.at(0).lines.handled, 1 + waiting.queued);
}

SCENARIO("a line that comes by two connections is handled once") {
  auto inbox = add("cog", 1, {}, true);
  tell(hub, batch_of({privmsg("same", "hello")}, 1));
  tell(hub, batch_of({privmsg("same", "hello")}, 2));
  CHECK_EQ(inbox->texts, (strings{"hello"}));
  CHECK_EQ(report().lines.duplicates, 1u);
}

SCENARIO("a new router goes on with what the old one had, and does nothing twice") {
  kept_states memory;
  auto spawn_with_memory = [&] {
    auto lines = memory.take<dispatcher>("router", [] {
      return std::make_shared<dispatcher>("!", delivery_queue::options{.capacity = 9'999, .window = 1});
    });
    REQUIRE(lines);
    return router_actor{sys.spawn<router>("bot", std::move(*lines))};
  };
  GIVEN("a cog that has two lines, has handled one, and two more are waiting") {
    kill(hub);
    hub = spawn_with_memory();
    auto inbox = add("cog", 1, {}, true);
    chat({"1", "2"});
    chat({"3"});
    chat({"4"});
    CHECK_EQ(inbox->texts, (strings{"1", "2"}));
    WHEN(
      "the router is replaced, the connection sends again what it has no answer for, and the cog says how far it is") {
      kill(hub);
      hub = spawn_with_memory();
      --batches;
      chat({"4"});
      CHECK_EQ(report().lines.received, 4u);
      tell(
        hub, cog_progress{"cog", 1, 1, 0},
        [] {
          cog_interest all;
          all.add(irc_verb::privmsg);
          return all;
        }(),
        sinks.back());
      THEN("the cog gets what it hasn't handled, under the old numbers") {
        CHECK_EQ(inbox->texts, (strings{"1", "2", "2"}));
        CHECK_EQ(inbox->lines.back().number, 2u);
        done("cog", 1, 2);
        done("cog", 1, 3);
        done("cog", 1, 4);
        CHECK_EQ(inbox->texts, (strings{"1", "2", "2", "3", "4"}));
        CHECK_EQ(report().cogs.at(0).lines, (delivery_counters{.routed = 4, .handled = 4}));
      }
    }
  }
  kill(hub);
}

SCENARIO("the bot doesn't obey itself") {
  auto inbox = add("cog", 1, {"hello"});
  tell(hub, own_login_atom_v, std::string{"creamybot"});
  chat({"!hello"}, "creamybot");
  CHECK(inbox->texts.empty());
  chat({"!hello"}, "ann");
  CHECK_EQ(inbox->texts.size(), 1u);
}

SCENARIO("a command that two cogs want stays with the first one") {
  auto first = add("first", 1, {"hello"});
  auto second = add("second", 2, {"hello", "bye"});
  chat({"!hello", "!bye"});
  CHECK_EQ(first->texts, (strings{"!hello"}));
  CHECK_EQ(second->texts, (strings{"!bye"}));
}

SCENARIO("an instance with other commands than its predecessor's is called by its own") {
  add("cog", 1, {"old"});
  auto second = add("cog", 2, {"other", "new"});
  chat({"!old", "!new"});
  CHECK_EQ(second->texts, (strings{"!new"}));
  CHECK_EQ(second->lines.at(0).command, 1u);
}

SCENARIO("a connection that has just joined a channel lets the other one speak first") {
  auto count = std::make_shared<size_t>(0);
  auto send = [&](const std::string& connection, const strings& ids, bool just_joined, uint64_t number) {
    strings lines;
    for (const auto& id : ids)
      lines.push_back(privmsg(id, id));
    auto batch = batch_of(lines, number);
    batch.connection = connection;
    batch.just_joined = just_joined;
    sys.spawn([count, batch, hub = hub](caf::event_based_actor* from) {
      from->request(hub, caf::infinite, batch).then([count] { ++*count; });
    });
    sched.run();
  };
  for (auto redundant : {true, false}) {
    GIVEN("a router whose lines come " << (redundant ? "twice" : "once")) {
      kill(hub);
      hub = spawn_router({}, {}, redundant);
      *count = 0;
      auto reader = add("reader", 1, {}, true);
      WHEN("the new connection is ahead of the older one") {
        send("bot/irc-2", {"3", "4"}, true, 1);
        pass(1200ms);
        send("bot/irc-2", {"5"}, true, 2);
        send("bot/irc-2", {"6"}, false, 3);
        send("bot/irc-1", {"1", "2", "3"}, false, 7);
        if (redundant) {
          THEN("its lines wait until the older one has told what came before them") {
            CHECK_EQ(reader->texts, (strings{"1", "2", "3"}));
            CHECK_EQ(*count, 1u);
            CHECK_EQ(report().lines_held, 4u);
            sys.spawn([count, hub = hub](caf::event_based_actor* self) {
              self->request(hub, caf::infinite, drain_atom_v).then([count](bool) { *count += 100; });
            });
            sched.run();
            pass(800ms);
            CHECK_EQ(reader->texts, (strings{"1", "2", "3", "4"}));
            CHECK_EQ(*count, 2u);
            pass(1200ms);
            CHECK_EQ(reader->texts, (strings{"1", "2", "3", "4", "5", "6"}));
            CHECK_EQ(*count, 4u);
            CHECK_EQ(report().lines_held, 0u);
            CHECK_EQ(report().lines.duplicates, 1u);
            tell(hub, cog_progress{"reader", 1, 6, 0});
            CHECK_EQ(*count, 104u);
            AND("from then on they are routed at once") {
              send("bot/irc-2", {"7"}, false, 4);
              CHECK_EQ(reader->texts.back(), "7");
            }
          }
        } else {
          THEN("each is routed as it comes") {
            CHECK_EQ(reader->texts, (strings{"3", "4", "5", "6", "1", "2"}));
            CHECK_EQ(*count, 4u);
          }
        }
      }
    }
  }
}

END_FIXTURE_SCOPE()
