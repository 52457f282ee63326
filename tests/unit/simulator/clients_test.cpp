#define CAF_SUITE simulator.clients

#include "simulator/clients.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;

SCENARIO("with an open door there are two clients, without there are none") {
  client_book open{true};
  REQUIRE(open.find("sim-client"));
  REQUIRE(open.find("sim-public"));
  CHECK(!open.find("sim-client")->is_public());
  CHECK(open.find("sim-public")->is_public());
  CHECK(client_book{false}.all().empty());
}

SCENARIO("browsers are sent back to registered addresses only") {
  client_book book{true};
  auto allows = [&](std::string_view uri) { return book.find("sim-client")->allows_redirect(uri); };
  for (auto uri : {"http://localhost", "http://localhost/", "http://localhost:18951", "http://localhost:1/a/b"})
    CHECK(allows(uri));
  for (auto uri : {"https://localhost:1/", "http://localhost.example.org/", "http://localhost:/", "http://localhost:x",
                   "http://localhost:123456/", "http://localhost@example.org/", "http://localhost:1/?a=b",
                   "http://localhost/#x", "http://localhost/ x", "http://localhost/\r\nX: y", "http://127.0.0.1/", ""})
    CHECK(!allows(uri));
  client_request request;
  request.client_id = "mine";
  request.secret = "s";
  request.redirect_uris = std::vector<std::string>{"https://bot.example.org/back"};
  REQUIRE(book.apply(request));
  CHECK(book.find("mine")->allows_redirect("https://bot.example.org/back"));
  CHECK(!book.find("mine")->allows_redirect("https://bot.example.org/back/"));
  CHECK(!book.find("mine")->allows_redirect("http://localhost"));
}

SCENARIO("a client without a secret is public and rotates its refresh tokens") {
  client_book book{false};
  client_request request;
  request.client_id = "tv";
  request.rotate = false;
  REQUIRE(book.apply(request));
  CHECK(book.find("tv")->is_public());
  CHECK(book.find("tv")->rotate);
  CHECK_EQ(book.find("tv")->name, "tv");
}

SCENARIO("clients that make no sense are refused") {
  client_book book{false};
  client_request request;
  CHECK(!book.apply(request));
  request.client_id = "has space";
  CHECK(!book.apply(request));
  request.client_id = "fine";
  request.redirect_uris = std::vector<std::string>{"javascript:alert(1)"};
  CHECK(!book.apply(request));
  request.redirect_uris = std::vector<std::string>{"https://a\r\nb"};
  CHECK(!book.apply(request));
  CHECK(book.all().empty());
}
