#define CAF_SUITE net.http_url

#include "runtime/net/http_url.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

std::string cause_of(std::string_view url) {
  const auto parsed = parse_http_url(url);
  return parsed ? "no error" : parsed.error().cause;
}

} // namespace

SCENARIO("the URL of an API is read, with default ports") {
  GIVEN("URLs with and without port and path") {
    auto check = [](std::string_view url, const http_url& expected) {
      const auto parsed = parse_http_url(url);
      CHECK(parsed && *parsed == expected);
    };
    check("https://api.twitch.tv/helix", {{transport::tls, "api.twitch.tv", 443, ""}, "/helix"});
    check("https://id.twitch.tv", {{transport::tls, "id.twitch.tv", 443, ""}, ""});
    check("https://id.twitch.tv/", {{transport::tls, "id.twitch.tv", 443, ""}, ""});
    check("HTTP://LocalHost:8080/a/b%20c/", {{transport::tcp, "localhost", 8080, ""}, "/a/b%20c"});
    check("http://127.0.0.1", {{transport::tcp, "127.0.0.1", 80, ""}, ""});
    check("https://[::1]:7443/x", {{transport::tls, "::1", 7443, ""}, "/x"});
  }
}

SCENARIO("the URL of an API is printed as it is written") {
  GIVEN("URLs in their shortest form") {
    for (std::string url :
         {"https://api.twitch.tv/helix", "http://localhost:8080", "https://[::1]/x", "http://[::1]:1/x"}) {
      const auto parsed = parse_http_url(url);
      REQUIRE(parsed);
      CHECK_EQ(to_string(*parsed), url);
    }
    CHECK_EQ(host_field(*parse_http_url("https://api.twitch.tv:443/helix")), "api.twitch.tv");
    CHECK_EQ(host_field(*parse_http_url("http://api.twitch.tv:443/helix")), "api.twitch.tv:443");
    CHECK_EQ(host_field(*parse_http_url("https://[::1]:80")), "[::1]:80");
  }
}

SCENARIO("what is no URL of an API is a mistake that says what was expected") {
  GIVEN("all kinds of mistakes") {
    CHECK_EQ(cause_of("api.twitch.tv"), "not a URL; expected https://host[:port][/path] or http://…");
    CHECK_EQ(cause_of(""), "not a URL; expected https://host[:port][/path] or http://…");
    CHECK_EQ(cause_of("wss://api.twitch.tv"), "unknown scheme 'wss'; expected https or http");
    CHECK_EQ(cause_of("https:///helix"), "the host is missing; expected https://host");
    CHECK_EQ(cause_of("https://h/p?q=1"), "a query ('?…') has no meaning here");
    CHECK_EQ(cause_of("https://h/p#f"), "a fragment ('#…') has no meaning in an endpoint");
    CHECK_EQ(cause_of("https://h:0/"), "expected a port from 1 to 65535 after the colon");
    CHECK_EQ(cause_of("https://a%0d%0ab/"), "'a??b' is neither a DNS name nor an IP address");
    CHECK_EQ(cause_of("https://h/a b"), "not a URL; expected https://host[:port][/path] or http://…");
    CHECK_EQ(cause_of("https://h/" + std::string(5'000, 'a')), "longer than 4096 bytes");
    CHECK_EQ(parse_http_url("ftp://h").error().place, "URL 'ftp://h'");
  }
  GIVEN("a password") {
    const auto parsed = parse_http_url("https://me:hunter2@h");
    REQUIRE(!parsed);
    CHECK_EQ(to_string(parsed.error()), "URL '…': a user name or password has no place in an endpoint");
  }
}
