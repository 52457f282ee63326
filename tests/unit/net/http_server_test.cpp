#define CAF_SUITE net.http_server

#include "runtime/net/http_server.hpp"

#include "runtime/admin/http_get.hpp"
#include "runtime/net/http_client.hpp"
#include "runtime/net/net_context.hpp"
#include "runtime/net/self_signed.hpp"
#include "runtime/store/text_file.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/net/session_recorder.hpp"
#include "tests/unit/store/temporary_folder.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <sys/resource.h>

#include <future>
#include <thread>
#include <utility>
#include <vector>

using namespace creamery;
using creamery::test::temporary_folder;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

http_handler echo() {
  return [](const http_request& request, const http_reply& reply) {
    reply({200, "text/plain", request.method + " " + request.target + " " + request.host});
  };
}

/// The body of the answer to a call, made by the product's own client; empty: there was none.
std::string ask(const std::string& base, http_call call, const std::string& ca_certificates) {
  auto net = net_context::make({.ca_file = {}, .ca_certificates = ca_certificates, .proxies = {}});
  auto url = parse_http_url(base);
  if (!net || !url)
    return {};
  http_client asker{**net, *url};
  std::promise<std::string> promise;
  asker.send(std::move(call), [&](http_outcome outcome) {
    auto* answer = std::get_if<http_answer>(&outcome);
    promise.set_value(answer != nullptr ? std::move(answer->body) : "");
  });
  return promise.get_future().get();
}

/// Somebody who speaks to the server by hand.
class client {
public:
  explicit client(const std::string& from = "127.0.0.1") {
    socket_.open(tcp::v4());
    socket_.bind({boost::asio::ip::make_address(from), 0});
  }

  explicit client(uint16_t port, const std::string& from = "127.0.0.1") : client(from) {
    connect(port);
  }

  void connect(uint16_t port) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
    socket_.set_option(tcp::no_delay{true});
  }

  void send(const std::string& text) {
    boost::system::error_code ignored;
    boost::asio::write(socket_, boost::asio::buffer(text), ignored);
  }

  /// The first line of the answer; empty: the connection was closed.
  std::string answer() {
    boost::system::error_code why;
    auto size = boost::asio::read_until(socket_, boost::asio::dynamic_buffer(received_), "\r\n", why);
    return why ? "" : received_.substr(0, size - 2);
  }

  /// What comes up to this text, and with it; empty: the connection was closed before.
  std::string read_to(const std::string& end) {
    boost::system::error_code why;
    auto size = boost::asio::read_until(socket_, boost::asio::dynamic_buffer(received_), end, why);
    auto text = why ? "" : received_.substr(0, size);
    received_.erase(0, text.size());
    return text;
  }

private:
  boost::asio::io_context io_;
  tcp::socket socket_{io_};
  std::string received_;
};

/// As long as this lives, the process can open nothing more; but it can still close what it has.
class no_more_descriptors {
public:
  no_more_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit limited{0, before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &limited);
  }

  ~no_more_descriptors() {
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

private:
  rlimit before_ = {};
};

} // namespace

SCENARIO("requests are answered by the handler") {
  auto server = http_server::start("127.0.0.1", 0, echo());
  REQUIRE(server);
  auto page = http_get("127.0.0.1", (*server)->port(), "/some/page?a=b%20c", 10s);
  REQUIRE(page);
  CHECK_EQ(*page, "GET /some/page?a=b%20c 127.0.0.1");
}

SCENARIO("an answer may come later, from another thread, and counts once") {
  std::vector<std::thread> threads;
  auto server = http_server::start("127.0.0.1", 0, [&](const http_request&, http_reply reply) {
    threads.emplace_back([reply = std::move(reply)] {
      reply({200, "text/plain", "first"});
      reply({200, "text/plain", "second"});
    });
  });
  REQUIRE(server);
  for (int i = 0; i < 3; ++i) {
    auto page = http_get("127.0.0.1", (*server)->port(), "/", 10s);
    REQUIRE(page);
    CHECK_EQ(*page, "first");
  }
  for (auto& one : threads)
    one.join();
}

SCENARIO("an answer that comes after the end of the server is dropped") {
  http_reply kept;
  std::atomic<bool> asked = false;
  auto server = http_server::start("127.0.0.1", 0, [&](const http_request&, http_reply reply) {
    kept = std::move(reply);
    asked = true;
  });
  REQUIRE(server);
  client somebody{(*server)->port()};
  somebody.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  while (!asked)
    std::this_thread::yield();
  server->reset();
  kept({200, "text/plain", "late"});
  CHECK_EQ(somebody.answer(), "");
}

SCENARIO("what isn't HTTP, or too long, is refused and ends the connection and nothing else") {
  auto server = http_server::start("127.0.0.1", 0, echo());
  REQUIRE(server);
  for (const auto& [nonsense, answer] : std::vector<std::pair<std::string, std::string>>{
         {"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"},
         {"GET / HTTP/1.1\r\nA: " + std::string(20'000, 'x') + "\r\n\r\n",
          "HTTP/1.1 431 Request Header Fields Too Large"},
         {"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "HTTP/1.1 413 Payload Too Large"}}) {
    client somebody{(*server)->port()};
    somebody.send(nonsense);
    CHECK_EQ(somebody.answer(), answer);
  }
  CHECK_EQ((*server)->counters().bad_requests, 3u);
  CHECK(http_get("127.0.0.1", (*server)->port(), "/", 10s));
}

SCENARIO("a handler gets the body and the headers that it has named") {
  http_server_options options;
  options.headers = {"X-First", "X-Second"};
  auto server = http_server::start(
    "127.0.0.1", 0,
    [](const http_request& request, const http_reply& reply) {
      reply({200, "text/plain",
             std::string{request.path()} + "|" + request.headers[0] + "|" + request.headers[1] + "|" + request.body});
    },
    options);
  REQUIRE(server);
  http_call call;
  call.method = "POST";
  call.target = "/a/path?query=1";
  call.headers = {{"x-second", "2"}, {"X-Third", "3"}};
  call.body = secret{std::string(10'000, 'b')};
  auto answer = ask("http://127.0.0.1:" + std::to_string((*server)->port()), call, {});
  CHECK_EQ(answer, "/a/path||2|" + std::string(10'000, 'b'));
}

SCENARIO("several requests may come over a connection, also at once, and none is taken for another") {
  http_server_options options;
  options.headers = {"X-Word"};
  auto server = http_server::start(
    "127.0.0.1", 0,
    [](const http_request& request, const http_reply& reply) {
      reply({200, "text/plain",
             request.method + "|" + request.headers[0] + "|" + request.authorization + "|" + request.body + ";"});
    },
    options);
  REQUIRE(server);
  client somebody{(*server)->port()};
  somebody.send("POST / HTTP/1.1\r\nX-Word: one\r\nx-word: two\r\nAuthorization: me\r\nContent-Length: 5\r\n\r\nhello"
                "GET / HTTP/1.1\r\n\r\n");
  CHECK(somebody.read_to(";").ends_with("\r\n\r\nPOST|one|me|hello;")); // the first of two headers counts
  CHECK(somebody.read_to(";").ends_with("\r\n\r\nGET|||;"));
}

SCENARIO("a request may come in pieces, cut anywhere, and many may come at once") {
  auto server = http_server::start("127.0.0.1", 0, [](const http_request& request, const http_reply& reply) {
    reply({200, "text/plain", request.target + "|" + request.body + ";"});
  });
  REQUIRE(server);
  const std::string whole = "POST /here HTTP/1.1\r\nHost: me\r\nContent-Length: 5\r\n\r\nhello";
  client somebody{(*server)->port()};
  for (size_t cut = 1; cut < whole.size(); ++cut) {
    somebody.send(whole.substr(0, cut));
    somebody.send(whole.substr(cut));
    CHECK(somebody.read_to(";").ends_with("\r\n\r\n/here|hello;"));
  }
  std::string many;
  for (size_t i = 0; i < 2'000; ++i)
    many += "GET /" + std::to_string(i) + " HTTP/1.1\r\n\r\n";
  somebody.send(many);
  for (size_t i = 0; i < 2'000; ++i)
    REQUIRE(somebody.read_to(";").ends_with("\r\n\r\n/" + std::to_string(i) + "|;"));
  CHECK_EQ((*server)->counters().bad_requests, 0u);
}

SCENARIO("answers are as the request wants them") {
  auto server = http_server::start("127.0.0.1", 0, [](const http_request& request, const http_reply& reply) {
    reply({request.target == "/nothing" ? 204U : 200U, "text/plain", request.target == "/nothing" ? "" : "words"});
  });
  REQUIRE(server);
  client somebody{(*server)->port()};
  somebody.send("HEAD / HTTP/1.1\r\n\r\nGET /nothing HTTP/1.1\r\n\r\n");
  auto head = somebody.read_to("\r\n\r\n");
  CHECK(head.find("Content-Length: 5\r\n") != std::string::npos);
  auto nothing = somebody.read_to("\r\n\r\n"); // so the first answer had no body
  CHECK(nothing.starts_with("HTTP/1.1 204 No Content\r\n"));
  CHECK(nothing.find("Content-Length") == std::string::npos);
  somebody.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  CHECK(somebody.read_to("words").find("Connection: keep-alive\r\n") != std::string::npos);
  somebody.send("GET / HTTP/1.0\r\n\r\n");
  CHECK(somebody.read_to("words").find("Connection: close\r\n") != std::string::npos);
  CHECK_EQ(somebody.read_to("\r\n"), "");
}

SCENARIO("whoever says nothing for too long is closed, and whoever goes on isn't") {
  http_server_options options;
  options.patience = 300ms;
  auto server = http_server::start("127.0.0.1", 0, echo(), options);
  REQUIRE(server);
  client silent{(*server)->port()};
  client busy{(*server)->port()};
  auto begun = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() < begun + 2 * options.patience) {
    busy.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(!busy.read_to("GET / x").empty());
  }
  CHECK_EQ(silent.read_to("\r\n"), "");
  CHECK_EQ((*server)->counters().timeouts, 1u);
}

SCENARIO("a server has a certificate that is read again when its files change") {
  temporary_folder folder;
  auto write = [&](const self_signed& made) {
    CHECK(!replace_text(folder.path() / "cert.pem", made.certificate, durability::process));
    CHECK(!replace_text(folder.path() / "key.pem", made.private_key, durability::process));
  };
  auto first = make_self_signed({"localhost"});
  auto second = make_self_signed({"localhost"});
  REQUIRE(first);
  REQUIRE(second);
  write(*first);
  std::vector<std::string> told;
  auto certificate = server_certificate::load({folder.path() / "cert.pem", folder.path() / "key.pem"},
                                              [&](bool, const std::string& what) { told.push_back(what); });
  REQUIRE(certificate);
  auto now = server_certificate::clock::time_point{} + 1h;
  auto* context = &(*certificate)->current(now);
  GIVEN("files that stay as they are") {
    CHECK(&(*certificate)->current(now + 1min) == context);
    CHECK(told.empty());
  }
  WHEN("only one of them was replaced") {
    CHECK(!replace_text(folder.path() / "cert.pem", second->certificate, durability::process));
    THEN("the pair from before is used, and that is told once") {
      (*certificate)->current(now + 2min);
      (*certificate)->current(now + 3min);
      REQUIRE_EQ(told.size(), 1u);
      CHECK(told[0].find("the certificate from before is used") != std::string::npos);
    }
  }
  WHEN("the other one follows") {
    write(*second);
    THEN("both are used") {
      (*certificate)->current(now + 4min);
      REQUIRE_EQ(told.size(), 2u);
      CHECK(told[1].find("has been read again") != std::string::npos);
    }
  }
  WHEN("a client that trusts the second authority gets an answer over TLS") {
    http_server_options options;
    options.certificate = std::move(*certificate);
    auto server = http_server::start("127.0.0.1", 0, echo(), options);
    REQUIRE(server);
    auto url = "https://localhost:" + std::to_string((*server)->port());
    http_call call;
    call.target = "/page";
    CHECK_EQ(ask(url, call, second->ca_certificate).substr(0, 9), "GET /page");
    CHECK_EQ(ask(url, call, first->ca_certificate), "");
    // The client knows it first: with TLS 1.3 it refuses when the server has already finished.
    CHECK(creamery::test::eventually([&] { return (*server)->counters().failed_handshakes == 1; }));
  }
}

SCENARIO("a pair of files that isn't one is refused with its place") {
  temporary_folder folder;
  auto made = make_self_signed({"localhost"});
  auto other = make_self_signed({"localhost"});
  auto tell = [](bool, const std::string&) {};
  auto cert = folder.path() / "cert.pem", key = folder.path() / "key.pem";
  auto nothing = server_certificate::load({cert, key}, tell);
  REQUIRE(!nothing);
  CHECK_EQ(nothing.error().place, cert.string());
  CHECK(!replace_text(cert, made->certificate, durability::process));
  CHECK(!replace_text(key, other->private_key, durability::process));
  auto strange = server_certificate::load({cert, key}, tell);
  REQUIRE(!strange);
  CHECK_EQ(strange.error().place, key.string());
}

SCENARIO("a certificate that has expired is told") {
  temporary_folder folder;
  auto made = make_self_signed({"localhost"}, -1);
  auto cert = folder.path() / "cert.pem", key = folder.path() / "key.pem";
  CHECK(!replace_text(cert, made->certificate, durability::process));
  CHECK(!replace_text(key, made->private_key, durability::process));
  std::string told;
  CHECK(server_certificate::load({cert, key}, [&](bool, const std::string& what) { told = what; }));
  CHECK(told.find("has expired") != std::string::npos);
}

SCENARIO("more connections than there may be are closed, and later ones are welcome again") {
  auto server = http_server::start("127.0.0.1", 0, echo());
  REQUIRE(server);
  {
    std::vector<std::unique_ptr<client>> idle;
    for (size_t i = 0; i < http_server_options{}.max_connections; ++i)
      idle.push_back(std::make_unique<client>((*server)->port()));
    idle.back()->send("GET / HTTP/1.1\r\nHost: a\r\n\r\n"); // and with its answer all of them have been accepted
    CHECK_EQ(idle.back()->answer(), "HTTP/1.1 200 OK");
    client one_too_many{(*server)->port()};
    CHECK_EQ(one_too_many.answer(), "");
  }
  auto page = http_get("127.0.0.1", (*server)->port(), "/", 10s);
  for (int i = 0; i < 1'000 && !page; ++i)
    page = http_get("127.0.0.1", (*server)->port(), "/", 10s);
  CHECK(page);
}

SCENARIO("one address can't have all connections") {
  http_server_options options;
  options.max_connections_per_address = 2;
  auto server = http_server::start("127.0.0.1", 0, echo(), options);
  REQUIRE(server);
  client first{(*server)->port()};
  client second{(*server)->port()};
  second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_EQ(second.answer(), "HTTP/1.1 200 OK");
  client third{(*server)->port()};
  CHECK_EQ(third.answer(), "");
  CHECK_EQ((*server)->counters().too_many, 1u);
  client elsewhere{(*server)->port(), "127.0.0.2"};
  elsewhere.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_EQ(elsewhere.answer(), "HTTP/1.1 200 OK");
}

SCENARIO("a server without descriptors doesn't spin, and accepts again when there are some") {
  auto server = http_server::start("127.0.0.1", 0, echo());
  REQUIRE(server);
  client one;
  {
    no_more_descriptors limit;
    one.connect((*server)->port());
    auto begin = std::chrono::steady_clock::now();
    while ((*server)->counters().accept_failures < 3)
      std::this_thread::yield();
    CHECK_GE(std::chrono::steady_clock::now() - begin, 200ms);
  }
  one.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK_EQ(one.answer(), "HTTP/1.1 200 OK");
}

SCENARIO("where one can't listen is told") {
  auto server = http_server::start("127.0.0.1", 0, echo());
  REQUIRE(server);
  auto taken = http_server::start("127.0.0.1", (*server)->port(), echo());
  REQUIRE(!taken);
  CHECK(to_string(taken.error()).find("can't listen there") != std::string::npos);
  auto nowhere = http_server::start("no.such.address", 1, echo());
  REQUIRE(!nowhere);
  CHECK(to_string(nowhere.error()).find("is no address to listen at") != std::string::npos);
}

SCENARIO("a page that can't be had is a failure with its address") {
  auto server = http_server::start("127.0.0.1", 0, [](const http_request&, const http_reply& reply) {
    reply({404, "text/plain", "there is nothing"});
  });
  REQUIRE(server);
  auto page = http_get("127.0.0.1", (*server)->port(), "/x", 10s);
  REQUIRE(!page);
  CHECK(to_string(page.error()).find("answered 404: there is nothing") != std::string::npos);
  auto port = (*server)->port();
  server->reset();
  CHECK(!http_get("127.0.0.1", port, "/", 10s));
  CHECK(!http_get("no.such.address", port, "/", 10s));
}
