#define CAF_SUITE net.receive_buffer

#include "runtime/net/receive_buffer.hpp"
#include "tests/unit/fixture.hpp"

#include <algorithm>
#include <string>

using namespace creamery;

namespace {

/// As a read would do.
void fill(receive_buffer& buffer, size_t size, char with, size_t unfinished = 0) {
  const auto room = buffer.prepare(unfinished);
  REQUIRE_LE(size, room.size());
  std::fill_n(room.data(), size, with);
  buffer.commit(size);
}

} // namespace

SCENARIO("a slab is filled from front to back, and only the unfinished end moves on") {
  GIVEN("a buffer with one full read") {
    slab_pool pool;
    receive_buffer buffer{pool};
    fill(buffer, receive_buffer::max_read, 'a');
    const auto first = buffer.memory();
    buffer.consume(receive_buffer::max_read);
    WHEN("there is room for more") {
      fill(buffer, 50'000, 'b');
      THEN("it lies behind, in the same slab") {
        CHECK(buffer.memory() == first);
        CHECK_EQ(buffer.offset(), receive_buffer::max_read);
        CHECK_EQ(buffer.unread().size(), 50'000u);
      }
    }
    WHEN("less than the smallest read is left") {
      buffer.consume(49'900);
      fill(buffer, 10, 'c');
      THEN("the unfinished end lies in a new slab") {
        CHECK(buffer.memory() != first);
        CHECK_EQ(buffer.offset(), 0u);
        CHECK_EQ(buffer.unread(), std::string(100, 'b') + std::string(10, 'c'));
      }
      THEN("what was published is unchanged") {
        CHECK_EQ(text_of(*first, {0, 3}), "aaa");
        CHECK_EQ(text_of(*first, {static_cast<uint32_t>(receive_buffer::max_read), 3}), "bbb");
      }
    }
  }
}

SCENARIO("something long gets a slab in which it fits in one piece") {
  GIVEN("the beginning of a frame of 300,000 bytes") {
    slab_pool pool;
    receive_buffer buffer{pool};
    fill(buffer, 1000, 'x');
    for (size_t size = 1000; size < 300'000;) {
      const auto room = buffer.prepare(300'000);
      const auto more = std::min(room.size(), 300'000 - size);
      std::fill_n(room.data(), more, 'x');
      buffer.commit(more);
      size += more;
    }
    CHECK_EQ(buffer.unread(), std::string(300'000, 'x'));
    CHECK_GE(buffer.memory()->capacity(), 300'000u);
    WHEN("it is done with") {
      buffer.consume(300'000);
      buffer.prepare();
      buffer.prepare();
      THEN("slabs have their usual size again") {
        for (int i = 0; i < 4; ++i)
          fill(buffer, receive_buffer::min_room, 'y'), buffer.consume(receive_buffer::min_room);
        CHECK_EQ(buffer.memory()->capacity(), slab::usual_capacity);
      }
    }
  }
  GIVEN("something that grows without telling its length") {
    slab_pool pool;
    receive_buffer buffer{pool};
    for (int i = 0; i < 40; ++i)
      fill(buffer, receive_buffer::min_room, 'x');
    CHECK_EQ(buffer.unread(), std::string(40 * receive_buffer::min_room, 'x'));
  }
}

SCENARIO("slabs are used again when their last reader is gone") {
  GIVEN("a pool that keeps two") {
    slab_pool pool{2};
    auto a = pool.take();
    auto b = pool.take();
    auto c = pool.take();
    const void* const memory = a->data();
    std::shared_ptr<const slab> reader = a;
    a.reset();
    CHECK_EQ(pool.free_slabs(), 0u);
    reader.reset();
    CHECK_EQ(pool.free_slabs(), 1u);
    auto again = pool.take();
    CHECK_EQ(static_cast<const void*>(again->data()), memory);
    again.reset();
    b.reset();
    c.reset();
    THEN("no more than two are kept, and no large ones") {
      CHECK_EQ(pool.free_slabs(), 2u);
      pool.take(slab::usual_capacity + 1).reset();
      CHECK_EQ(pool.free_slabs(), 2u);
    }
  }
  GIVEN("a slab that outlives its pool") {
    auto pool = std::make_unique<slab_pool>();
    auto survivor = pool->take();
    pool.reset();
    survivor->data()[0] = 'x';
    CHECK_EQ(survivor.use_count(), 1);
  }
}
