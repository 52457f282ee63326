#define CAF_SUITE simulator.limits

#include "simulator/limits.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct limits_fixture {
  limit_table table;
  account_limits limits{table};
  time_point t{400'000h};

  std::string channel(int i) {
    return "channel" + std::to_string(i);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(limits_fixture)

SCENARIO("an ordinary account says twenty messages in thirty seconds") {
  for (int i = 0; i < 20; ++i)
    CHECK(limits.message(channel(i), {}, t + i * 1ms) == rate_verdict::fine);
  WHEN("thirty seconds have passed since the first one") {
    THEN("there is room for one, and no more before the second one is as old") {
      CHECK(limits.message("c", {}, t + 30s) == rate_verdict::fine);
      CHECK(limits.message("d", {}, t + 30s) == rate_verdict::exceeded);
    }
  }
}

SCENARIO("an ordinary account says one message too many") {
  for (int i = 0; i < 20; ++i)
    (void)limits.message(channel(i), {}, t);
  t += 29'999'999us;
  CHECK(limits.message("c", {}, t) == rate_verdict::exceeded);
  THEN("it is ignored for an hour, but not where it is privileged") {
    CHECK(limits.message("c", {}, t + 59min) == rate_verdict::locked_out);
    CHECK(limits.message("d", {true, false}, t + 59min) == rate_verdict::fine);
    CHECK(limits.message("c", {}, t + 60min) == rate_verdict::fine);
  }
}

SCENARIO("a moderator says a hundred messages in thirty seconds") {
  for (int i = 0; i < 100; ++i)
    CHECK(limits.message("c", {true, false}, t) == rate_verdict::fine);
  THEN("the next one is too many, but locks nobody out") {
    CHECK(limits.message("c", {true, false}, t) == rate_verdict::exceeded);
    CHECK(limits.message("c", {true, false}, t + 30s) == rate_verdict::fine);
    CHECK(limits.locked_until() < t);
  }
}

SCENARIO("messages where the account is privileged count elsewhere, too") {
  for (int i = 0; i < 20; ++i)
    (void)limits.message("mine", {true, false}, t);
  CHECK(limits.message("other", {}, t + 1s) == rate_verdict::exceeded);
}

SCENARIO("a second message in a channel waits for a second") {
  CHECK(limits.message("c", {}, t) == rate_verdict::fine);
  CHECK(limits.message("c", {}, t + 999ms) == rate_verdict::channel_too_fast);
  CHECK(limits.message("d", {}, t + 999ms) == rate_verdict::fine);
  CHECK(limits.message("c", {}, t + 1999ms) == rate_verdict::fine);
}

SCENARIO("a verified bot says 7500 messages") {
  for (int i = 0; i < 7500; ++i)
    CHECK(limits.message(channel(i), {false, true}, t) == rate_verdict::fine);
  CHECK(limits.message("c", {false, true}, t) == rate_verdict::exceeded);
}

SCENARIO("JOINs and logins have windows of ten seconds") {
  for (int i = 0; i < 20; ++i) {
    CHECK(limits.join(false, t));
    CHECK(limits.login(false, t));
  }
  CHECK(!limits.join(false, t + 9s));
  CHECK(!limits.login(false, t + 9s));
  CHECK(limits.join(true, t + 9s));
  THEN("refused attempts count as well") {
    CHECK(limits.join(false, t + 10s));
    for (int i = 0; i < 17; ++i)
      CHECK(limits.join(false, t + 10s));
    CHECK(!limits.join(false, t + 10s));
  }
}

SCENARIO("limits that aren't enforced refuse nothing") {
  table.enforced = false;
  for (int i = 0; i < 1000; ++i) {
    CHECK(limits.message("c", {}, t) == rate_verdict::fine);
    CHECK(limits.join(false, t));
    CHECK(limits.login(false, t));
  }
}

END_FIXTURE_SCOPE()
