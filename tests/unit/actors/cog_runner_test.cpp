#define CAF_SUITE actors.cog_runner

#include "actors/cog_runner.hpp"

#include "tests/unit/actors/doubles.hpp"

#include <functional>
#include <optional>
#include <stdexcept>

using namespace creamery;
using creamery::test::batch_of;
using creamery::test::privmsg;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

/// What the constructor of the cog under test does; each scenario has its own.
std::function<void(cog&)> construct;

/// What the cog under test did.
strings deeds;

/// How many objects of the cog there are.
int objects = 0;

const creamery_cog_descriptor descriptor{creamery_cog_magic,
                                         sizeof(creamery_cog_descriptor),
                                         CREAMERY_COG_ABI,
                                         [](creamery::cog& context) -> void* {
                                           construct(context);
                                           ++objects;
                                           return new int;
                                         },
                                         [](void* object) {
                                           --objects;
                                           delete static_cast<int*>(object);
                                         },
                                         true,
                                         "",
                                         ""};

/// What a double of a router heard.
struct router_record {
  struct announcement {
    cog_progress cog;
    cog_interest interest;
    cog_sink_actor address;
  };

  std::vector<announcement> announced;
  std::vector<cog_progress> progress;
};

router_actor::behavior_type router_double(std::shared_ptr<router_record> record) {
  return {
    [](const chat_batch&) {},
    [record](const cog_progress& cog, const cog_interest& interest, const cog_sink_actor& address) {
      record->announced.push_back({cog, interest, address});
    },
    [record](const cog_progress& progress) { record->progress.push_back(progress); },
    [](own_login_atom, const std::string&) {},
    [](caf::get_atom) { return router_report{}; },
    [](ready_atom) {},
    [](drain_atom) { return true; },
  };
}

/// What a double of an outbox was told to say, and how it takes it.
struct outbox_record {
  std::vector<say> said;
  bool answers = true;
  bool accepts = true;
  std::vector<caf::typed_response_promise<bool>> unanswered;

  strings texts() const {
    strings result;
    for (const auto& one : said)
      result.push_back(one.text);
    return result;
  }
};

outbox_actor::behavior_type outbox_double(outbox_actor::pointer self, std::shared_ptr<outbox_record> record) {
  return {
    [self, record](const say& message) -> caf::result<bool> {
      record->said.push_back(message);
      if (record->answers)
        return record->accepts;
      record->unanswered.push_back(self->make_response_promise<bool>());
      return record->unanswered.back();
    },
    [](login_atom) {},
    [](join_atom, uint64_t wanted) { return wanted; },
    [](const membership_change&, const chat_writer_actor&) {},
    [](const own_state&) {},
    [](const channel_notice&) {},
    [](const send_verdict&) {},
    [](use_atom, const store_actor&) {},
    [record](caf::tick_atom) { record->unanswered.clear(); },
    [](caf::get_atom) { return outbox_report{}; },
    [](ready_atom) {},
    [](drain_atom) { return true; },
  };
}

struct cog_fixture : creamery::test::timed_fixture {
  std::shared_ptr<router_record> routed = std::make_shared<router_record>();
  std::shared_ptr<outbox_record> out = std::make_shared<outbox_record>();
  router_actor hub = sys.spawn(router_double, routed);
  outbox_actor box = sys.spawn(outbox_double, out);
  std::shared_ptr<cog_ledger> ledger = std::make_shared<cog_ledger>(77);
  cog_actor runner;
  uint64_t lines = 0;

  cog_fixture() {
    deeds.clear();
    objects = 0;
    construct = [](cog&) {};
  }

  ~cog_fixture() {
    if (runner)
      kill(runner);
    kill(hub);
    kill_outbox();
    CHECK_EQ(objects, 0);
  }

  void start(std::function<void(cog&)> how, uint64_t instance = 1, nlohmann::json options = nlohmann::json::object()) {
    construct = std::move(how);
    auto turn = ledger->take_over();
    while (turn.instance < instance)
      turn = ledger->take_over();
    runner =
      sys.spawn<cog_runner>(cog_identity{"bot", "bot", {}, "!", {"cog", std::move(options)}, ledger, std::move(turn)},
                            std::make_shared<const cog_module>(descriptor));
    sched.run();
  }

  void introduce() {
    tell(runner, use_atom_v, hub);
    tell(runner, use_atom_v, box);
  }

  /// A batch as a router sends it: text and, for a call, the number of the command and where its arguments begin.
  struct line {
    std::string text;
    uint16_t command = cog_line::no_command;
    uint16_t arguments = 0;
  };

  cog_batch numbered(const std::vector<line>& content, uint64_t first, uint64_t from = 1, int64_t read_at = 0) {
    strings raw;
    for (const auto& one : content)
      raw.push_back(privmsg("id-" + std::to_string(first + raw.size()), one.text));
    auto parsed = batch_of(raw);
    auto made = std::make_shared<cog_batch::content>();
    made->memory = parsed.memory;
    made->read_at = read_at;
    for (size_t i = 0; i < content.size(); ++i)
      made->lines.push_back({parsed.lines[i], first + i, content[i].command, content[i].arguments});
    return {from, made};
  }

  /// The next lines of this cog.
  void deliver(const std::vector<line>& content, int64_t read_at = 0) {
    tell(runner, numbered(content, lines + 1, 1, read_at));
    lines += content.size();
  }

  /// Ends the outbox; what it hasn't answered fails, as it does with a real one.
  void kill_outbox() {
    tell(box, caf::tick_atom_v);
    kill(box);
  }

  bool alive() {
    return runner && !deref(runner).getf(caf::abstract_actor::is_terminated_flag);
  }
};

void remember_chat(cog& context) {
  context.on_chat([](const chat_message& message) { deeds.emplace_back(message.text()); });
}

void fail_at_boom(cog& context) {
  context.on_chat([](const chat_message& message) {
    deeds.emplace_back(message.text());
    if (message.text() == "boom")
      throw std::runtime_error("boom");
  });
}

} // namespace

BEGIN_FIXTURE_SCOPE(cog_fixture)

SCENARIO("a cog announces itself with what it registered") {
  start(
    [](cog& context) {
      context.command({"Hello", "hi"}, [](command_call&) {});
      context.on_chat([](const chat_message&) {});
    },
    7);
  tell(runner, use_atom_v, hub);
  REQUIRE_EQ(routed->announced.size(), 1u);
  const auto& it = routed->announced.front();
  CHECK_EQ(it.cog, (cog_progress{"cog", 7, 0, 0}));
  CHECK_EQ(it.interest.commands, (strings{"hello", "hi"}));
  CHECK(it.interest.wants(irc_verb::privmsg));
  CHECK(!it.interest.wants(irc_verb::usernotice));
  CHECK(it.address == runner);
}

SCENARIO("lines are handled in order and acknowledged") {
  start(remember_chat);
  introduce();
  deliver({{"one"}, {"two"}});
  deliver({{"three"}});
  CHECK_EQ(deeds, (strings{"one", "two", "three"}));
  CHECK_EQ(routed->progress, (std::vector<cog_progress>{{"cog", 1, 2, 0}, {"cog", 1, 3, 0}}));
}

SCENARIO("lines that were handled before are skipped") {
  GIVEN("a new instance that gets a batch which its predecessor had half done") {
    start(remember_chat, 2);
    introduce();
    tell(runner, numbered({{"done"}, {"done too"}, {"not done"}}, 1, 3));
    THEN("it does the rest") {
      CHECK_EQ(deeds, (strings{"not done"}));
      CHECK_EQ(routed->progress.back(), (cog_progress{"cog", 2, 3, 0}));
    }
    WHEN("the batch comes once more") {
      tell(runner, numbered({{"done"}, {"done too"}, {"not done"}}, 1, 3));
      THEN("nothing is done again") {
        CHECK_EQ(deeds.size(), 1u);
      }
    }
  }
}

SCENARIO("a new router is told how far the cog is, and goes on from there") {
  GIVEN("a cog that has handled three lines of its router's") {
    start(remember_chat);
    introduce();
    deliver({{"1"}, {"2"}, {"3"}});
    WHEN("the router is replaced") {
      kill(hub);
      auto next = std::make_shared<router_record>();
      hub = sys.spawn(router_double, next);
      tell(runner, use_atom_v, hub);
      THEN("the cog announces itself there") {
        REQUIRE_EQ(next->announced.size(), 1u);
        CHECK_EQ(next->announced[0].cog, (cog_progress{"cog", 1, 3, 0}));
      }
      AND("handles only what it hasn't handled yet") {
        tell(runner, numbered({{"3"}, {"4"}, {"5"}}, 3));
        CHECK_EQ(deeds, (strings{"1", "2", "3", "4", "5"}));
        REQUIRE(!next->progress.empty());
        CHECK_EQ(next->progress.back(), (cog_progress{"cog", 1, 5, 0}));
      }
    }
  }
}

SCENARIO("an instance that was replaced while it was stuck does nothing more when it comes back") {
  creamery::test::captured_log log;
  start([this](cog& context) {
    context.on_chat([this, &context](const chat_message& message) {
      deeds.emplace_back(message.text());
      context.say("chan", "before");
      if (message.text() == "stuck") {
        auto turn = ledger->take_over(); // by the bot, meanwhile
        CHECK(turn.lost_one);
        CHECK_EQ(turn.gate->look().done, 2u);
        context.say("chan", "after");
      }
    });
  });
  introduce();
  deliver({{"one"}, {"stuck"}, {"three"}});
  CHECK_EQ(deeds, (strings{"one", "stuck"}));
  CHECK_EQ(out->texts(), (strings{"before", "before"}));
  CHECK(routed->progress.empty()); // what it did last doesn't count
  CHECK(!alive());
  CHECK_EQ(ledger->poisoned(), 1u);
  CHECK_EQ(ledger->refused(), 1u);
}

SCENARIO("a cog whose constructor throws ends and says why") {
  creamery::test::captured_log log;
  start([](cog&) { throw std::runtime_error("no such horse"); });
  CHECK(!alive());
  CHECK_EQ(log.count("its constructor threw: no such horse"), 1u);
  CHECK_EQ(objects, 0);
  introduce();
  CHECK(routed->announced.empty());
}

SCENARIO("a cog with an option of the wrong type ends with a clear message") {
  creamery::test::captured_log log;
  start([](cog& context) { context.option<int>("times", 1); }, 1, {{"times", "many"}});
  CHECK(!alive());
  CHECK_EQ(log.count("its constructor threw"), 1u);
}

SCENARIO("whichever handler throws, the cog ends ['handle exceptions from different message type']") {
  auto one_that_throws = [](cog& context) {
    context.on_chat([](const chat_message& message) {
      if (message.text() == "boom")
        throw std::runtime_error("in chat");
    });
    context.command("trip", [](command_call&) { throw std::logic_error("in a command"); });
    context.on(irc_verb::clearchat, [](const irc_line&) { throw std::bad_alloc(); });
    context.on_ready([](std::string_view, const strings&) { throw 42; });
  };
  const std::vector<std::function<void()>> ways{
    [&] { deliver({{"boom"}}); },
    [&] {
      deliver({{"!trip", 0, 5}});
    },
    [&] {
      tell(runner, bot_ready{"creamybot", {}});
    },
  };
  uint64_t instance = 0;
  for (const auto& way : ways) {
    start(one_that_throws, ++instance);
    introduce();
    deliver({{"hello"}});
    CHECK(alive());
    way();
    CHECK(!alive());
  }
  CHECK_EQ(ledger->poisoned(), 2u); // on_ready has no line
}

SCENARIO("a cog may throw anything") {
  start([](cog& context) { context.on_chat([](const chat_message&) { throw 42; }); });
  introduce();
  deliver({{"hello"}});
  CHECK(!alive());
  CHECK_EQ(routed->progress, (std::vector<cog_progress>{{"cog", 1, 1, 1}}));
}

SCENARIO(
  "a line whose handler throws is acknowledged as poisoned before the cog ends, and the rest waits for the next one") {
  creamery::test::captured_log log;
  GIVEN("a cog that fails at the second of four lines") {
    start(fail_at_boom);
    introduce();
    auto batch = numbered({{"one"}, {"boom"}, {"three"}, {"four"}}, 1);
    caf::anon_send(runner, batch);
    caf::anon_send(runner, numbered({{"five"}}, 5));
    sched.run();
    THEN("it has done nothing behind the bad line, and ended") {
      CHECK_EQ(deeds, (strings{"one", "boom"}));
      CHECK_EQ(routed->progress, (std::vector<cog_progress>{{"cog", 1, 2, 1}}));
      CHECK(!alive());
      CHECK_EQ(objects, 0);
    }
    AND("the line is in the log") {
      CHECK_EQ(log.count("PRIVMSG #chan :boom"), 1u);
    }
    WHEN("the next instance gets the same batch") {
      start(fail_at_boom, 2);
      introduce();
      batch.from = 3;
      tell(runner, batch);
      THEN("it goes on behind the bad line") {
        CHECK_EQ(deeds, (strings{"one", "boom", "three", "four"}));
        CHECK_EQ(routed->progress.back(), (cog_progress{"cog", 2, 4, 1}));
      }
    }
  }
}

SCENARIO("what a cog says before it fails is said") {
  start([](cog& context) {
    context.on_chat([&context](const chat_message& message) {
      context.say(message.channel(), "ouch");
      throw std::runtime_error("boom");
    });
  });
  introduce();
  deliver({{"hello"}});
  CHECK(!alive());
  CHECK_EQ(out->texts(), (strings{"ouch"}));
}

SCENARIO("what is said before the outbox is known is kept") {
  start([](cog& context) {
    context.say("chan", "from the constructor");
    context.on_chat([&context](const chat_message& message) { context.say(message.channel(), message.text()); });
  });
  tell(runner, use_atom_v, hub);
  deliver({{"one"}});
  CHECK(out->said.empty());
  tell(runner, use_atom_v, box);
  CHECK_EQ(out->texts(), (strings{"from the constructor", "one"}));
}

SCENARIO("what an outbox hasn't accepted goes to the next one, what it has doesn't") {
  GIVEN("an outbox that accepts one message and doesn't answer two") {
    start([](cog& context) {
      context.on_chat([&context](const chat_message& message) { context.say(message.channel(), message.text()); });
    });
    introduce();
    deliver({{"one"}});
    out->answers = false;
    deliver({{"two"}, {"three"}});
    CHECK_EQ(out->texts(), (strings{"one", "two", "three"}));
    WHEN("it dies and another one takes its place") {
      kill_outbox();
      deliver({{"four"}});
      auto next = std::make_shared<outbox_record>();
      box = sys.spawn(outbox_double, next);
      tell(runner, use_atom_v, box);
      THEN("it gets what wasn't accepted, in order, once") {
        CHECK_EQ(next->texts(), (strings{"two", "three", "four"}));
      }
      AND("the one after it gets nothing of that") {
        auto third = std::make_shared<outbox_record>();
        kill(box);
        box = sys.spawn(outbox_double, third);
        tell(runner, use_atom_v, box);
        CHECK(third->said.empty());
      }
    }
  }
}

SCENARIO("a message that the outbox refuses isn't said again") {
  out->accepts = false;
  start([](cog& context) { context.say("chan", "too much"); });
  introduce();
  auto next = std::make_shared<outbox_record>();
  kill(box);
  box = sys.spawn(outbox_double, next);
  tell(runner, use_atom_v, box);
  CHECK(next->said.empty());
}

SCENARIO("a message names who says it, how it is to be kept, and what caused it") {
  start(
    [](cog& context) {
      context.on_chat([&context](const chat_message& message) {
        context.say("#Chan", message.text(),
                    {.reply_to = "id", .promise = delivery_promise::at_least_once, .max_age = 5s});
      });
      context.on_ready([&context](std::string_view, const strings&) { context.say("chan", "ready"); });
    },
    3);
  introduce();
  deliver({{"hello"}}, 4711);
  tell(runner, bot_ready{"creamybot", {"chan"}});
  REQUIRE_EQ(out->said.size(), 2u);
  CHECK_EQ(out->said[0],
           (say{"bot", "chan", "hello", "id", delivery_promise::at_least_once, 5'000, "cog", 77, 1, 4711}));
  CHECK_EQ(out->said[1].number, 2u);
  CHECK_EQ(out->said[1].caused_at, 0);
}

SCENARIO("a channel that can't be one is refused here") {
  creamery::test::captured_log log;
  start([](cog& context) {
    context.say("", "a");
    context.say("no channel", "b");
    context.say("x\r\nQUIT", "c");
    context.say("#ok", "d");
  });
  introduce();
  CHECK_EQ(out->texts(), (strings{"d"}));
  CHECK_EQ(log.count("is no name of a channel"), 3u);
}

SCENARIO("a cog without an outbox doesn't gather messages for ever") {
  creamery::test::captured_log log;
  start([](cog& context) {
    for (int i = 0; i < 1'500; ++i)
      context.say("chan", std::to_string(i));
  });
  introduce();
  CHECK_EQ(out->said.size(), 1'000u);
  CHECK_EQ(out->said.back().text, "999");
}

SCENARIO("on_ready is told the login and the channels") {
  start([](cog& context) {
    context.on_ready([](std::string_view login, const strings& channels) {
      deeds.emplace_back(login);
      deeds.insert(deeds.end(), channels.begin(), channels.end());
    });
  });
  introduce();
  tell(runner, bot_ready{"creamybot", {"one", "two"}});
  CHECK_EQ(deeds, (strings{"creamybot", "one", "two"}));
}

SCENARIO("an on_ready that throws ends the cog") {
  start([](cog& context) {
    context.on_ready([](std::string_view, const strings&) { throw std::runtime_error("not ready"); });
  });
  introduce();
  tell(runner, bot_ready{"creamybot", {}});
  CHECK(!alive());
}

SCENARIO("a command's arguments have the types of its handler's parameters") {
  start([](cog& context) {
    context.command("give", [](command_call& call, int horses, const std::string& name, std::optional<bool> now) {
      deeds.push_back(std::string{call.name()} + " " + std::to_string(horses) + " " + name
                      + (now ? *now ? " now" : " later" : ""));
      call.say("given");
      call.reply("to you");
    });
  });
  introduce();
  deliver({{"!give 3 \"dear ann\"", 0, 5}, {"!GIVE  -2 bob on  ", 0, 5}});
  CHECK_EQ(deeds, (strings{"give 3 dear ann", "give -2 bob now"}));
  REQUIRE_EQ(out->said.size(), 4u);
  CHECK_EQ(out->said[0].channel, "chan");
  CHECK_EQ(out->said[0].text, "given");
  CHECK(out->said[0].reply_to.empty());
  CHECK_EQ(out->said[1].text, "to you");
  CHECK_EQ(out->said[1].reply_to, "id-1");
}

SCENARIO("who calls a command wrongly is told how it is used, and the handler isn't called") {
  start([](cog& context) {
    context.command("give", [](command_call&, int, rest_of_line) { deeds.emplace_back("given"); });
  });
  introduce();
  deliver({{"!give", 0, 5}, {"!give many horses", 0, 5}, {"!give 99999999999 horses", 0, 5}});
  CHECK(deeds.empty());
  REQUIRE_EQ(out->said.size(), 3u);
  for (const auto& one : out->said)
    CHECK_EQ(one.text, "usage: !give <number> <text…>");
  CHECK_EQ(out->said[0].reply_to, "id-1");
  CHECK(alive());
}

SCENARIO("a call whose arguments would begin behind its text is a call without arguments") {
  start([](cog& context) {
    context.command("hello", [](command_call& call) { deeds.emplace_back("<" + std::string{call.arguments()} + ">"); });
  });
  introduce();
  deliver({{"!hello", 0, 60'000}, {"!hello", 9, 6}});
  CHECK_EQ(deeds, (strings{"<>"}));
  CHECK_EQ(routed->progress.back().upto, 2u);
}

SCENARIO("a cog that is ended takes its object with it") {
  start(remember_chat);
  CHECK_EQ(objects, 1);
  kill(runner);
  CHECK_EQ(objects, 0);
}

END_FIXTURE_SCOPE()
