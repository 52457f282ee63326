#define CAF_SUITE simulator.wire_queue

#include "simulator/wire_queue.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct queue_fixture {
  wire_queue queue;
  time_point now{400'000h};

  void add(std::string_view text) {
    queue.tail() += text;
    queue.commit(1, now);
  }

  std::string take() {
    std::string bytes{queue.next(now)};
    queue.written(bytes.size(), now);
    return bytes;
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(queue_fixture)

SCENARIO("what was added is written together") {
  add("one");
  add("two");
  CHECK_EQ(queue.size(), 6u);
  auto bytes = queue.next(now);
  CHECK_EQ(std::string{bytes}, "onetwo");
  WHEN("more is added while it is being written") {
    add(std::string(100'000, 'x'));
    THEN("what was handed out stays where it is") {
      CHECK_EQ(std::string{bytes}, "onetwo");
      queue.written(4, now);
      CHECK_EQ(queue.unwritten_lines(), 2u);
      CHECK_EQ(take(), "wo");
      CHECK_EQ(queue.unwritten_lines(), 1u);
      CHECK_EQ(take().size(), 100'000u);
      CHECK(queue.empty());
      CHECK_EQ(queue.unwritten_lines(), 0u);
    }
  }
}

SCENARIO("bytes come in pieces") {
  queue.shape({.piece = 2});
  add("hello");
  CHECK_EQ(take(), "he");
  CHECK_EQ(take(), "ll");
  CHECK_EQ(take(), "o");
}

SCENARIO("bytes trickle") {
  queue.shape({.bytes_per_second = 1000});
  add(std::string(100, 'x'));
  auto begun = now;
  size_t taken = 0;
  while (!queue.empty()) {
    taken += take().size();
    if (!queue.empty()) {
      CHECK(queue.next(now).empty());
      now = queue.ready_at();
    }
  }
  CHECK_EQ(taken, 100u);
  CHECK(now - begun >= 79ms);
  CHECK(now - begun <= 100ms);
}

SCENARIO("bytes travel for a while") {
  queue.shape({.latency = 200ms});
  add("early");
  now += 100ms;
  add("late");
  CHECK(queue.next(now).empty());
  now = queue.ready_at();
  CHECK_EQ(take(), "early");
  CHECK(queue.next(now).empty());
  now = queue.ready_at();
  CHECK_EQ(take(), "late");
  WHEN("the connection is quick again") {
    add("rest");
    queue.shape({});
    CHECK_EQ(take(), "rest");
  }
}

END_FIXTURE_SCOPE()
