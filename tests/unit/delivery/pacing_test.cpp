#define CAF_SUITE delivery.pacing

#include "runtime/delivery/pacing.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace std::chrono_literals;

namespace {

struct pacing_fixture {
  pacing pace{1'000};
  pacing::time_point now{1h};

  bool waits(size_t bytes, pacing::duration later = 0ms) {
    now += later;
    return pace.waits(bytes, now);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(pacing_fixture)

SCENARIO("a queue that is at most half full is waited for by nobody") {
  CHECK(!waits(0));
  CHECK(!waits(500));
  CHECK(!waits(500, 1h));
}

SCENARIO("a queue that is more than half full is waited for until it is half empty") {
  CHECK(waits(501));
  CHECK(waits(900, 60ms));
  CHECK(!waits(500, 30ms));
  GIVEN("the next time") {
    CHECK(waits(501, 1ms));
    CHECK(waits(501, 99ms)); // counted from the beginning of this time
  }
}

SCENARIO("a queue that stays too full isn't waited for any longer, before it is nearly empty") {
  CHECK(waits(600));
  CHECK(waits(900, 99ms));
  CHECK(!waits(900, 1ms));
  CHECK(!waits(1'000, 1h));
  CHECK(!waits(400, 1ms));
  CHECK(!waits(600, 1ms));
  CHECK(!waits(250, 1ms));
  CHECK(waits(501, 1ms));
}

SCENARIO("a reader that moves, but can't keep up, is waited for during one burst") {
  // Every ten milliseconds it takes a little out, and the next lines fill it again.
  auto waited = 0ms;
  for (auto i = 0; i < 6'000; ++i) {
    if (waits(501, 5ms))
      waited += 5ms;
    CHECK(!waits(500, 5ms));
  }
  CHECK(waited <= pacing::longest_burst);
  CHECK(waited >= pacing::longest_burst / 4);
  CHECK(!waits(900));
  GIVEN("that it has caught up") {
    CHECK(!waits(250, 1ms));
    CHECK(waits(501, 1ms));
  }
}

END_FIXTURE_SCOPE()
