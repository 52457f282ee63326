#define CAF_SUITE net.endpoint

#include "runtime/net/endpoint.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

std::string cause_of(std::string_view url) {
  const auto parsed = parse_endpoint(url);
  return parsed ? "no error" : parsed.error().cause;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

SCENARIO("endpoints are read, with default ports") {
  GIVEN("the four transports") {
    auto check = [](std::string_view url, const endpoint& expected) {
      const auto parsed = parse_endpoint(url);
      CHECK(parsed && *parsed == expected);
    };
    check("wss://irc-ws.chat.twitch.tv", {transport::wss, "irc-ws.chat.twitch.tv", 443, "/"});
    check("wss://eventsub.wss.twitch.tv/ws?keepalive_timeout_seconds=30",
          {transport::wss, "eventsub.wss.twitch.tv", 443, "/ws?keepalive_timeout_seconds=30"});
    check("ws://localhost:8080/path", {transport::ws, "localhost", 8080, "/path"});
    check("ws://localhost?x=1", {transport::ws, "localhost", 80, "/?x=1"});
    check("ircs://irc.chat.twitch.tv", {transport::tls, "irc.chat.twitch.tv", 6697, ""});
    check("irc://irc.chat.twitch.tv/", {transport::tcp, "irc.chat.twitch.tv", 6667, ""});
    check("IRC://LocalHost:1", {transport::tcp, "localhost", 1, ""});
    check("wss://[::1]:65535/", {transport::wss, "::1", 65535, "/"});
    check("irc://127.0.0.1", {transport::tcp, "127.0.0.1", 6667, ""});
  }
}

SCENARIO("endpoints are printed as they are written") {
  GIVEN("URLs in their shortest form") {
    for (std::string url :
         {"wss://irc-ws.chat.twitch.tv", "ws://localhost:8080/path?x=1", "ircs://[::1]", "irc://[::1]:7000"}) {
      const auto parsed = parse_endpoint(url);
      REQUIRE(parsed);
      CHECK_EQ(to_string(*parsed), url);
    }
    CHECK_EQ(host_and_port(*parse_endpoint("ircs://[::1]")), "[::1]:6697");
    CHECK_EQ(host_and_port(*parse_endpoint("wss://a.b/c?secret")), "a.b:443");
  }
}

SCENARIO("a mistake is answered with what was expected") {
  GIVEN("what people write") {
    CHECK(contains(cause_of(""), "expected wss://host"));
    CHECK(contains(cause_of("irc.chat.twitch.tv"), "expected wss://host"));
    CHECK(contains(cause_of("wss://host with space"), "not a URL"));
    CHECK(contains(cause_of("https://host"), "unknown scheme 'https'; expected wss, ws, ircs or irc"));
    CHECK(contains(cause_of("wss:///path"), "the host is missing"));
    CHECK(contains(cause_of("wss://host:"), "port from 1 to 65535"));
    CHECK(contains(cause_of("wss://host:0"), "port from 1 to 65535"));
    CHECK(contains(cause_of("wss://host:65536"), "port from 1 to 65535"));
    CHECK(contains(cause_of("wss://host:99999"), "port from 1 to 65535"));
    CHECK(contains(cause_of("ircs://host/channel"), "plain IRC has no path"));
    CHECK(contains(cause_of("wss://host/#part"), "fragment"));
    CHECK(contains(cause_of("wss://ho%0d%0ast"), "neither a DNS name nor an IP address"));
    CHECK(contains(cause_of("wss://" + std::string(5000, 'x')), "4096"));
    CHECK_EQ(to_string(parse_endpoint("http://x").error()),
             "endpoint 'http://x': unknown scheme 'http'; expected wss, ws, ircs or irc");
  }
  GIVEN("a URL with a password") {
    const auto parsed = parse_endpoint("wss://me:hunter2@host/");
    REQUIRE(!parsed);
    THEN("the error doesn't repeat it") {
      CHECK(contains(parsed.error().cause, "user name or password"));
      CHECK(!contains(to_string(parsed.error()), "hunter2"));
    }
  }
}
