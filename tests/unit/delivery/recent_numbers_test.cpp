#define CAF_SUITE delivery.recent_numbers

#include "runtime/delivery/recent_numbers.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;

SCENARIO("numbers are known in whatever order they come, and old ones for ever") {
  GIVEN("more numbers than are remembered") {
    recent_numbers numbers;
    numbers.add(5);
    CHECK(numbers.contains(5));
    CHECK(!numbers.contains(4)); // it may still come
    numbers.add(4);
    CHECK(numbers.contains(4));
    CHECK(!numbers.contains(3));
    for (uint64_t number = 10; number < 10 + recent_numbers::capacity; ++number)
      numbers.add(number);
    CHECK(numbers.contains(3));
    CHECK(numbers.contains(5));
    CHECK(!numbers.contains(6));
    CHECK(numbers.contains(10));
    CHECK(!numbers.contains(10 + recent_numbers::capacity));
  }
}
