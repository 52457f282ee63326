#define CAF_SUITE config.endpoint_syntax

#include "config/endpoint_syntax.hpp"
#include "tests/unit/fixture.hpp"

#include <array>

using namespace creamery;

namespace {

constexpr std::array<std::string_view, 2> schemes{"wss", "ws"};

std::string mistake_in(std::string_view url, bool may_have_user = false) {
  return find_url_mistake(url, schemes, may_have_user).value_or("");
}

std::string address(std::string_view text) {
  auto parsed = parse_listen_address(text);
  return parsed ? parsed->host + " " + std::to_string(parsed->port) : "";
}

} // namespace

SCENARIO("the URL of an endpoint has a scheme, a host, and perhaps a port and a path") {
  GIVEN("good URLs") {
    WHEN("they are checked") {
      THEN("nothing is found") {
        CHECK_EQ(mistake_in("wss://irc-ws.chat.twitch.tv:443"), "");
        CHECK_EQ(mistake_in("WS://localhost"), "");
        CHECK_EQ(mistake_in("ws://[::1]:80/ws?keepalive_timeout_seconds=30"), "");
        CHECK_EQ(mistake_in("ws://user:pw@localhost", true), "");
      }
    }
  }
  GIVEN("bad URLs") {
    WHEN("they are checked") {
      THEN("the mistake is named") {
        CHECK_EQ(mistake_in(""), "is no URL");
        CHECK_EQ(mistake_in("localhost"), "is no URL");
        CHECK_EQ(mistake_in("localhost:80"), "has the scheme 'localhost'");
        CHECK_EQ(mistake_in("ws://a b"), "is no URL");
        CHECK_EQ(mistake_in("https://localhost"), "has the scheme 'https'");
        CHECK_EQ(mistake_in("ws:///path"), "has no host");
        CHECK_EQ(mistake_in("ws:path"), "has no host");
        CHECK_EQ(mistake_in("ws://localhost:0"), "has no valid port");
        CHECK_EQ(mistake_in("ws://localhost:65536"), "has no valid port");
        CHECK_NE(mistake_in("ws://localhost:x"), ""); // what Boost calls it depends on its version
        CHECK_EQ(mistake_in("ws://user:pw@localhost"), "has a user name");
        CHECK_EQ(mistake_in("ws://localhost#x"), "has a fragment (#…)");
      }
    }
  }
}

SCENARIO("an address to listen on is a host and a port") {
  GIVEN("addresses") {
    WHEN("they are parsed") {
      THEN("both parts are found, or neither") {
        CHECK_EQ(address("127.0.0.1:7780"), "127.0.0.1 7780");
        CHECK_EQ(address("localhost:1"), "localhost 1");
        CHECK_EQ(address("[::1]:7780"), "::1 7780");
        CHECK_EQ(address("7780"), "");
        CHECK_EQ(address(":7780"), "");
        CHECK_EQ(address("a:0"), "a 0"); // any free port
        CHECK_EQ(address("a:65536"), "");
        CHECK_EQ(address("a:+1"), "");
        CHECK_EQ(address("::1:7780"), "");
        CHECK_EQ(address("[::x]:7780"), "");
        CHECK_EQ(address("a b:7780"), "");
      }
    }
    WHEN("it is asked who can reach them") {
      THEN("only this machine's own are private") {
        CHECK(is_loopback("127.0.0.1"));
        CHECK(is_loopback("127.1.2.3"));
        CHECK(is_loopback("localhost"));
        CHECK(is_loopback("::1"));
        CHECK(!is_loopback("0.0.0.0"));
      }
    }
  }
}
