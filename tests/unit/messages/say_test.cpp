#define CAF_SUITE messages.say

#include "messages/say.hpp"
#include "tests/unit/fixture.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/byte_buffer.hpp>

using namespace creamery;

BEGIN_FIXTURE_SCOPE(creamery::test::fixture)

SCENARIO("something to say arrives on another machine as it was") {
  say message{.bot = "bot",
              .channel = "chan",
              .text = "hi \xFF there",
              .reply_to = "7",
              .promise = delivery_promise::at_least_once,
              .max_age_ms = 0xFFFFFFFF,
              .cog = "echo",
              .numbering = 3,
              .number = 4,
              .caused_at = -5};
  caf::byte_buffer bytes;
  caf::binary_serializer sink{sys, bytes};
  REQUIRE(sink.apply(message));
  say copy;
  caf::binary_deserializer source{sys, bytes};
  REQUIRE(source.apply(copy));
  CHECK(copy == message);
  GIVEN("the same with a promise that nobody knows") {
    message.promise = static_cast<delivery_promise>(2);
    bytes.clear();
    caf::binary_serializer again{sys, bytes};
    CHECK((!again.apply(message) || !caf::binary_deserializer{sys, bytes}.apply(copy)));
  }
  GIVEN("the bytes cut off anywhere") {
    for (size_t size = 0; size < bytes.size(); ++size) {
      say partial;
      caf::byte_buffer part{bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)};
      caf::binary_deserializer short_source{sys, part};
      CHECK(!short_source.apply(partial));
    }
  }
}

END_FIXTURE_SCOPE()
