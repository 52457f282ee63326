#define CAF_SUITE websocket.frame_encoder

#include "runtime/websocket/frame_encoder.hpp"
#include "tests/unit/fixture.hpp"

#include <string>

using namespace creamery;

namespace {

/// Takes one client frame apart the slow way and unmasks it.
struct unmasked {
  explicit unmasked(std::string_view bytes) {
    auto at = [&](size_t i) { return static_cast<unsigned char>(bytes.at(i)); };
    first = at(0);
    masked = (at(1) & 0x80) != 0;
    size_t length = at(1) & 0x7F;
    size_t begin = 2;
    if (length >= 126) {
      const size_t extra = length == 126 ? 2 : 8;
      length = 0;
      for (size_t i = 0; i < extra; ++i)
        length = length << 8 | at(begin++);
    }
    const auto key = bytes.substr(begin, 4);
    begin += 4;
    for (size_t i = 0; i < length; ++i)
      payload += static_cast<char>(at(begin + i) ^ static_cast<unsigned char>(key[i % 4]));
    size = begin + length;
  }

  int first;
  bool masked;
  std::string payload;
  size_t size;
};

struct encoder_fixture : creamery::test::fixture {
  uint32_t key = 0x01020304;
  frame_encoder encoder{[this] { return key++; }};
  std::string out;
};

} // namespace

BEGIN_FIXTURE_SCOPE(encoder_fixture)

SCENARIO("a client's frames are masked and carry their length in as few bytes as possible") {
  GIVEN("texts of all kinds of lengths") {
    for (size_t size : {0u, 1u, 7u, 8u, 9u, 125u, 126u, 127u, 65'535u, 65'536u, 70'001u}) {
      std::string payload(size, 'x');
      for (size_t i = 0; i < size; ++i)
        payload[i] = static_cast<char>('a' + i % 26);
      out.clear();
      encoder.text(payload, out);
      const unmasked read{out};
      CHECK_EQ(read.first, 0x81);
      CHECK(read.masked);
      CHECK(read.payload == payload);
      CHECK_EQ(read.size, out.size());
      CHECK_EQ(encoded_size(size), out.size());
      CHECK_EQ(out.size() - size, size < 126 ? 6u : size < 65'536 ? 8u : 14u);
    }
  }
}

SCENARIO("frames are appended one behind the other, each with its own key") {
  GIVEN("two equal texts") {
    encoder.text("hello there", out);
    const auto size = out.size();
    encoder.text("hello there", out);
    THEN("the bytes differ, the payloads don't") {
      CHECK_NE(out.substr(0, size), out.substr(size));
      CHECK_EQ(unmasked{out}.payload, unmasked{out.substr(size)}.payload);
    }
  }
}

SCENARIO("control frames keep to 125 bytes") {
  GIVEN("a ping and a pong that are too long") {
    encoder.ping(std::string(200, 'p'), out);
    CHECK_EQ(unmasked{out}.first, 0x89);
    CHECK_EQ(unmasked{out}.payload.size(), 125u);
    out.clear();
    encoder.pong("echo", out);
    CHECK_EQ(unmasked{out}.first, 0x8A);
    CHECK_EQ(unmasked{out}.payload, "echo");
  }
  GIVEN("close frames") {
    WHEN("there is a code") {
      out.clear();
      encoder.close(1000, "done", out);
      CHECK_EQ(unmasked{out}.first, 0x88);
      CHECK_EQ(unmasked{out}.payload, "\x03\xE8"
                                      "done");
    }
    WHEN("there is none") {
      out.clear();
      encoder.close(close_code::none, "ignored", out);
      CHECK_EQ(unmasked{out}.payload, "");
    }
    WHEN("the reason would be cut inside a character") {
      out.clear();
      std::string reason(122, 'x');
      reason += "\u00E9";
      encoder.close(1000, reason, out);
      CHECK_EQ(unmasked{out}.payload.size(), 124u);
    }
  }
}

END_FIXTURE_SCOPE()
