#define CAF_SUITE actors.cog_events

#include "actors/cog_runner.hpp"
#include "actors/outbox.hpp"
#include "actors/store.hpp"
#include "tests/unit/actors/doubles.hpp"
#include "tests/unit/store/temporary_folder.hpp"

#include <functional>
#include <stdexcept>

using namespace creamery;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

/// What the constructor of the cog under test does; each scenario has its own.
std::function<void(cog&)> construct;

/// What the cog under test did.
strings deeds;

const creamery_cog_descriptor descriptor{creamery_cog_magic,
                                         sizeof(creamery_cog_descriptor),
                                         CREAMERY_COG_ABI,
                                         [](creamery::cog& context) -> void* {
                                           construct(context);
                                           return new int;
                                         },
                                         [](void* object) { delete static_cast<int*>(object); },
                                         true,
                                         "",
                                         ""};

int64_t milliseconds(std::chrono::steady_clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

/// A cog with a real store.
struct events_fixture : creamery::test::timed_fixture {
  creamery::test::captured_log log;
  creamery::test::temporary_folder folder;
  std::shared_ptr<durable_store> file;
  std::shared_ptr<store_memory> memory;
  store_actor keeper;
  std::shared_ptr<cog_ledger> ledger = std::make_shared<cog_ledger>(77);
  std::shared_ptr<outcome_ledger> outcomes = std::make_shared<outcome_ledger>("bot", "points", 78);
  cog_actor runner;

  events_fixture() {
    deeds.clear();
    open();
    start_store();
  }

  ~events_fixture() {
    kill(runner);
    kill(keeper);
  }

  void open() {
    auto opened = durable_store::open(folder.path());
    if (!opened)
      CAF_FAIL(to_string(opened.error()));
    file = std::move(*opened);
    memory = std::make_shared<store_memory>(file);
  }

  void start_store() {
    keeper = sys.spawn<store>(std::vector<std::pair<std::string, strings>>{{"bot", {"points"}}},
                              kept<store_memory>{memory, std::make_shared<std::atomic<bool>>(true)}, milliseconds);
    sched.run();
    if (runner)
      tell(runner, use_atom_v, keeper);
  }

  void start(std::function<void(cog&)> how) {
    construct = std::move(how);
    auto turn = ledger->take_over();
    outcomes->take_over(turn.instance);
    runner = sys.spawn<cog_runner>(
      cog_identity{
        "bot", "bot", {}, "!", {"points", nlohmann::json::object()}, ledger, std::move(turn), outcomes, file},
      std::make_shared<const cog_module>(descriptor));
    sched.run();
    tell(runner, use_atom_v, keeper);
  }

  /// As if the process had been killed and begun again.
  void restart_everything(std::function<void(cog&)> how) {
    kill(runner);
    kill(keeper);
    memory.reset();
    file.reset();
    ledger = std::make_shared<cog_ledger>(87);
    outcomes = std::make_shared<outcome_ledger>("bot", "points", 88);
    runner = nullptr;
    open();
    start_store();
    start(std::move(how));
  }

  /// An event comes; what the transport is told.
  eventsub::receipt arrive(const std::string& id, int viewers, const std::string& key = {}) {
    eventsub::event event{0,   "bot", id, "channel.raid",
                          "1", "sub", "", "{\"viewers\":" + std::to_string(viewers) + "}"};
    return ask<eventsub::receipt>(keeper, eventsub::arrivals{{{event, key}}});
  }

  store_report report() {
    return ask<store_report>(keeper, caf::get_atom_v);
  }

  bool alive() {
    return !deref(runner).getf(caf::abstract_actor::is_terminated_flag);
  }
};

/// Counts raids, durably.
void count_raids(cog& context) {
  context.on_event<eventsub::channel_raid>(
    [&context](const eventsub::channel_raid& raid, const eventsub::event& event) {
      auto storage = context.storage("red");
      storage.set("raids", storage.get("raids", 0) + 1);
      storage.set("last", raid.viewers);
      deeds.push_back(event.message_id + ": " + std::to_string(raid.viewers) + ", raid "
                      + std::to_string(storage.get("raids", 0)));
      if (raid.viewers == 666)
        throw std::runtime_error("boom");
    });
}

} // namespace

BEGIN_FIXTURE_SCOPE(events_fixture)

SCENARIO("an event is handled once, and what its handler stores is there afterwards") {
  start(count_raids);
  CHECK_EQ(arrive("a", 3), (eventsub::receipt{1, 0, 0}));
  CHECK_EQ(arrive("b", 4), (eventsub::receipt{1, 0, 0}));
  CHECK_EQ(arrive("a", 3), (eventsub::receipt{0, 1, 0}));
  CHECK_EQ(deeds, (strings{"a: 3, raid 1", "b: 4, raid 2"}));
  CHECK(outcomes->unwritten().empty());
  CHECK_EQ(report().waiting, 0u);
  CHECK_EQ(report().same_messages, 1u);
  WHEN("the process is killed") {
    restart_everything(count_raids);
    arrive("b", 4);
    arrive("c", 5);
    CHECK_EQ(deeds, (strings{"a: 3, raid 1", "b: 4, raid 2", "c: 5, raid 3"}));
  }
}

SCENARIO("events that came while there was no cog are handled when there is one") {
  arrive("a", 1);
  arrive("b", 2);
  start(count_raids);
  CHECK_EQ(deeds, (strings{"a: 1, raid 1", "b: 2, raid 2"}));
  WHEN("the process is killed before a cog could handle them") {
    kill(runner);
    arrive("c", 3);
    restart_everything(count_raids);
    CHECK_EQ(deeds, (strings{"a: 1, raid 1", "b: 2, raid 2", "c: 3, raid 3"}));
  }
}

SCENARIO("an event whose handler throws is not tried again, and nothing of what it stored is kept") {
  start(count_raids);
  arrive("a", 1);
  arrive("b", 666);
  CHECK(!alive());
  CHECK_GE(log.count("boom"), 1u);
  CHECK_GE(log.count("channel.raid"), 1u);
  arrive("c", 3);
  start(count_raids);
  CHECK_EQ(deeds, (strings{"a: 1, raid 1", "b: 666, raid 2", "c: 3, raid 2"}));
  CHECK_EQ(file->find("bot", "points").poisoned, 1u);
}

SCENARIO("a store that dies takes nothing with it") {
  start(count_raids);
  arrive("a", 1);
  kill(keeper);
  start_store();
  arrive("b", 2);
  CHECK_EQ(deeds, (strings{"a: 1, raid 1", "b: 2, raid 2"}));
  WHEN("it dies before it has written what a handler left behind") {
    outcomes->begin(ledger->look().first, 3);
    outcomes->finish(ledger->look().first, 3, false, {{"red", "raids", "7"}}, {});
    kill(keeper);
    start_store();
    CHECK(outcomes->unwritten().empty());
    arrive("c", 3); // number 3, which is done
    arrive("d", 4);
    CHECK_EQ(deeds.back(), "d: 4, raid 8");
  }
}

SCENARIO("what the cog stores without an event is written, too, and a cog that is replaced sees it") {
  start([](cog& context) {
    context.storage().set("started", context.storage().get("started", 0) + 1);
    context.storage().set("list/a", nlohmann::json{{"x", 1}});
    context.storage().set("list/b", "two");
    context.storage().erase("list/a");
    for (const auto& [key, value] : context.storage().list("list/"))
      deeds.push_back(key + "=" + value.dump());
  });
  CHECK_EQ(deeds, (strings{"list/b=\"two\""}));
  start([](cog& context) { deeds.push_back(std::to_string(context.storage().get("started", 0))); });
  CHECK_EQ(deeds.back(), "1");
  restart_everything([](cog& context) {
    deeds.push_back(std::to_string(context.storage().get("started", 0)));
    deeds.push_back(std::to_string(context.storage().list("list/").size()));
    deeds.push_back(context.storage("red").get<int>("started") ? "there" : "not there");
  });
  CHECK_EQ((strings{deeds.end() - 3, deeds.end()}), (strings{"1", "1", "not there"}));
}

SCENARIO("what can't be stored is an exception in the cog") {
  start([](cog& context) {
    auto storage = context.storage();
    auto attempt = [](const std::function<void()>& what) {
      try {
        what();
        deeds.emplace_back("stored");
      } catch (const std::exception& error) {
        deeds.emplace_back(error.what());
      }
    };
    attempt([&] { storage.set(std::string(257, 'k'), 1); });
    attempt([&] { storage.set("k", std::string(1024 * 1024, 'v')); });
    attempt([&] { storage.set("k", "text"); });
    attempt([&] { storage.get<int>("k"); });
  });
  REQUIRE_EQ(deeds.size(), 4u);
  CHECK_EQ(deeds[0], "the key of a stored value is longer than 256 bytes");
  CHECK_EQ(deeds[1], "a stored value is longer than 1048576 bytes");
  CHECK_EQ(deeds[2], "stored");
  CHECK_NE(deeds[3].find("type must be number"), std::string::npos);
}

SCENARIO("what makes an event unique counts, whatever its message's id") {
  start(count_raids);
  CHECK_EQ(arrive("a", 1, "raid 7"), (eventsub::receipt{1, 0, 0}));
  CHECK_EQ(arrive("b", 1, "raid 7"), (eventsub::receipt{0, 0, 1}));
  CHECK_EQ(deeds.size(), 1u);
  CHECK_EQ(report().same_events, 1u);
}

SCENARIO("an event that isn't of the form it should be is told, and costs the cog nothing") {
  start(count_raids);
  eventsub::event event{0, "bot", "x", "channel.raid", "1", "sub", "", R"({"viewers":"many"})"};
  ask<eventsub::receipt>(keeper, eventsub::arrivals{{{event, ""}}});
  CHECK(alive());
  CHECK_GE(log.count("expected a whole number, found string"), 1u);
  arrive("a", 1);
  CHECK_EQ(deeds, (strings{"a: 1, raid 1"}));
}

SCENARIO("what is done is removed, although the store never comes to rest") {
  start(count_raids);
  arrive("a", 1);
  CHECK_EQ(file->events("bot", 0, 10).size(), 1u);
  // The next event is in its mailbox when it is time to clean up, so a transaction is open.
  eventsub::event event{0, "bot", "b", "channel.raid", "1", "sub", "", R"({"viewers":2})"};
  caf::anon_send(keeper, eventsub::arrivals{{{event, ""}}});
  caf::anon_send(keeper, clean_up_atom_v);
  sched.run();
  auto left = file->events("bot", 0, 10);
  REQUIRE_EQ(left.size(), 1u);
  CHECK_EQ(left.front().message_id, "b");
  CHECK_EQ(deeds.size(), 2u);
}

SCENARIO("what is said durably is kept until it is known what became of it") {
  auto thank = [](cog& cog) {
    cog.on_event([&cog](const eventsub::event& event) {
      cog.say("room", "thanks for " + event.message_id, {.durable = true});
      cog.storage().set("last", event.message_id);
    });
  };
  start(thank);
  auto spent = std::make_shared<allowance_log>(account_limits{});
  outbox_actor box;
  auto open_box = [&] {
    auto box_memory = kept<outbox_memory>::make(say_queue::options{}, spent, sched.clock().now(), milliseconds);
    box = sys.spawn<outbox>("bot", strings{"bot"}, keeper, std::move(box_memory));
    sched.run();
  };
  auto writer = sys.spawn([](chat_writer_actor::pointer) -> chat_writer_actor::behavior_type {
    return {[](const outgoing_line&) { return true; }};
  });
  auto join = [&](const std::string& channel) {
    tell(box, membership_change{"bot", channel, membership_change::kind::joined, "irc-1#1"}, writer);
  };
  open_box();
  join("room");
  auto accepted = [&] { return ask<outbox_report>(box, caf::get_atom_v).messages.accepted; };
  arrive("a", 1);
  CHECK_EQ(accepted(), 1u);
  CHECK_EQ(file->says("bot", 0, 10, 0).size(), 1u);
  WHEN("everything is killed and begins anew") {
    kill(box);
    restart_everything(thank);
    open_box();
    CHECK_EQ(accepted(), 0u);
    join("room");
    THEN("it is there again, and the event isn't handled again") {
      CHECK_EQ(accepted(), 1u);
      arrive("a", 1);
      CHECK_EQ(accepted(), 1u);
    }
  }
  WHEN("it has become too old") {
    kill(box);
    open_box(); // where it isn't in the channel
    pass(25h);
    CHECK_EQ(accepted(), 0u);
    CHECK_EQ(report().late_says, 1u);
    THEN("it is forgotten") {
      CHECK(file->says("bot", 0, 10, 0).empty());
    }
  }
  WHEN("a handler throws after it has said something") {
    kill(runner);
    auto before = accepted();
    start([](cog& cog) {
      cog.on_event([&cog](const eventsub::event&) {
        cog.say("room", "too early", {.durable = true});
        throw std::runtime_error("on purpose");
      });
    });
    arrive("b", 1);
    THEN("it was never said") {
      CHECK_EQ(accepted(), before);
      CHECK(file->says("bot", 0, 10, 0).empty());
    }
  }
  WHEN("others are for channels that the bot isn't in") {
    start(thank);
    for (int i = 0; i < 300; ++i)
      arrive("e" + std::to_string(i), 1);
    auto elsewhere = say{.bot = "bot", .channel = "elsewhere", .text = "hi", .max_age_ms = 3'600'000};
    auto before = accepted();
    std::vector<say> many(150, elsewhere);
    outcomes->finish(ledger->look().first, 0, false, {}, many);
    kill(keeper);
    start_store();
    tell(box, use_atom_v, keeper);
    CHECK_EQ(accepted(), before);
    THEN("they are said when it is, each once") {
      join("elsewhere");
      CHECK_EQ(accepted(), before + 150);
      join("elsewhere");
      CHECK_EQ(accepted(), before + 150);
    }
  }
  kill(box);
  kill(writer);
}

END_FIXTURE_SCOPE()
