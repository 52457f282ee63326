#define CAF_SUITE supervision.guilt_list

#include "runtime/supervision/guilt_list.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;

SCENARIO("what is held against a module is known until it is forgiven") {
  guilt_list list{{{"bad", {1'000, "it took the process down"}}}};
  REQUIRE(list.of("bad"));
  CHECK_EQ(list.of("bad")->at, 1'000);
  CHECK(!list.of("good"));
  list.forgive("good");
  list.forgive("bad");
  CHECK(!list.of("bad"));
}
