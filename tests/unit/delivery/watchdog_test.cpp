#define CAF_SUITE delivery.watchdog

#include "runtime/delivery/watchdog.hpp"
#include "tests/unit/fixture.hpp"

using creamery::line_gate;
using creamery::watchdog;
using namespace std::chrono_literals;

SCENARIO("a handler that is seen again and again has been running for as long as that") {
  watchdog dog;
  watchdog::time_point now{1h};
  line_gate::position inside{41, true, false};
  CHECK(dog.look(1, inside, now) == 0s);
  CHECK(dog.look(1, inside, now + 1s) == 1s);
  CHECK(dog.look(1, inside, now + 30s) == 30s);
  WHEN("it has returned") {
    CHECK(dog.look(1, {42, false, false}, now + 31s) == 0s);
    CHECK(dog.look(1, {42, false, false}, now + 99s) == 0s); // nothing to do isn't stuck
  }
  WHEN("the next line is in the handler") {
    CHECK(dog.look(1, {42, true, false}, now + 100s) == 0s);
    CHECK(dog.look(1, {42, true, false}, now + 101s) == 1s);
  }
  WHEN("another instance is at the same line") {
    CHECK(dog.look(2, {42, true, false}, now + 200s) == 0s);
  }
  WHEN("something else than a line takes its time") {
    CHECK(dog.look(2, {42, false, true}, now + 300s) == 0s);
    CHECK(dog.look(2, {42, false, true}, now + 307s) == 7s);
  }
}
