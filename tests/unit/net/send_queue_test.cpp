#define CAF_SUITE net.send_queue

#include "runtime/net/send_queue.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using outcome = send_queue::outcome;

SCENARIO("what comes together while something is being written leaves in one write") {
  GIVEN("a queue of plain lines") {
    send_queue queue{false, 100};
    std::string out;
    CHECK(!queue.take(out));
    CHECK(queue.push("one\r\n") == outcome::wake);
    CHECK(queue.push("two\r\n") == outcome::queued);
    WHEN("the network thread takes it") {
      CHECK(queue.take(out));
      CHECK_EQ(out, "one\r\ntwo\r\n");
      CHECK(queue.push("three\r\n") == outcome::queued);
      CHECK(queue.push("four\r\n") == outcome::queued);
      CHECK(queue.take(out));
      CHECK_EQ(out, "three\r\nfour\r\n");
    }
    WHEN("nothing is left") {
      CHECK(!queue.take(out));
      THEN("the next one has to wake it") {
        CHECK(queue.push("five\r\n") == outcome::wake);
      }
    }
  }
}

SCENARIO("the queue is bounded") {
  GIVEN("a queue of ten bytes") {
    send_queue queue{false, 10};
    CHECK(queue.push("1234567890") != outcome::refused);
    CHECK(queue.push("1") == outcome::refused);
    CHECK_EQ(queue.size(), 10u);
    WHEN("what waits is discarded") {
      CHECK_EQ(queue.discard(), 10u);
      CHECK(queue.push("1") != outcome::refused);
      CHECK(queue.push("1234567890") == outcome::refused);
    }
  }
  GIVEN("a queue of frames") {
    send_queue queue{true, 20};
    THEN("their headers count") {
      CHECK(queue.push("123456789012345") == outcome::refused);
      CHECK(queue.push("12345678901234") != outcome::refused);
      CHECK(queue.push_pong("x") == outcome::refused);
    }
  }
}

SCENARIO("a close frame is the last one") {
  GIVEN("a full queue of frames") {
    send_queue queue{true, 7};
    CHECK(queue.push("x") != outcome::refused);
    CHECK(queue.push_close(1000, "") != outcome::refused);
    CHECK_EQ(queue.size(), 7u + 8u);
    CHECK(queue.push_close(1000, "") == outcome::refused);
    CHECK(queue.push("y") == outcome::refused);
    CHECK(queue.push_pong("") == outcome::refused);
    CHECK_EQ(queue.discard(), 0u);
  }
  GIVEN("a queue of plain lines") {
    send_queue queue{false, 7};
    CHECK(queue.push_close(1000, "") == outcome::refused);
    CHECK(queue.push("y") == outcome::refused);
    CHECK_EQ(queue.size(), 0u);
  }
}
