#define CAF_SUITE supervision.backoff

#include "runtime/supervision/backoff.hpp"
#include "tests/unit/fixture.hpp"

#include <set>

using creamery::backoff;
using namespace std::chrono_literals;

SCENARIO("without jitter each wait is twice the last one, up to the cap") {
  backoff waits{{.first = 1s, .cap = 10s, .jitter = 0}, 1};
  CHECK_EQ(waits.failures(), 0u);
  for (auto expected : {1s, 2s, 4s, 8s, 10s, 10s})
    CHECK(waits.next() == expected);
  CHECK_EQ(waits.failures(), 6u);
  GIVEN("a success") {
    waits.reset();
    CHECK_EQ(waits.failures(), 0u);
    CHECK(waits.next() == 1s);
  }
}

SCENARIO("jitter only ever shortens a wait, and not by more than its share") {
  size_t outside = 0;
  std::set<backoff::duration> different;
  for (uint64_t seed = 0; seed < 1'000; ++seed) {
    backoff waits{{.first = 1s, .cap = 1min, .jitter = 0.5}, seed};
    for (auto full : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
      auto wait = waits.next();
      outside += wait > full || wait < full / 2;
      if (full == 60s)
        different.insert(wait);
    }
  }
  CHECK_EQ(outside, 0u);
  CHECK_GT(different.size(), 1'500u); // those who failed together don't try again together
}

SCENARIO("one seed gives one sequence") {
  backoff a{{}, 7};
  backoff b{{}, 7};
  for (int i = 0; i < 20; ++i)
    CHECK(a.next() == b.next());
}

SCENARIO("the waits stay sane after any number of failures and with odd options") {
  GIVEN("a hundred thousand failures") {
    backoff waits{{.first = 1s, .cap = 2min, .jitter = 0}, 1};
    backoff::duration last{};
    for (int i = 0; i < 100'000; ++i)
      last = waits.next();
    CHECK(last == 2min);
  }
  GIVEN("a cap of years") {
    backoff waits{{.first = 1s, .cap = std::chrono::hours{24 * 365 * 50}, .jitter = 0}, 1};
    auto last = waits.next();
    size_t wrong = 0;
    for (int i = 0; i < 100; ++i) {
      auto wait = waits.next();
      wrong += wait < last || wait > std::chrono::hours{24 * 365 * 50};
      last = wait;
    }
    CHECK_EQ(wrong, 0u);
  }
  GIVEN("a first wait beyond the cap") {
    backoff waits{{.first = 10s, .cap = 3s, .jitter = 0}, 1};
    CHECK(waits.next() == 3s);
    CHECK(waits.next() == 3s);
  }
  GIVEN("no wait at all") {
    backoff waits{{.first = 0s, .cap = 3s, .jitter = 1}, 1};
    for (int i = 0; i < 50; ++i)
      CHECK(waits.next() == 0s);
  }
}
