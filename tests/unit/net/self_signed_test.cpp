#define CAF_SUITE net.self_signed

#include "runtime/net/self_signed.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

// Whether clients accept the certificates, and only for their names, is tested with real connections:
// net_session_test.cpp.

SCENARIO("certificates are made as PEM, new ones each time") {
  GIVEN("names and addresses") {
    const auto made = make_self_signed({"localhost", "127.0.0.1", "::1", "*.example.com"});
    const auto other = make_self_signed({"localhost"});
    REQUIRE(made && other);
    CHECK(made->ca_certificate.starts_with("-----BEGIN CERTIFICATE-----"));
    CHECK(made->certificate.starts_with("-----BEGIN CERTIFICATE-----"));
    CHECK(made->private_key.starts_with("-----BEGIN PRIVATE KEY-----"));
    CHECK_NE(made->ca_certificate, other->ca_certificate);
    CHECK_NE(made->private_key, other->private_key);
  }
}

SCENARIO("bad names are refused") {
  GIVEN("none, and some that would mean something to OpenSSL's configuration") {
    CHECK_EQ(make_self_signed({}).error().cause, "no names given: at least one DNS name or IP address is needed");
    CHECK_EQ(make_self_signed({"a,DNS:b"}).error().cause, "'a,DNS:b' is neither a DNS name nor an IP address");
    CHECK(!make_self_signed({""}));
    CHECK(!make_self_signed({"a b"}));
  }
}
