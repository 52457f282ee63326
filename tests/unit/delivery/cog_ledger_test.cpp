#define CAF_SUITE delivery.cog_ledger

#include "runtime/delivery/cog_ledger.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

say saying(const std::string& text) {
  say result;
  result.text = text;
  return result;
}

std::vector<std::string> texts(const cog_ledger& ledger) {
  std::vector<std::string> result;
  for (const auto& one : ledger.unsettled())
    result.push_back(one.text);
  return result;
}

} // namespace

SCENARIO("an instance goes on where the one before it ended") {
  cog_ledger ledger{1};
  auto first = ledger.take_over();
  CHECK_EQ(first.instance, 1u);
  CHECK(!first.lost_one);
  first.gate->enter(1);
  first.gate->leave();
  auto second = ledger.take_over();
  CHECK_EQ(second.instance, 2u);
  CHECK(!second.lost_one);
  CHECK_EQ(second.gate->look().done, 1u);
  CHECK(!first.gate->enter(2));
  CHECK_EQ(ledger.poisoned(), 0u);
}

SCENARIO("whoever is in the middle of something isn't replaced, unless it is given up") {
  cog_ledger ledger{1};
  auto first = ledger.take_over_if_idle(); // there is none yet
  REQUIRE(first);
  first->gate->enter(1);
  CHECK(!ledger.take_over_if_idle());
  CHECK(first->gate->leave()); // it wasn't disturbed
  first->gate->enter_aside();
  CHECK(!ledger.take_over_if_idle());
  first->gate->leave_aside();
  auto second = ledger.take_over_if_idle();
  REQUIRE(second);
  CHECK(!second->lost_one);
  CHECK(!first->gate->enter(2));
  CHECK(!ledger.was_stuck());
  second->gate->enter(2);
  CHECK(!ledger.take_over_if_idle());
  ledger.give_up();
  CHECK(ledger.was_stuck());
  auto third = ledger.take_over_if_idle();
  REQUIRE(third);
  CHECK(third->lost_one);
  third->gate->enter(3);
  CHECK(!ledger.take_over_if_idle()); // it isn't given up because the one before it was
}

SCENARIO("a line that an instance never came back from is poisoned, and not tried again") {
  cog_ledger ledger{1};
  auto first = ledger.take_over();
  first.gate->enter(1);
  auto second = ledger.take_over();
  CHECK(second.lost_one);
  CHECK_EQ(second.gate->look().done, 1u);
  CHECK_EQ(ledger.poisoned(), 1u);
  CHECK_EQ(ledger.look().first, 2u);
  THEN("what the first one reports of it later doesn't count again") {
    ledger.poisoned(first.instance);
    CHECK_EQ(ledger.poisoned(), 1u);
    ledger.poisoned(second.instance);
    CHECK_EQ(ledger.poisoned(), 2u);
  }
}

SCENARIO("what was said is kept until the outbox has it, whichever instance said it") {
  cog_ledger ledger{99};
  auto first = ledger.take_over();
  auto one = ledger.keep(first.instance, saying("one"));
  auto two = ledger.keep(first.instance, saying("two"));
  REQUIRE(one);
  REQUIRE(two);
  CHECK_EQ(one->number, 1u);
  CHECK_EQ(two->number, 2u);
  CHECK_EQ(two->numbering, 99u);
  auto second = ledger.take_over();
  ledger.keep(second.instance, saying("three"));
  CHECK_EQ(texts(ledger), (std::vector<std::string>{"one", "two", "three"}));
  ledger.settled(2);
  ledger.settled(2);
  CHECK_EQ(texts(ledger), (std::vector<std::string>{"one", "three"}));
}

SCENARIO("an instance that was replaced has no say any more") {
  cog_ledger ledger{1};
  auto first = ledger.take_over();
  ledger.take_over();
  CHECK(!ledger.keep(first.instance, saying("late")));
  CHECK(texts(ledger).empty());
  CHECK_EQ(ledger.refused(), 1u);
}

SCENARIO("messages that nobody takes aren't gathered for ever") {
  cog_ledger ledger{1};
  auto turn = ledger.take_over();
  for (size_t i = 0; i < cog_ledger::max_unaccepted; ++i)
    CHECK(ledger.keep(turn.instance, saying("x")));
  CHECK(!ledger.keep(turn.instance, saying("one too many")));
  ledger.settled(1);
  CHECK(ledger.keep(turn.instance, saying("again")));
  CHECK_EQ(ledger.refused(), 1u);
}

SCENARIO("a command that fails again and again rests alone, and comes back") {
  using namespace std::chrono_literals;
  cog_ledger ledger{1};
  cog_ledger::time_point now{1h};
  auto fail = [&](const std::string& command) {
    auto turn = ledger.take_over(now);
    CHECK(ledger.begin_call(turn.instance, command, now));
    return ledger.poisoned(turn.instance, now).value_or("");
  };
  CHECK_EQ(fail("bad"), "");
  CHECK_EQ(fail("good"), "");
  CHECK_EQ(fail("bad"), "");
  CHECK_EQ(fail("bad"), "bad");
  auto turn = ledger.take_over(now);
  CHECK(!ledger.begin_call(turn.instance, "bad", now));
  CHECK_EQ(ledger.skipped_calls(), 1u);
  CHECK(ledger.begin_call(turn.instance, "good", now));
  ledger.end_call(turn.instance);
  CHECK_EQ(ledger.poisoned(turn.instance, now).value_or(""), ""); // by something that is no command
  CHECK_EQ(ledger.resting_commands(now), (std::vector<std::string>{"bad"}));
  WHEN("its time is over") {
    now += 10min;
    THEN("it is called again") {
      CHECK(ledger.resting_commands(now).empty());
      CHECK(ledger.begin_call(turn.instance, "bad", now));
      ledger.end_call(turn.instance);
    }
  }
  WHEN("somebody has seen to it") {
    for (int i = 0; i < 3; ++i)
      fail("bad");
    CHECK_EQ(ledger.resting_commands(now).size(), 1u);
    ledger.forgive();
    CHECK(ledger.resting_commands(now).empty());
  }
  WHEN("an instance is given up in the middle of a call") {
    for (int i = 0; i < 3; ++i) {
      auto stuck = ledger.take_over(now);
      stuck.gate->enter(stuck.gate->look().done + 1);
      ledger.begin_call(stuck.instance, "slow", now);
      auto next = ledger.take_over(now);
      CHECK(ledger.begin_call(next.instance, "good", now));
      ledger.end_call(stuck.instance); // it comes back, and has no say any more
      ledger.end_call(next.instance);
    }
    THEN("that counts as a failure of the command as well") {
      CHECK_EQ(ledger.resting_commands(now), (std::vector<std::string>{"slow"}));
    }
  }
}
