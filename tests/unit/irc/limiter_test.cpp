#define CAF_SUITE irc.limiter

#include "runtime/irc/limiter.hpp"
#include "tests/unit/fixture.hpp"

#include <random>
#include <vector>

using namespace creamery;
using namespace std::chrono_literals;

namespace {

/// Counts the slow way: all events of all times.
struct slow_window {
  std::vector<sliding_window::time_point> events;
  sliding_window::clock::duration period;

  size_t available(sliding_window::time_point now, size_t limit) const {
    size_t used = 0;
    for (auto one : events)
      used += now - one < period;
    return limit > used ? limit - used : 0;
  }
};

} // namespace

SCENARIO("a window allows so many and no more until the first of them is old enough") {
  sliding_window window{3, 10s};
  sliding_window::time_point t{1h};
  CHECK_EQ(window.limit(), 3u);
  CHECK(window.period() == 10s);
  CHECK_EQ(window.available(t), 3u);
  CHECK(window.next(t) <= t);
  window.record(t);
  window.record(t + 1s, 2);
  CHECK_EQ(window.available(t + 1s), 0u);
  CHECK(window.next(t + 1s) == t + 10s);
  CHECK_EQ(window.available(t + 9999ms), 0u);
  CHECK_EQ(window.available(t + 10s), 1u);
  CHECK_EQ(window.available(t + 11s), 3u);
}

SCENARIO("events that exceed the limit count all the same") {
  sliding_window window{2, 10s};
  sliding_window::time_point t{1h};
  window.record(t, 5);
  CHECK_EQ(window.available(t), 0u);
  CHECK_EQ(window.available(t + 9s, 7), 2u);
  window.record(t + 1s, 1);
  CHECK(window.next(t + 1s) == t + 10s); // the five are gone then, and one remains
}

SCENARIO("a limit of zero is never free") {
  sliding_window window{0, 10s};
  sliding_window::time_point t{1h};
  CHECK_EQ(window.available(t), 0u);
  CHECK(window.next(t) == sliding_window::time_point::max());
}

SCENARIO("two limits share one window") {
  sliding_window window{2, 10s};
  sliding_window::time_point t{1h};
  window.record(t, 2);
  CHECK_EQ(window.available(t), 0u);
  CHECK_EQ(window.available(t, 5), 3u);
  CHECK(window.next(t, 5) <= t);
  window.record(t + 1s, 3);
  CHECK(window.next(t + 1s, 5) == t + 10s);
  CHECK(window.next(t + 1s) == t + 11s); // two of the later three have to be gone
}

SCENARIO("the window says what counting says, and its next time is the very first free one") {
  size_t differences = 0;
  for (uint32_t seed = 1; seed <= 1'000; ++seed) {
    std::minstd_rand random{seed};
    const size_t limit = 1 + random() % 6;
    const auto period = 1ms * (1 + random() % 50);
    sliding_window window{limit, period};
    slow_window twin{{}, period};
    sliding_window::time_point now{1h};
    for (int i = 0; i < 60; ++i) {
      now += 1ms * (random() % 12);
      auto other = limit + random() % 4;
      auto first_free = now;
      while (twin.available(first_free, other) == 0)
        first_free += 1ms;
      auto same = window.available(now) == twin.available(now, limit)
                  && window.available(now, other) == twin.available(now, other)
                  && window.next(now, other) == first_free;
      if (!same && ++differences < 3)
        CAF_CHECK_EQUAL("seed " + std::to_string(seed), "");
      auto count = random() % 3;
      window.record(now, count);
      twin.events.insert(twin.events.end(), count, now);
    }
  }
  CHECK_EQ(differences, 0u);
}
