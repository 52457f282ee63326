#define CAF_SUITE simulator.http_request

#include "simulator/http_request.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;

SCENARIO("queries and forms are taken apart and decoded") {
  auto all = parameters::parse("id=1&id=2&scope=chat%3Aread+chat%3aedit&flag&empty=&bad=%zz%4&&=x");
  CHECK_EQ(all.all("id"), (std::vector<std::string>{"1", "2"}));
  CHECK_EQ(all.get("id"), "1");
  CHECK_EQ(all.get("scope"), "chat:read chat:edit");
  CHECK(all.has("flag"));
  CHECK(all.has("empty"));
  CHECK_EQ(all.get("empty"), "");
  CHECK_EQ(all.get("bad"), "%zz%4");
  CHECK(!all.has("nothing"));
  CHECK_EQ(parameters::parse("").list().size(), 0u);
}

SCENARIO("what is encoded comes out again") {
  std::string nasty{"a b&c=d%/?#\"\r\n\0ü", 18};
  CHECK_EQ(parameters::parse("x=" + url_encoded(nasty)).get("x"), nasty);
  CHECK_EQ(url_encoded("a b"), "a%20b");
}

SCENARIO("a form's fields come after those of the query, and only of a form") {
  http_request request;
  request.query = parameters::parse("a=1");
  request.body = "a=2&b=3";
  CHECK(!request.fields().has("b"));
  request.content_type = "application/x-www-form-urlencoded; charset=UTF-8";
  CHECK_EQ(request.fields().all("a"), (std::vector<std::string>{"1", "2"}));
  CHECK_EQ(request.fields().get("b"), "3");
}

SCENARIO("a token is found behind either scheme, and behind no other") {
  http_request request;
  for (auto field : {"Bearer abc", "OAuth abc", "bearer abc"}) {
    request.authorization = field;
    CHECK_EQ(token_of(request), "abc");
  }
  for (auto field : {"", "abc", "Basic abc", "Bearer"}) {
    request.authorization = field;
    CHECK_EQ(token_of(request), "");
  }
}
