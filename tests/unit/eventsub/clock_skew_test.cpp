#define CAF_SUITE eventsub.clock_skew

#include "runtime/eventsub/clock_skew.hpp"

#include <caf/test/unit_test.hpp>

using creamery::eventsub::clock_skew;
using namespace std::chrono_literals;

namespace {

constexpr int64_t now = 1'800'000'000'000;

int64_t before(std::chrono::milliseconds age) {
  return now - age.count();
}

} // namespace

CAF_TEST(messages that are a little old say nothing) {
  clock_skew clock;
  CHECK(!clock.add(before(2s), now, false));
  CHECK(!clock.add(before(59s), now, true));
  CHECK(!clock.ahead());
}

CAF_TEST(one message from the future says that our clock is behind) {
  clock_skew clock;
  CHECK(clock.add(before(-5min), now, false));
  CHECK_EQ(*clock.ahead(), -5min);
}

CAF_TEST(a new message that is old says that our clock is ahead) {
  clock_skew clock;
  CHECK(clock.add(before(1h), now, true));
  CHECK_EQ(*clock.ahead(), 1h);
}

CAF_TEST(repetitions are old and say nothing as long as they differ) {
  clock_skew clock;
  for (auto age : {2min, 5min, 9min, 12min, 2min})
    CHECK(!clock.add(before(age), now, false));
  CHECK(!clock.ahead());
}

CAF_TEST(three messages in a row that are equally old say that it is the clock) {
  clock_skew clock;
  CHECK(!clock.add(before(20min), now, false));
  CHECK(!clock.add(before(20min + 3s), now, false));
  CHECK(clock.add(before(20min - 1s), now, false));
  CHECK_EQ(*clock.ahead(), 20min - 1s);
}

CAF_TEST(a message in time says that the clock has been set) {
  clock_skew clock;
  clock.add(before(1h), now, true);
  CHECK(clock.add(before(1s), now, false));
  CHECK(!clock.ahead());
  // … and what came before it counts no more.
  CHECK(!clock.add(before(20min), now, false));
  CHECK(!clock.add(before(20min), now, false));
  CHECK(!clock.ahead());
}
