#define CAF_SUITE simulator.rate_bucket

#include "simulator/rate_bucket.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

SCENARIO("a bucket empties by calls and fills by time") {
  time_point now{std::chrono::hours{400'000}};
  rate_bucket bucket{60, 60s, now};
  for (int i = 0; i < 60; ++i)
    CHECK(bucket.take(now));
  CHECK(!bucket.take(now));
  CHECK_EQ(bucket.state(now).remaining, 0u);
  CHECK_EQ(bucket.state(now).limit, 60u);
  CHECK(bucket.state(now).full_at == now + 60s);
  now += 1s;
  CHECK(bucket.take(now));
  CHECK(!bucket.take(now));
  CHECK(!bucket.is_full(now));
  now += 60s;
  CHECK(bucket.is_full(now));
  CHECK(bucket.state(now).full_at == now);
  now += 1h;
  CHECK_EQ(bucket.state(now).remaining, 60u);
}

SCENARIO("a bucket without points refuses everybody") {
  time_point now{};
  rate_bucket bucket{0, 60s, now};
  CHECK(!bucket.take(now + 1h));
}
