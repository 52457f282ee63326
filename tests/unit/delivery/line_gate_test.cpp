#define CAF_SUITE delivery.line_gate

#include "runtime/delivery/line_gate.hpp"
#include "tests/unit/fixture.hpp"

#include <thread>
#include <vector>

using creamery::line_gate;
using position = line_gate::position;

SCENARIO("lines go through one after the other, and it is known how far they are") {
  line_gate gate;
  CHECK(gate.look() == (position{0, false, false}));
  CHECK(gate.enter(1));
  CHECK(gate.look() == (position{0, true, false}));
  CHECK(gate.leave());
  CHECK(gate.look() == (position{1, false, false}));
  CHECK(gate.enter(5)); // 2 to 4 were shed
  CHECK(gate.look() == (position{4, true, false}));
  CHECK(gate.leave());
  CHECK(gate.enter_aside());
  CHECK(gate.look() == (position{5, false, true}));
  CHECK(gate.look().busy());
  CHECK(gate.leave_aside());
  CHECK(!gate.look().busy());
}

SCENARIO("nothing goes through a gate that was closed") {
  line_gate gate{7};
  CHECK(gate.enter(8));
  CHECK(gate.leave());
  CHECK(gate.close() == (position{8, false, false}));
  CHECK(!gate.enter(9));
  CHECK(!gate.enter_aside());
  CHECK(gate.close() == (position{8, false, false}));
}

SCENARIO("who is inside when the gate is closed is told on the way out") {
  line_gate gate;
  CHECK(gate.enter(3));
  CHECK(gate.close() == (position{2, true, false}));
  CHECK(!gate.leave());
  CHECK(!gate.enter(4));
  line_gate other;
  CHECK(other.enter_aside());
  CHECK(other.close() == (position{0, false, true}));
  CHECK(!other.leave_aside());
}

SCENARIO("whenever a gate is closed, each line is either known to be begun or never will be") {
  for (int round = 0; round < 2'000; ++round) {
    line_gate gate;
    uint64_t begun = 0;
    uint64_t finished = 0;
    std::thread worker{[&] {
      for (uint64_t number = 1; gate.enter(number); ++number) {
        begun = number;
        if (!gate.leave())
          break;
        finished = number;
      }
    }};
    while (gate.look().done < static_cast<uint64_t>(round % 50))
      std::this_thread::yield();
    auto last = gate.close();
    worker.join();
    if (begun != last.done + (last.inside ? 1 : 0) || finished != last.done)
      FAIL("begun " << begun << ", finished " << finished << ", but the gate said " << last.done);
  }
}
