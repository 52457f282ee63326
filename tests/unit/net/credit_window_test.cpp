#define CAF_SUITE net.credit_window

#include "runtime/net/credit_window.hpp"
#include "tests/unit/fixture.hpp"

#include <string>
#include <thread>

using namespace creamery;

namespace {

struct credit_fixture : creamery::test::fixture {
  credit_window credit{100};
  std::shared_ptr<const slab> memory = slab::copy_of("one two three");

  line_batch publish(size_t lines, size_t cost) {
    std::vector<line_span> spans(lines, line_span{0, 3});
    return credit.publish(memory, spans, cost);
  }

  std::vector<uint64_t> unreleased() {
    std::vector<uint64_t> firsts;
    for (const auto& batch : credit.unreleased())
      firsts.push_back(batch.first);
    return firsts;
  }
};

using numbers = std::vector<uint64_t>;

} // namespace

BEGIN_FIXTURE_SCOPE(credit_fixture)

SCENARIO("what is out is counted until it is given back") {
  GIVEN("a window of 100 bytes") {
    CHECK(!credit.exhausted());
    publish(2, 60);
    CHECK(!credit.exhausted());
    publish(3, 60);
    CHECK(credit.exhausted());
    CHECK_EQ(credit.outstanding(), 120u);
    CHECK_EQ(credit.lines(), 5u);
    WHEN("a part is released") {
      credit.release(60);
      CHECK(!credit.exhausted());
      CHECK_EQ(credit.outstanding(), 60u);
    }
    WHEN("more is released than is out") {
      credit.release(1000);
      THEN("that gives no credit for the future") {
        CHECK_EQ(credit.outstanding(), 0u);
        publish(1, 100);
        CHECK(credit.exhausted());
      }
    }
  }
}

SCENARIO("what was not released can be handed out again") {
  GIVEN("three batches") {
    CHECK_EQ(publish(2, 10).first, 0u);
    CHECK_EQ(publish(1, 20).first, 2u);
    const auto third = publish(4, 30);
    CHECK_EQ(third.first, 3u);
    CHECK_EQ(unreleased(), (numbers{0, 2, 3}));
    WHEN("the first and half of the second are released") {
      credit.release(20);
      CHECK_EQ(unreleased(), (numbers{2, 3}));
      THEN("they are the same as before") {
        const auto again = credit.unreleased().back();
        CHECK(again.lines == third.lines);
        CHECK(again.memory == third.memory);
        CHECK_EQ(again.cost, 30u);
      }
    }
    WHEN("all are") {
      credit.release(40);
      CHECK_EQ(unreleased(), numbers{});
      THEN("their memory is let go") {
        CHECK_EQ(memory.use_count(), 2); // `memory` itself and `third`
      }
    }
  }
}

SCENARIO("many batches pass without piling up") {
  GIVEN("ten thousand batches of which one is always out") {
    publish(1, 10);
    for (int i = 0; i < 10'000; ++i) {
      publish(1, 10);
      credit.release(10);
    }
    CHECK_EQ(credit.outstanding(), 10u);
    CHECK_EQ(unreleased(), (numbers{10'000}));
  }
}

SCENARIO("credit is released by one thread while another one publishes") {
  GIVEN("both at full speed") {
    std::thread owner{[this] {
      for (uint64_t released = 0; released < 100'000;) {
        const auto out = credit.outstanding();
        credit.release(out);
        released += out;
      }
    }};
    for (int i = 0; i < 10'000; ++i)
      publish(1, 10);
    owner.join();
    CHECK_EQ(credit.outstanding(), 0u);
    CHECK_EQ(unreleased(), numbers{});
  }
}

END_FIXTURE_SCOPE()
