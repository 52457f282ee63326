#define CAF_SUITE websocket.handshake

#include "runtime/websocket/base64.hpp"
#include "runtime/websocket/handshake.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

SCENARIO("key and accept value are those of the standard's example") {
  GIVEN("the example of RFC 6455, section 1.3") {
    std::array<uint8_t, 16> random;
    std::copy_n("the sample nonce", random.size(), random.begin());
    CHECK_EQ(websocket_key(random), "dGhlIHNhbXBsZSBub25jZQ==");
    CHECK_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  }
}

SCENARIO("base64 is padded") {
  GIVEN("the test vectors of RFC 4648, section 10") {
    CHECK_EQ(to_base64(""), "");
    CHECK_EQ(to_base64("f"), "Zg==");
    CHECK_EQ(to_base64("fo"), "Zm8=");
    CHECK_EQ(to_base64("foo"), "Zm9v");
    CHECK_EQ(to_base64("foob"), "Zm9vYg==");
  }
}
