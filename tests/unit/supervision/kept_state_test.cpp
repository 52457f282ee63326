#define CAF_SUITE supervision.kept_state

#include "runtime/supervision/kept_state.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

std::optional<kept<int>> take(kept_states& memory, const std::string& path, int first = 0) {
  return memory.take<int>(path, [first] { return std::make_shared<int>(first); });
}

} // namespace

SCENARIO("a state outlives those who work on it, one after the other") {
  kept_states memory;
  {
    auto one = take(memory, "a/b", 7);
    REQUIRE(one);
    CHECK_EQ(**one, 7);
    **one = 8;
    CHECK(!take(memory, "a/b")); // it is in somebody's hands
    CHECK(take(memory, "a/c"));
    auto moved = std::move(one);
    CHECK(!take(memory, "a/b"));
  }
  auto next = take(memory, "a/b", 7);
  REQUIRE(next);
  CHECK_EQ(**next, 8);
}

SCENARIO("what is forgotten begins anew, for whoever comes next") {
  kept_states memory;
  auto old = take(memory, "a/b/c", 1);
  {
    take(memory, "a/b", 2);
    take(memory, "a/bc", 3);
  }
  **old = 11;
  memory.forget("a/b");
  CHECK_EQ(**take(memory, "a/b", 20), 20);
  CHECK_EQ(**take(memory, "a/bc", 30), 3);
  auto young = take(memory, "a/b/c", 10);
  REQUIRE(young);
  CHECK_EQ(**young, 10);
  CHECK_EQ(**old, 11); // the one who had it keeps it
}

SCENARIO("a state of another type isn't given out") {
  kept_states memory;
  take(memory, "a");
  CHECK(!memory.take<std::string>("a", [] { return std::make_shared<std::string>(); }));
  CHECK(memory.share<std::string>("a", [] { return std::make_shared<std::string>(); }) == nullptr);
}

SCENARIO("a state may be shared by those that look after their own safety") {
  kept_states memory;
  auto make = [] { return std::make_shared<int>(1); };
  auto one = memory.share<int>("a", make);
  CHECK(memory.share<int>("a", make) == one);
  memory.forget("a");
  CHECK(memory.share<int>("a", make) != one);
}
