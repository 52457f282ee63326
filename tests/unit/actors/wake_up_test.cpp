#define CAF_SUITE actors.wake_up

#include "actors/wake_up.hpp"

#include "tests/unit/actors/doubles.hpp"

using namespace creamery;
using namespace std::chrono_literals;

namespace {

using time_point = wake_up::time_point;

/// Owns an alarm; a test sets it through `set` and looks at when it rang.
struct sleeper_state {
  static inline const char* name = "sleeper";

  explicit sleeper_state(caf::event_based_actor* self) : self_(self) {
  }

  caf::behavior make_behavior() {
    return {
      [this](int64_t milliseconds) {
        next = begin + std::chrono::milliseconds{milliseconds};
        alarm.at(self_, next);
      },
      [this](caf::tick_atom) {
        rang.push_back(self_->clock().now() - begin);
        alarm.rang(self_);
        if (next <= self_->clock().now())
          next += every;
        alarm.at(self_, next);
      },
    };
  }

  caf::event_based_actor* self_;
  time_point begin = self_->clock().now();
  /// What the owner waits for, and how much later it waits for the next thing; the largest duration: for nothing.
  time_point next = time_point::max();
  caf::timespan every = 1h;
  wake_up alarm;
  std::vector<caf::timespan> rang;
};

using sleeper = caf::stateful_actor<sleeper_state>;

struct alarm_fixture : creamery::test::timed_fixture {
  caf::actor owner = sys.spawn<sleeper>();
  sleeper_state& state = deref<sleeper>(owner).state;

  alarm_fixture() {
    sched.run();
  }

  ~alarm_fixture() {
    kill(owner);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(alarm_fixture)

SCENARIO("an alarm rings at the moment it was set to, once") {
  GIVEN("an alarm in two seconds") {
    tell(owner, int64_t{2'000});
    WHEN("just less than that has passed") {
      pass(1999ms);
      THEN("it has not rung") {
        CHECK(state.rang.empty());
      }
    }
    WHEN("the moment comes") {
      pass(1ms);
      THEN("it rings") {
        CHECK_EQ(state.rang, (std::vector<caf::timespan>{2s}));
      }
    }
    WHEN("more time passes than until the next thing that its owner waits for") {
      pass(1h);
      THEN("it rang for that too") {
        CHECK_EQ(state.rang, (std::vector<caf::timespan>{2s, 1h + 2s}));
      }
    }
  }
}

SCENARIO("a moment that has passed already rings at once") {
  pass(10s);
  tell(owner, int64_t{3'000});
  pass(0s);
  CHECK_EQ(state.rang, (std::vector<caf::timespan>{10s}));
}

SCENARIO("the end of time is no moment to wait for") {
  state.next = time_point::max();
  state.alarm.at(&deref<sleeper>(owner), time_point::max());
  CHECK_EQ(timers(), 0u);
}

SCENARIO("a deadline that moves away with every line costs one timer") {
  GIVEN("a deadline a minute ahead that is moved a thousand times") {
    for (int64_t i = 0; i < 1'000; ++i)
      tell(owner, 60'000 + i);
    THEN("there is one timer") {
      CHECK_EQ(timers(), 1u);
    }
    WHEN("the minute is over") {
      pass(61s);
      THEN("the owner was woken for the first moment and for the last one") {
        CHECK_EQ(state.rang, (std::vector<caf::timespan>{60s, 60'999ms}));
      }
    }
  }
}

SCENARIO("an earlier moment comes first and the later one isn't forgotten") {
  tell(owner, int64_t{10'000});
  tell(owner, int64_t{5'000});
  state.every = 5s;
  pass(11s);
  REQUIRE(state.rang.size() >= 2);
  CHECK_EQ(state.rang[0], 5s);
  CHECK_EQ(state.rang[1], 10s);
}

SCENARIO("moments that were brought forward leave no alarms behind that multiply") {
  GIVEN("an owner with something to do every minute, and now and then something earlier") {
    state.every = 1min;
    tell(owner, int64_t{60'000});
    WHEN("that goes on for an hour") {
      for (int i = 0; i < 60; ++i) {
        auto soon = sched.clock().now() - state.begin + 1s;
        tell(owner, int64_t{std::chrono::duration_cast<std::chrono::milliseconds>(soon).count()});
        pass(1min);
      }
      THEN("there are no more timers than there are things to wait for") {
        CHECK_LE(timers(), 2u);
      }
      AND("the owner is woken no more often than there was something to do") {
        auto before = state.rang.size();
        pass(10min);
        CHECK_LE(state.rang.size() - before, 12u);
      }
    }
  }
}

END_FIXTURE_SCOPE()
