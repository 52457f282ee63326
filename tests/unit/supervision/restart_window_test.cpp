#define CAF_SUITE supervision.restart_window

#include "runtime/supervision/restart_window.hpp"
#include "tests/unit/fixture.hpp"

#include <random>
#include <vector>

using creamery::restart_window;
using namespace std::chrono_literals;

SCENARIO("a supervisor tolerates bursts but no steady failure") {
  GIVEN("three restarts allowed in five seconds") {
    restart_window window{3, 5s};
    restart_window::clock::time_point t{};
    WHEN("three children fail at once") {
      CHECK(window.admit(t));
      CHECK(window.admit(t));
      CHECK(window.admit(t));
      THEN("a fourth within the period is one too many") {
        CHECK(!window.admit(t + 4999ms));
      }
    }
    WHEN("the period has passed") {
      THEN("the first three no longer count, the fourth does") {
        CHECK(window.admit(t + 5s));
        CHECK(window.admit(t + 5s));
        CHECK(!window.admit(t + 5s));
      }
    }
  }
}

SCENARIO("an intensity of zero tolerates nothing") {
  restart_window window{0, 1h};
  CHECK(!window.admit(restart_window::clock::time_point{}));
  CHECK(!window.admit(restart_window::clock::time_point{} + 100h));
}

SCENARIO("a child that fails regularly, but seldom enough, is restarted for ever") {
  restart_window window{3, 5s};
  restart_window::clock::time_point t{};
  size_t refused = 0;
  for (int i = 0; i < 1'000; ++i, t += 1667ms)
    refused += !window.admit(t);
  CHECK_EQ(refused, 0u);
}

SCENARIO("the window says what counting says") {
  size_t differences = 0;
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    std::minstd_rand random{seed};
    const size_t intensity = random() % 5;
    const auto period = 1s * (1 + random() % 10);
    restart_window window{intensity, period};
    std::vector<restart_window::clock::time_point> all;
    restart_window::clock::time_point now{};
    for (int i = 0; i < 60; ++i) {
      now += 1ms * (random() % 4'000);
      all.push_back(now);
      size_t within = 0;
      for (auto one : all)
        within += now - one < period;
      if (window.admit(now) != (within <= intensity) && ++differences < 3)
        CAF_CHECK_EQUAL("seed " + std::to_string(seed), "");
    }
  }
  CHECK_EQ(differences, 0u);
}
