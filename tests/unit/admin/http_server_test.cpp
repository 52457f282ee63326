#define CAF_SUITE admin.http_server

#include "runtime/admin/http_server.hpp"

#include "runtime/admin/http_get.hpp"
#include "tests/unit/fixture.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>

#include <thread>

using namespace creamery;
using namespace std::chrono_literals;
using boost::asio::ip::tcp;

namespace {

http_handler echo() {
  return [](const http_request& request, const http_reply& reply) {
    reply({200, "text/plain", request.method + " " + request.target + " " + request.host});
  };
}

/// Somebody who speaks to the server by hand.
class client {
public:
  explicit client(uint16_t port) {
    socket_.connect({boost::asio::ip::address_v4::loopback(), port});
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

private:
  boost::asio::io_context io_;
  tcp::socket socket_{io_};
  std::string received_;
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

SCENARIO("what isn't HTTP, or too long, ends the connection and nothing else") {
  auto server = http_server::start("127.0.0.1", 0, echo());
  REQUIRE(server);
  for (const auto& nonsense :
       {std::string{"nonsense\r\n\r\n"}, "GET / HTTP/1.1\r\nA: " + std::string(20'000, 'x') + "\r\n\r\n",
        std::string{"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n"}}) {
    client somebody{(*server)->port()};
    somebody.send(nonsense);
    CHECK_EQ(somebody.answer(), "");
  }
  CHECK(http_get("127.0.0.1", (*server)->port(), "/", 10s));
}

SCENARIO("more connections than there may be are closed, and later ones are welcome again") {
  auto server = http_server::start("127.0.0.1", 0, echo());
  REQUIRE(server);
  {
    std::vector<std::unique_ptr<client>> idle;
    for (size_t i = 0; i < http_server::max_connections; ++i)
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
