#define CAF_SUITE net.http_client

#include "runtime/net/http_client.hpp"
#include "runtime/net/net_context.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/net/http_test_server.hpp"
#include "tests/unit/net/session_recorder.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <atomic>
#include <future>
#include <thread>

using namespace creamery;
using namespace creamery::test;
using namespace std::chrono_literals;
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

using strings = std::vector<std::string>;
using future_outcome = std::future<http_outcome>;

http_call get(std::string target) {
  http_call made;
  made.target = std::move(target);
  return made;
}

http_call post(std::string target, std::string_view body = "{}") {
  auto made = get(std::move(target));
  made.method = "POST";
  made.content_type = "application/json";
  made.body = secret{body};
  return made;
}

http_failure no_outcome(std::string text) {
  http_failure made;
  made.why.text = std::move(text);
  return made;
}

/// Waits for it, at most ten seconds.
http_outcome outcome_of(future_outcome& expected) {
  if (expected.wait_for(10s) != std::future_status::ready)
    return no_outcome("done was never called");
  return expected.get();
}

/// `200 body`, or the failure, with a `?` when the server may have acted on the call.
std::string shown(const http_outcome& outcome) {
  if (const auto* answer = std::get_if<http_answer>(&outcome))
    return std::to_string(answer->status) + " " + answer->body;
  const auto& failed = std::get<http_failure>(outcome);
  return std::string{to_string(failed.why.step)} + ": " + failed.why.text + (failed.maybe_received ? " ?" : "");
}

std::string shown(future_outcome& expected) {
  return shown(outcome_of(expected));
}

/// Answers each request with its first line and body.
test_reply echo(const test_request& request) {
  return {ok(request.line() + request.body), false};
}

struct http_fixture : creamery::test::fixture {
  std::unique_ptr<net_context> context = make_context(certificates());
  http_client_options options;

  static std::unique_ptr<net_context> make_context(const self_signed& trusted, proxy_rules proxies = {}) {
    auto made = net_context::make({{}, trusted.ca_certificate, std::move(proxies)});
    if (!made)
      CAF_FAIL(to_string(made.error()));
    return *std::move(made);
  }

  http_client client_of(uint16_t port, transport kind = transport::tcp, std::string host = "localhost") {
    return http_client{*context, {{kind, std::move(host), port, ""}, ""}, options};
  }

  static future_outcome send(http_client& client, http_call call) {
    auto promise = std::make_shared<std::promise<http_outcome>>();
    auto outcome = promise->get_future();
    if (!client.send(std::move(call), [promise](http_outcome x) { promise->set_value(std::move(x)); }))
      promise->set_value(no_outcome("the context has been stopped"));
    return outcome;
  }

  static std::string ask(http_client& client, http_call call) {
    auto outcome = send(client, std::move(call));
    return shown(outcome);
  }

  /// What a client says when the server answers each request with these bytes and ends the connection.
  std::string after(std::string bytes, http_call call = get("/")) {
    http_test_server server{[&](const test_request&) { return test_reply{bytes, true}; }};
    auto client = client_of(server.port());
    return ask(client, std::move(call));
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(http_fixture)

SCENARIO("a connection is kept alive and used again, with TLS and without") {
  GIVEN("a server for each") {
    for (auto kind : {transport::tcp, transport::tls}) {
      http_test_server server{echo, kind == transport::tls ? &certificates() : nullptr};
      auto client = client_of(server.port(), kind);
      for (int i = 0; i < 20; ++i) {
        CHECK_EQ(ask(client, get("/" + std::to_string(i))), "200 GET /" + std::to_string(i));
        CHECK_EQ(ask(client, post("/x", "body")), "200 POST /xbody");
      }
      CHECK_EQ(server.accepted(), 1u);
    }
  }
}

SCENARIO("a call arrives as it was made") {
  GIVEN("a call with everything, to an API below a path") {
    for (auto kind : {transport::tcp, transport::tls}) {
      http_test_server server{[](const test_request&) {
                                return test_reply{
                                  "HTTP/1.1 202 Accepted\r\nRatelimit-Remaining: 799\r\nContent-Length: 4\r\n\r\n{[]}",
                                  false};
                              },
                              kind == transport::tls ? &certificates() : nullptr};
      http_client client{*context, {{kind, "localhost", server.port(), ""}, "/helix"}, options};
      auto call = post("/chat?a=b%20c", std::string(100'000, 'x'));
      call.headers = {{"Client-Id", "abc"}};
      call.authorization = secret{"Bearer hunter2"};
      auto outcome = send(client, std::move(call));
      const auto answer = std::get<http_answer>(outcome_of(outcome));
      CHECK_EQ(answer.status, 202u);
      CHECK(answer.header("ratelimit-remaining") == "799");
      CHECK_EQ(answer.body, "{[]}");
      const auto request = server.requests().at(0);
      CHECK_EQ(request.head, "POST /helix/chat?a=b%20c HTTP/1.1\r\nHost: localhost:" + std::to_string(server.port())
                               + "\r\nUser-Agent: creamery\r\nClient-Id: abc\r\nContent-Type: application/json\r\n"
                                 "Content-Length: 100000\r\nAuthorization: Bearer hunter2\r\n\r\n");
      CHECK(request.body == std::string(100'000, 'x'));
    }
  }
  GIVEN("methods whose answers have no body") {
    http_test_server server{[](const test_request& request) {
      const bool head = request.head.starts_with("HEAD");
      return test_reply{head ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" : "HTTP/1.1 204 No Content\r\n\r\n",
                        false};
    }};
    auto client = client_of(server.port());
    for (std::string method : {"HEAD", "DELETE", "HEAD", "PUT"}) {
      auto call = get("/");
      call.method = method;
      CHECK_EQ(ask(client, std::move(call)), method == "HEAD" ? "200 " : "204 ");
    }
    CHECK_EQ(server.accepted(), 1u);
  }
  GIVEN("a call that would become another one") {
    http_test_server server{echo};
    auto client = client_of(server.port());
    CHECK_EQ(ask(client, get("/\r\nX: y")), "write: refused: the target doesn't begin with a slash, or holds "
                                            "characters that have to be encoded");
    auto call = get("/");
    call.headers = {{"X", "y\r\nZ: a"}};
    auto outcome = send(client, std::move(call));
    const auto failed = std::get<http_failure>(outcome_of(outcome));
    CHECK_EQ(failed.why.text, "refused: the header X holds control characters");
    CHECK(failed.why.code == std::errc::invalid_argument);
    CHECK(!failed.maybe_received);
    CHECK_EQ(server.accepted(), 0u);
  }
}

SCENARIO("answers are read whatever their form") {
  GIVEN("chunks, interim answers, redirections, the end of the connection") {
    CHECK_EQ(after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), "200 abc");
    CHECK_EQ(after("HTTP/1.1 100 Continue\r\n\r\n" + ok("abc")), "200 abc");
    CHECK_EQ(after("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n"), "302 ");
    CHECK_EQ(after("HTTP/1.1 200 OK\r\n\r\nabc"), "200 abc");
    CHECK_EQ(after("HTTP/1.1 503 No\r\nContent-Length: 3\r\n\r\nabc", post("/")), "503 abc");
  }
  GIVEN("a large answer over TLS") {
    const std::string body(3'000'000, 'x');
    http_test_server server{[&](const test_request&) { return test_reply{ok(body), false}; }, &certificates()};
    auto client = client_of(server.port(), transport::tls);
    CHECK(ask(client, get("/")) == "200 " + body);
    CHECK(ask(client, get("/")) == "200 " + body);
    CHECK_EQ(server.accepted(), 1u);
  }
}

SCENARIO("a server that fails is told with place and cause") {
  options.max_answer = 100;
  options.max_header = 1'000;
  GIVEN("a server that goes away") {
    CHECK_EQ(after(""), "read: the server ended the connection before the answer ?");
    CHECK_EQ(after("HTTP/1.1 200 OK\r\nX:"), "read: the server ended the connection in the head of the answer ?");
    CHECK_EQ(after("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
             "read: the server ended the connection in the body of the answer ?");
    CHECK_EQ(after("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"),
             "read: the server ended the connection in the body of the answer ?");
  }
  GIVEN("a server that says too much, or nonsense") {
    CHECK_EQ(after(ok(std::string(101, 'x'))), "protocol: body of the answer: longer than 100 bytes ?");
    CHECK_EQ(after("HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x')),
             "protocol: body of the answer: longer than 100 bytes ?");
    CHECK_EQ(after("HTTP/1.1 200 OK\r\nX: " + std::string(1'000, 'x')),
             "protocol: head of the answer: longer than 1000 bytes ?");
    CHECK_EQ(after("220 mail.example.com ESMTP\r\n").substr(0, 54),
             "protocol: head of the answer: not understandable HTTP:");
  }
  GIVEN("an address at which nobody listens") {
    const auto port = [] { return http_test_server{echo}.port(); }();
    auto client = client_of(port);
    auto outcome = send(client, get("/"));
    const auto failed = std::get<http_failure>(outcome_of(outcome));
    CHECK(failed.why.step == net_step::connect);
    CHECK(failed.why.code == std::errc::connection_refused);
    CHECK_EQ(failed.why.endpoint, "localhost:" + std::to_string(port));
    CHECK(!failed.maybe_received);
  }
  GIVEN("a server that ends a TLS connection without a word where only the end tells the length") {
    http_test_server server{[](const test_request&) {
                              return test_reply{"HTTP/1.1 200 OK\r\n\r\nabc", true};
                            },
                            &certificates()};
    auto client = client_of(server.port(), transport::tls);
    CHECK_EQ(ask(client, get("/")), "read: the server ended the connection in the body of the answer ?");
  }
}

SCENARIO("a server has to prove who it is before it hears anything") {
  GIVEN("a server with a good certificate for another name") {
    const auto other = make_self_signed({"api.example.com"});
    REQUIRE(other);
    http_test_server server{echo, &*other};
    context = make_context(*other);
    auto client = client_of(server.port(), transport::tls);
    CHECK_EQ(ask(client, get("/")), "tls: certificate verify failed (hostname mismatch)");
    CHECK(server.requests().empty());
  }
  GIVEN("a server with a certificate of another authority") {
    const auto other = make_self_signed({"localhost"});
    REQUIRE(other);
    http_test_server server{echo, &*other};
    auto client = client_of(server.port(), transport::tls);
    CHECK_EQ(ask(client, get("/")).substr(0, 31), "tls: certificate verify failed ");
    CHECK(server.requests().empty());
  }
}

SCENARIO("a connection that can't be used again is replaced") {
  GIVEN("a server that says that it closes, and one that closes without a word") {
    for (std::string said : {"Connection: close\r\n", ""}) {
      http_test_server server{[&](const test_request&) {
        return test_reply{"HTTP/1.1 200 OK\r\n" + said + "Content-Length: 2\r\n\r\nok", true};
      }};
      auto client = client_of(server.port());
      for (size_t i = 1; i <= 3; ++i) {
        CHECK_EQ(ask(client, post("/")), "200 ok");
        CHECK(eventually([&] { return server.ended() == i; })); // the end has reached us, too: it is the same machine
      }
      CHECK_EQ(server.requests().size(), 3u);
    }
  }
  GIVEN("a server that says more than it was asked for") {
    http_test_server server{[](const test_request& request) {
      return test_reply{ok("right " + std::to_string(request.connection)) + ok("wrong"), false};
    }};
    auto client = client_of(server.port());
    CHECK_EQ(ask(client, get("/")), "200 right 1");
    CHECK_EQ(ask(client, get("/")), "200 right 2");
  }
  GIVEN("a server that says something while nothing is asked") {
    std::promise<void> idle, said;
    int connections = 0;
    loopback_server server{[&](tcp::socket socket) {
      ++connections;
      std::string received;
      asio::read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n");
      asio::write(socket, asio::buffer(ok("right " + std::to_string(connections))));
      if (connections == 1) {
        idle.get_future().wait();
        asio::write(socket, asio::buffer(std::string{"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"}));
        said.set_value();
      }
      asio::read_until(socket, asio::dynamic_buffer(received), "never"); // until the client goes
    }};
    auto client = client_of(server.port());
    CHECK_EQ(ask(client, post("/")), "200 right 1");
    idle.set_value();
    said.get_future().wait();
    CHECK_EQ(ask(client, post("/")), "200 right 2");
  }
  GIVEN("a connection that nobody needs any more") {
    options.idle_timeout = 10ms;
    http_test_server server{echo};
    auto client = client_of(server.port());
    CHECK_EQ(ask(client, get("/")), "200 GET /");
    CHECK(eventually([&] { return server.ended() == 1; }));
    CHECK_EQ(ask(client, get("/")), "200 GET /");
    CHECK_EQ(server.accepted(), 2u);
  }
  GIVEN("calls that want a new one") {
    options = {};
    options.max_connections = 2;
    http_test_server server{echo};
    auto client = client_of(server.port());
    for (int i = 0; i < 4; ++i) {
      auto call = get("/");
      call.fresh = true;
      CHECK_EQ(ask(client, std::move(call)), "200 GET /");
    }
    CHECK_EQ(server.accepted(), 4u);
    CHECK(eventually([&] { return server.ended() == 2; })); // no more than two are kept
  }
}

SCENARIO("a call that finds its connection dead is repeated once if that does no harm") {
  // Each connection takes two requests and answers the first.
  auto dies_at_the_second = [](const test_request& request) {
    return request.number == 2 ? test_reply{"", true} : echo(request);
  };
  GIVEN("methods that may be repeated, and others") {
    for (auto kind : {transport::tcp, transport::tls}) {
      for (std::string method : {"GET", "PUT", "DELETE", "POST", "PATCH"}) {
        http_test_server server{dies_at_the_second, kind == transport::tls ? &certificates() : nullptr};
        auto client = client_of(server.port(), kind);
        CHECK_EQ(ask(client, get("/")), "200 GET /");
        const bool repeated = method != "POST" && method != "PATCH";
        auto call = get("/second");
        call.method = method;
        CHECK_EQ(ask(client, std::move(call)),
                 repeated ? "200 " + method + " /second" : "read: the server ended the connection before the answer ?");
        CHECK_EQ(server.requests().size(), repeated ? 3u : 2u);
        CHECK_EQ(server.accepted(), repeated ? 2u : 1u);
      }
    }
  }
  GIVEN("a server that dies again") {
    http_test_server server{[](const test_request& request) {
      return request.line() == "GET /first" ? echo(request) : test_reply{"", true};
    }};
    auto client = client_of(server.port());
    CHECK_EQ(ask(client, get("/first")), "200 GET /first");
    CHECK_EQ(ask(client, get("/second")), "read: the server ended the connection before the answer ?");
    CHECK_EQ(server.requests().size(), 3u);
  }
  GIVEN("a server that had begun to answer") {
    http_test_server server{[](const test_request& request) {
      return request.number == 1 ? echo(request) : test_reply{"HTTP/1.1 200 ", true};
    }};
    auto client = client_of(server.port());
    CHECK_EQ(ask(client, get("/")), "200 GET /");
    CHECK_EQ(ask(client, get("/")), "read: the server ended the connection in the head of the answer ?");
    CHECK_EQ(server.requests().size(), 2u);
  }
}

SCENARIO("there are never more connections than allowed, and who waits is served in order") {
  GIVEN("a server that holds the first calls back") {
    options.max_connections = 3;
    std::promise<void> gate;
    http_test_server server{[opened = gate.get_future().share()](const test_request& request) {
      opened.wait();
      return echo(request);
    }};
    auto client = client_of(server.port());
    std::vector<future_outcome> outcomes;
    for (int i = 0; i < 30; ++i)
      outcomes.push_back(send(client, get("/" + std::to_string(i))));
    CHECK(eventually([&] { return server.requests().size() == 3; }));
    gate.set_value();
    for (int i = 0; i < 30; ++i)
      CHECK_EQ(shown(outcomes[i]), "200 GET /" + std::to_string(i));
    CHECK_EQ(server.accepted(), 3u);
  }
  GIVEN("one connection") {
    options.max_connections = 1;
    options.max_waiting = 20;
    std::promise<void> gate;
    http_test_server server{[opened = gate.get_future().share()](const test_request& request) {
      opened.wait();
      return echo(request);
    }};
    auto client = client_of(server.port());
    std::vector<future_outcome> outcomes;
    strings expected;
    for (int i = 0; i < 21; ++i) {
      auto call = get("/" + std::to_string(i));
      call.fresh = i % 5 == 0;
      expected.push_back("GET /" + std::to_string(i));
      outcomes.push_back(send(client, std::move(call)));
    }
    WHEN("more calls wait than may") {
      auto outcome = send(client, get("/too-many"));
      const auto failed = std::get<http_failure>(outcome_of(outcome));
      CHECK_EQ(failed.why.text, "refused: 20 calls are waiting already");
      CHECK(failed.why.code == std::errc::no_buffer_space);
      CHECK(!failed.maybe_received);
    }
    gate.set_value();
    for (auto& x : outcomes)
      CHECK_EQ(shown(x).substr(0, 8), "200 GET ");
    strings arrived;
    for (const auto& x : server.requests())
      arrived.push_back(x.line());
    CHECK_EQ(arrived, expected);
    CHECK_EQ(server.accepted(), 5u); // a new one for each call that asked for it
  }
}

SCENARIO("every call has an end") {
  auto timed_out = [](future_outcome& expected, net_step step, bool maybe_received) {
    const auto failed = std::get<http_failure>(outcome_of(expected));
    CHECK(failed.why.step == step);
    CHECK(failed.why.code == std::errc::timed_out);
    CHECK_EQ(failed.maybe_received, maybe_received);
  };
  auto hasty = [](http_call call) {
    call.timeout = 200ms;
    return call;
  };
  GIVEN("a server that doesn't answer, or not to the end") {
    for (std::string said : {"", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"}) {
      std::promise<void> gate;
      http_test_server server{[&, opened = gate.get_future().share()](const test_request& request) {
        if (request.line() == "GET /slow" && said.empty())
          opened.wait();
        return request.line() == "GET /slow" ? test_reply{said, false} : echo(request);
      }};
      auto client = client_of(server.port());
      CHECK_EQ(ask(client, get("/")), "200 GET /");
      auto outcome = send(client, hasty(get("/slow")));
      timed_out(outcome, net_step::read, true);
      CHECK_EQ(ask(client, get("/")), "200 GET /");
      CHECK_EQ(server.accepted(), 2u);
      gate.set_value();
    }
  }
  GIVEN("a call that gets no connection in time") {
    options.max_connections = 1;
    std::promise<void> gate;
    http_test_server server{[opened = gate.get_future().share()](const test_request& request) {
      opened.wait();
      return echo(request);
    }};
    auto client = client_of(server.port());
    auto first = send(client, get("/first"));
    auto second = send(client, hasty(get("/second")));
    auto third = send(client, get("/third"));
    timed_out(second, net_step::connect, false);
    gate.set_value();
    CHECK_EQ(shown(first), "200 GET /first");
    CHECK_EQ(shown(third), "200 GET /third");
    CHECK_EQ(server.requests().size(), 2u);
  }
  GIVEN("a server that takes nothing, one that doesn't begin with TLS, and a proxy that says nothing") {
    std::promise<void> gate;
    loopback_server silent{[opened = gate.get_future().share()](tcp::socket) { opened.wait(); }};
    {
      auto client = client_of(silent.port());
      auto outcome = send(client, hasty(post("/", std::string(32 * 1024 * 1024, 'x'))));
      timed_out(outcome, net_step::write, true);
    }
    {
      auto client = client_of(silent.port(), transport::tls);
      auto outcome = send(client, hasty(get("/")));
      timed_out(outcome, net_step::connect, false);
      options.timeouts.tls = 50ms;
      auto other = client_of(silent.port(), transport::tls);
      outcome = send(other, get("/"));
      timed_out(outcome, net_step::tls, false);
    }
    options.proxy = http_proxy{"127.0.0.1", silent.port(), {}, {}};
    options.timeouts.proxy = 50ms;
    auto client = client_of(443, transport::tls, "irc.test");
    auto outcome = send(client, get("/"));
    timed_out(outcome, net_step::proxy, false);
    gate.set_value();
  }
}

SCENARIO("a refusal that comes before all was sent is heard") {
  GIVEN("a server that answers after the head and reads no more") {
    std::promise<void> gate;
    loopback_server server{[&](tcp::socket socket) {
      std::string received;
      asio::read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n");
      asio::write(socket, asio::buffer(std::string{"HTTP/1.1 413 Too Long\r\nContent-Length: 3\r\n\r\nno!"}));
      gate.get_future().wait();
    }};
    auto client = client_of(server.port());
    CHECK_EQ(ask(client, post("/", std::string(32 * 1024 * 1024, 'x'))), "413 no!");
    gate.set_value();
  }
}

SCENARIO("calls go through an HTTP proxy") {
  GIVEN("a proxy that connects us, and plays the server behind it") {
    for (auto kind : {transport::tcp, transport::tls}) {
      std::promise<std::string> head;
      loopback_server proxy{[&, kind](tcp::socket socket) {
        std::string received;
        asio::read_until(socket, asio::dynamic_buffer(received), "\r\n\r\n");
        head.set_value(received);
        asio::write(socket, asio::buffer(std::string{"HTTP/1.1 200 Connected\r\n\r\n"}));
        auto answer = [](auto& stream) {
          for (std::string request;; request.clear()) {
            asio::read_until(stream, asio::dynamic_buffer(request), "\r\n\r\n");
            asio::write(stream, asio::buffer(ok("behind the proxy")));
          }
        };
        if (kind == transport::tcp)
          return answer(socket);
        auto tls = server_tls();
        asio::ssl::stream<tcp::socket> stream{std::move(socket), tls};
        stream.handshake(asio::ssl::stream_base::server);
        answer(stream);
      }};
      options.proxy = http_proxy{"127.0.0.1", proxy.port(), "me", "hunter2"};
      auto client = client_of(4711, kind, "irc.test");
      CHECK_EQ(ask(client, get("/")), "200 behind the proxy");
      CHECK_EQ(ask(client, get("/")), "200 behind the proxy");
      CHECK_EQ(head.get_future().get(),
               "CONNECT irc.test:4711 HTTP/1.1\r\nHost: irc.test:4711\r\nUser-Agent: creamery\r\n"
               "Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n\r\n");
    }
  }
  GIVEN("a proxy that refuses, and a server behind one that speaks first") {
    http_test_server refusing{[](const test_request&) {
      return test_reply{"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", true};
    }};
    options.proxy = http_proxy{"127.0.0.1", refusing.port(), {}, {}};
    auto client = client_of(443, transport::tls, "irc.test");
    CHECK_EQ(ask(client, get("/")), "proxy: the proxy answered HTTP 403 Forbidden");
    http_test_server hasty{[](const test_request&) {
      return test_reply{"HTTP/1.1 200 Connected\r\n\r\n" + ok("wrong"), false};
    }};
    options.proxy->port = hasty.port();
    auto other = client_of(80, transport::tcp, "irc.test");
    CHECK_EQ(ask(other, get("/")), "protocol: the server spoke before it was asked");
  }
  GIVEN("rules of the environment that name no usable proxy") {
    options = {};
    context = make_context(certificates(), {"socks5://me:hunter2@proxy", "", ""});
    auto client = client_of(443, transport::tls, "irc.test");
    CHECK_EQ(ask(client, get("/")), "proxy: https_proxy: scheme 'socks5' is not supported; expected http");
  }
}

SCENARIO("the end ends every call") {
  options.max_connections = 2;
  auto check_end = [this](auto end, bool at_once) {
    std::promise<void> gate;
    http_test_server server{[opened = gate.get_future().share()](const test_request& request) {
      if (request.line() == "GET /held")
        opened.wait();
      return echo(request);
    }};
    auto client =
      std::make_unique<http_client>(*context, http_url{{transport::tcp, "localhost", server.port(), ""}, ""}, options);
    CHECK_EQ(ask(*client, get("/")), "200 GET /");
    std::vector<future_outcome> outcomes;
    for (int i = 0; i < 5; ++i)
      outcomes.push_back(send(*client, get("/held")));
    CHECK(eventually([&] { return server.requests().size() == 3; }));
    end(client);
    for (size_t i = 0; i < outcomes.size(); ++i) {
      CHECK(!at_once || outcomes[i].wait_for(0s) == std::future_status::ready);
      CHECK_EQ(shown(outcomes[i]), i < 2 ? "closed: the client has ended ?" : "closed: the client has ended");
    }
    if (client)
      CHECK_EQ(ask(*client, get("/")), "closed: the context has been stopped");
    gate.set_value();
  };
  GIVEN("a client that goes") {
    check_end([](auto& client) { client.reset(); }, false);
  }
  GIVEN("a context that is stopped") {
    check_end([this](auto&) { context->stop(); }, true);
  }
  GIVEN("a client of a context that was stopped before") {
    auto client = client_of(1);
    CHECK_EQ(ask(client, get("/")), "closed: the context has been stopped");
  }
}

SCENARIO("a client that goes takes its idle connections along") {
  GIVEN("a client with a connection") {
    http_test_server server{echo};
    auto client =
      std::make_unique<http_client>(*context, http_url{{transport::tcp, "localhost", server.port(), ""}, ""}, options);
    CHECK_EQ(ask(*client, get("/")), "200 GET /");
    CHECK_EQ(server.ended(), 0u);
    client.reset();
    CHECK(eventually([&] { return server.ended() == 1; }));
  }
}

SCENARIO("many threads can use one client") {
  GIVEN("four threads with 250 calls each, over TLS") {
    http_test_server server{echo, &certificates()};
    auto client = client_of(server.port(), transport::tls);
    std::atomic<int> right = 0;
    std::vector<std::thread> threads;
    for (int n = 0; n < 4; ++n)
      threads.emplace_back([&, n] {
        std::vector<future_outcome> outcomes;
        for (int i = 0; i < 250; ++i)
          outcomes.push_back(send(client, post("/" + std::to_string(n), std::to_string(i))));
        for (int i = 0; i < 250; ++i)
          right += shown(outcomes[i]) == "200 POST /" + std::to_string(n) + std::to_string(i);
      });
    for (auto& x : threads)
      x.join();
    CHECK_EQ(right.load(), 1'000);
    CHECK_EQ(server.requests().size(), 1'000u);
    CHECK_LE(server.accepted(), options.max_connections);
  }
}

END_FIXTURE_SCOPE()
