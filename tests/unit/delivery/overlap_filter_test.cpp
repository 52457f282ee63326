#define CAF_SUITE delivery.overlap_filter

#include "runtime/delivery/overlap_filter.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace std::chrono_literals;

namespace {

struct filter_fixture : creamery::test::fixture {
  overlap_filter it{20s};
  overlap_filter::time_point now{1h};

  bool is_double(uint64_t link, const char* text, int64_t sent_at = 0, bool comes_again = true) {
    return it.is_double(link, "kind", text, sent_at, comes_again, now);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(filter_fixture)

SCENARIO("what has come by another link is a double, once for each time that it came") {
  CHECK(!is_double(1, "a"));
  CHECK(!is_double(1, "a")); // the same words once more
  CHECK(is_double(2, "a"));
  CHECK(is_double(2, "a"));
  CHECK(!is_double(2, "a"));
  CHECK(is_double(1, "a"));
  CHECK(!is_double(2, "b"));
  CHECK(!it.is_double(1, "other kind", "b", 0, true, now));
}

SCENARIO("what was sent at another time is another message") {
  CHECK(!is_double(1, "a", 5'000));
  CHECK(!is_double(2, "a", 6'001));
  CHECK(is_double(2, "a", 4'000));
}

SCENARIO("what no other link brings isn't remembered, and what is remembered is forgotten") {
  CHECK(!is_double(1, "a", 0, false));
  CHECK(!is_double(2, "a"));
  now += 21s;
  CHECK(!is_double(1, "a"));
  for (int i = 0; i < 2'000; ++i)
    CHECK(!is_double(1, std::to_string(i).c_str()));
  CHECK(!is_double(2, "1"));
  CHECK(is_double(2, "1999"));
}

END_FIXTURE_SCOPE()
