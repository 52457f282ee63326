#define CAF_SUITE net.http_call

#include "runtime/net/http_call.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

const http_url helix = *parse_http_url("https://api.twitch.tv/helix");

http_call to(std::string target) {
  http_call made;
  made.target = std::move(target);
  return made;
}

} // namespace

SCENARIO("the head of a request says what is needed and nothing else") {
  GIVEN("a call without a body") {
    CHECK_EQ(request_head(helix, to("/users?login=a")),
             "GET /helix/users?login=a HTTP/1.1\r\nHost: api.twitch.tv\r\nUser-Agent: creamery\r\n");
  }
  GIVEN("a call with everything") {
    auto call = to("/chat/messages");
    call.method = "POST";
    call.headers = {{"Client-Id", "abc"}};
    call.content_type = "application/json";
    call.body = secret{"{}"};
    call.authorization = secret{"Bearer hunter2"};
    const auto head = request_head(*parse_http_url("http://localhost:8080"), call);
    CHECK_EQ(head, "POST /chat/messages HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: creamery\r\nClient-Id: abc\r\n"
                   "Content-Type: application/json\r\nContent-Length: 2\r\n");
    CHECK(!mistake_in(call));
  }
  GIVEN("methods that have a body by their nature") {
    for (auto method : {"POST", "PUT", "PATCH"}) {
      auto call = to("/");
      call.method = method;
      CHECK_NE(request_head(helix, call).find("Content-Length: 0\r\n"), std::string::npos);
    }
    auto call = to("/");
    call.method = "DELETE";
    CHECK_EQ(request_head(helix, call).find("Content-Length"), std::string::npos);
  }
}

SCENARIO("a call that would become another request is refused") {
  auto refused = [](auto change) {
    auto call = to("/users");
    change(call);
    const auto mistake = mistake_in(call);
    return mistake ? *mistake : "no mistake";
  };
  const std::string bad_target = "the target doesn't begin with a slash, or holds characters that have to be encoded";
  GIVEN("line ends and blanks where none may be") {
    for (std::string target : {"", "users", "/a b", "/a\r\nX: y", "/a\n", "/a\t", "/\u00E9", "/a#b", "/\x7F"})
      CHECK_EQ(refused([&](http_call& x) { x.target = target; }), bad_target);
    CHECK_EQ(refused([](http_call& x) { x.target = std::string{"/a\0b", 4}; }), bad_target);
    CHECK_EQ(refused([](http_call& x) { x.method = "GET /\r\n"; }), "the method is no single word");
    CHECK_EQ(refused([](http_call& x) { x.method = ""; }), "the method is no single word");
    CHECK_EQ(refused([](http_call& x) { x.headers = {{"A:", "b"}}; }), "the name of a header is no single word");
    CHECK_EQ(refused([](http_call& x) { x.headers = {{"A\r\nB", "b"}}; }), "the name of a header is no single word");
    CHECK_EQ(refused([](http_call& x) { x.headers = {{"A", "b\r\nC: d"}}; }), "the header A holds control characters");
    CHECK_EQ(refused([](http_call& x) { x.headers = {{"A", "b\nC: d"}}; }), "the header A holds control characters");
    CHECK_EQ(refused([](http_call& x) { x.content_type = "a\r\n"; }), "the content type holds control characters");
    CHECK_EQ(refused([](http_call& x) { x.authorization = secret{"Bearer hunter2\r\n"}; }),
             "the authorization holds control characters");
  }
  GIVEN("fields that would change where the request ends") {
    for (std::string name : {"content-length", "Transfer-Encoding", "HOST", "Connection", "Authorization"})
      CHECK_EQ(refused([&](http_call& x) {
                 x.headers = {{name, "1"}};
               }),
               "the header " + name + " is not for the caller to set");
  }
  GIVEN("values that are fine") {
    CHECK_EQ(refused([](http_call& x) { x.headers = {{"A", "b\tc \u00E9"}, {"X-Y_Z", ""}}; }), "no mistake");
    CHECK_EQ(refused([](http_call& x) { x.target = "/a?b=%0d%0a&c=[]{}|'\""; }), "no mistake");
  }
}

SCENARIO("only what means the same when it arrives twice may be repeated") {
  GIVEN("methods") {
    auto repeatable = [](std::string method) {
      auto call = to("/");
      call.method = std::move(method);
      return may_repeat(call);
    };
    for (auto method : {"GET", "HEAD", "PUT", "DELETE"})
      CHECK(repeatable(method));
    for (auto method : {"POST", "PATCH", "get", "PURGE"})
      CHECK(!repeatable(method));
  }
}

SCENARIO("headers of an answer are found by name, in capitals or not") {
  GIVEN("an answer") {
    const http_answer answer{200, {{"Ratelimit-Remaining", "799"}, {"X", "1"}, {"x", "2"}, {"Empty", ""}}, {}};
    CHECK(answer.header("ratelimit-REMAINING") == "799");
    CHECK(answer.header("X") == "1");
    CHECK(answer.header("empty") == "");
    CHECK(!answer.header("Ratelimit"));
  }
}
