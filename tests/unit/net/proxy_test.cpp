#define CAF_SUITE net.proxy

#include "runtime/net/proxy.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

const endpoint chat = *parse_endpoint("wss://irc-ws.chat.twitch.tv");
const endpoint plain = *parse_endpoint("irc://irc.chat.twitch.tv");

/// `host:port` of the proxy that is chosen, "direct", or the error.
std::string choice(const proxy_rules& rules, const endpoint& server) {
  const auto chosen = choose_proxy(rules, server);
  if (!chosen)
    return to_string(chosen.error());
  return *chosen ? host_and_port((*chosen)->host, (*chosen)->port) : "direct";
}

bool is_exempt(std::string no_proxy, std::string_view url) {
  return choice({"http://p", "http://p", std::move(no_proxy)}, *parse_endpoint(url)) == "direct";
}

} // namespace

SCENARIO("a proxy is read from a URL") {
  GIVEN("proxies with and without credentials") {
    CHECK(*parse_proxy("http://proxy.lan:3128") == (http_proxy{"proxy.lan", 3128, "", ""}));
    CHECK(*parse_proxy("proxy.lan") == (http_proxy{"proxy.lan", 80, "", ""}));
    CHECK(*parse_proxy("http://me:p%40ss@[::1]:8080/") == (http_proxy{"::1", 8080, "me", "p@ss"}));
  }
  GIVEN("what can't be used") {
    CHECK_EQ(parse_proxy("socks5://proxy").error().cause, "scheme 'socks5' is not supported; expected http");
    CHECK(!parse_proxy("http://"));
    CHECK(!parse_proxy("http://proxy:0"));
    THEN("errors don't repeat a password") {
      CHECK_EQ(to_string(parse_proxy("socks5://me:hunter2@proxy").error()).find("hunter2"), std::string::npos);
      CHECK_EQ(to_string(parse_proxy("http://me:hunter2@proxy:99999").error()).find("hunter2"), std::string::npos);
    }
  }
}

SCENARIO("the environment decides which proxy is used") {
  GIVEN("no rules") {
    CHECK_EQ(choice({}, chat), "direct");
  }
  GIVEN("a proxy for TLS and one for everything") {
    const proxy_rules rules{"http://secure:1", "http://any:2", ""};
    CHECK_EQ(choice(rules, chat), "secure:1");
    CHECK_EQ(choice(rules, plain), "any:2");
    CHECK_EQ(choice({"", "http://any:2", ""}, chat), "any:2");
    CHECK_EQ(choice({"http://secure:1", "", ""}, plain), "direct");
  }
  GIVEN("a variable that holds no usable proxy") {
    CHECK_EQ(choice({"", "socks5://p", ""}, chat), "all_proxy: scheme 'socks5' is not supported; expected http");
    CHECK_EQ(choice({"socks5://p", "", ""}, plain), "direct");
  }
  GIVEN("this machine as the server") {
    const proxy_rules rules{"http://p", "http://p", ""};
    for (auto url : {"wss://localhost", "wss://127.0.0.1", "ws://127.1.2.3", "irc://[::1]", "wss://api.localhost"})
      CHECK_EQ(choice(rules, *parse_endpoint(url)), "direct");
  }
}

SCENARIO("no_proxy exempts hosts, domains and networks") {
  GIVEN("entries of all kinds") {
    CHECK(is_exempt("*", "wss://a.example.com"));
    CHECK(is_exempt("example.com", "wss://example.com"));
    CHECK(is_exempt("example.com", "wss://a.example.com"));
    CHECK(is_exempt(".example.com", "wss://a.example.com"));
    CHECK(is_exempt("*.example.com", "wss://a.example.com"));
    CHECK(is_exempt("Example.COM", "wss://example.com"));
    CHECK(is_exempt("other, example.com ", "wss://example.com"));
    CHECK(!is_exempt("example.com", "wss://notexample.com"));
    CHECK(!is_exempt("a.example.com", "wss://example.com"));
    CHECK(!is_exempt("", "wss://example.com"));
    CHECK(!is_exempt(" , ,", "wss://example.com"));
    CHECK(is_exempt("example.com:443", "wss://example.com"));
    CHECK(!is_exempt("example.com:80", "wss://example.com"));
    CHECK(is_exempt("10.0.0.0/8", "wss://10.1.2.3"));
    CHECK(!is_exempt("10.0.0.0/8", "wss://11.1.2.3"));
    CHECK(is_exempt("10.1.2.3", "wss://10.1.2.3"));
    CHECK(is_exempt("fd00::/8", "wss://[fd12::1]"));
    CHECK(is_exempt("fd12::1", "wss://[fd12::1]"));
    CHECK(is_exempt("[fd12::1]:443", "wss://[fd12::1]"));
    CHECK(!is_exempt("fd00::/8", "wss://10.1.2.3"));
  }
}
