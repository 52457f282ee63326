#define CAF_SUITE net.http_answer_reader

#include "runtime/net/http_answer_reader.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

constexpr http_limits limits{1'000, 100};

/// What became of an answer: its status and body, with a `+` if the connection stays; where it would go on; or what was
/// wrong with it.
std::string outcome_of(http_answer_reader& reader, const std::optional<failure>& broken) {
  if (broken)
    return to_string(*broken);
  if (!reader.complete())
    return std::string{reader.where()};
  const std::string kept = reader.keeps_connection() ? " +" : "";
  const auto answer = reader.take();
  return std::to_string(answer.status) + " '" + answer.body + "'" + kept;
}

/// Reads an answer in pieces of `size` bytes; the connection ends behind it if `end`.
std::string read_in_pieces(std::string_view text, size_t size, bool to_head = false, bool end = false) {
  http_answer_reader reader{limits, to_head};
  std::optional<failure> broken;
  for (; !text.empty() && !broken && !reader.complete(); text.remove_prefix(std::min(size, text.size())))
    broken = reader.feed(text.substr(0, size));
  if (end && !broken)
    reader.feed_end();
  return outcome_of(reader, broken);
}

/// In one piece; with a note if smaller pieces make a difference.
std::string read(const std::string& text, bool to_head = false, bool end = false) {
  const auto whole = read_in_pieces(text, text.size(), to_head, end);
  for (size_t size = 1; size < text.size(); ++size)
    if (auto other = read_in_pieces(text, size, to_head, end); other != whole)
      return whole + ", but in pieces of " + std::to_string(size) + ": " + other;
  return whole;
}

const std::string ok_head = "HTTP/1.1 200 OK\r\n";
const std::string chunked_head = ok_head + "Transfer-Encoding: chunked\r\n\r\n";

} // namespace

SCENARIO("answers are complete at the same place, whatever the pieces in which they come") {
  GIVEN("a body with its length") {
    CHECK_EQ(read(ok_head + "Content-Length: 5\r\n\r\nhello"), "200 'hello' +");
    CHECK_EQ(read(ok_head + "Content-Length: 0\r\n\r\n"), "200 '' +");
    CHECK_EQ(read("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 3\r\n\r\nno!"), "429 'no!' +");
  }
  GIVEN("a body in chunks") {
    CHECK_EQ(read(chunked_head + "5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"), "200 'hello!' +");
    CHECK_EQ(read(chunked_head + "5;a=b\r\nhello\r\n0\r\nX-Trailer: 1\r\n\r\n"), "200 'hello' +");
    CHECK_EQ(read(chunked_head + "0\r\n\r\n"), "200 '' +");
    CHECK_EQ(read(chunked_head + "1\r\na\r\n1\r\nb\r\n000\r\n\r\n"), "200 'ab' +");
  }
  GIVEN("answers that have no body") {
    CHECK_EQ(read("HTTP/1.1 204 No Content\r\n\r\n"), "204 '' +");
    CHECK_EQ(read("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"), "304 '' +");
    CHECK_EQ(read(ok_head + "Content-Length: 5\r\n\r\n", true), "200 '' +");
    CHECK_EQ(read(chunked_head, true), "200 '' +");
    CHECK_EQ(read("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n"), "302 '' +");
  }
  GIVEN("a body that the end of the connection ends") {
    CHECK_EQ(read(ok_head + "\r\nhello", false, true), "200 'hello'");
    CHECK_EQ(read("HTTP/1.0 200 OK\r\n\r\n", false, true), "200 ''");
  }
  GIVEN("interim answers before the real one") {
    CHECK_EQ(read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok_head
                  + "Content-Length: 2\r\n\r\nok"),
             "200 'ok' +");
  }
}

SCENARIO("a connection stays only if both sides know where the answer ends") {
  GIVEN("servers that close it") {
    CHECK_EQ(read(ok_head + "Connection: close\r\nContent-Length: 2\r\n\r\nok"), "200 'ok'");
    CHECK_EQ(read("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"), "200 'ok'");
    CHECK_EQ(read("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"), "200 'ok' +");
  }
  GIVEN("a server that says more than it was asked for") {
    const auto text = ok_head + "Content-Length: 2\r\n\r\nokHTTP/1.1 408 Request Timeout\r\n\r\n";
    CHECK_EQ(read_in_pieces(text, text.size()), "200 'ok'");
  }
}

SCENARIO("an answer that isn't complete says where it stopped") {
  GIVEN("connections that end too early") {
    CHECK_EQ(read("", false, true), "before the answer");
    CHECK_EQ(read("HTT", false, true), "in the head of the answer");
    CHECK_EQ(read(ok_head + "Content-Length: 5\r\n", false, true), "in the head of the answer");
    CHECK_EQ(read(ok_head + "Content-Length: 5\r\n\r\nhell", false, true), "in the body of the answer");
    CHECK_EQ(read(chunked_head + "5\r\nhello\r\n", false, true), "in the body of the answer");
    CHECK_EQ(read(chunked_head + "5\r\nhello\r\n0\r\n", false, true), "in the body of the answer");
    CHECK_EQ(read(chunked_head + "0\r\n\r", false, true), "in the body of the answer");
    CHECK_EQ(read("HTTP/1.1 100 Continue\r\n\r\n", false, true), "in the head of the answer");
  }
}

SCENARIO("what is too much is refused") {
  const std::string too_long_body = "body of the answer: longer than 100 bytes";
  const std::string too_long_head = "head of the answer: longer than 1000 bytes";
  GIVEN("bodies, however they are sent") {
    CHECK_EQ(read(ok_head + "Content-Length: 100\r\n\r\n" + std::string(100, 'x')),
             "200 '" + std::string(100, 'x') + "' +");
    CHECK_EQ(read(ok_head + "Content-Length: 101\r\n\r\n"), too_long_body);
    CHECK_EQ(read(ok_head + "Content-Length: 18446744073709551615\r\n\r\n"), too_long_body);
    CHECK_EQ(read(ok_head + "\r\n" + std::string(101, 'x')), too_long_body);
    CHECK_EQ(read(chunked_head + "40\r\n" + std::string(64, 'x') + "\r\n25\r\n"), too_long_body);
    CHECK_EQ(read(chunked_head + "FFFFFFFFFFFFFFFF\r\n"), too_long_body);
  }
  GIVEN("heads") {
    CHECK_EQ(read(ok_head + "X: " + std::string(1'000, 'x')), too_long_head);
    std::string fields;
    for (int i = 0; i < 100; ++i)
      fields += "X: 3456789012345\r\n"; // a piece of this size ends behind the first letter of one
    CHECK_EQ(read(ok_head + fields), too_long_head);
    std::string interim;
    for (int i = 0; i < 100; ++i)
      interim += "HTTP/1.1 100 Continue\r\n\r\n";
    CHECK_EQ(read(interim), too_long_head);
  }
  GIVEN("what stands around chunks") {
    CHECK_EQ(read(chunked_head + "1;x=" + std::string(1'000, 'x')), too_long_head);
    CHECK_EQ(read(chunked_head + "0\r\nX: " + std::string(1'000, 'x')), too_long_head);
  }
}

SCENARIO("what is no answer is refused with its place") {
  auto begins = [](const std::string& text, std::string_view beginning) {
    CHECK_EQ(text.substr(0, beginning.size()), beginning);
  };
  GIVEN("a server that speaks another language") {
    begins(read("220 mail.example.com ESMTP\r\n"), "head of the answer: not understandable HTTP: ");
    begins(read("HTTP/2 200\r\n\r\n"), "head of the answer: not understandable HTTP: ");
    begins(read(ok_head + "no field\r\n\r\n"), "head of the answer: not understandable HTTP: ");
    begins(read(ok_head + "Content-Length: x\r\n\r\n"), "head of the answer: not understandable HTTP: ");
    begins(read(ok_head + "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"),
           "head of the answer: not understandable HTTP: ");
    begins(read(ok_head + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
           "head of the answer: not understandable HTTP: ");
    begins(read(chunked_head + "xyz\r\nabc"), "body of the answer: not understandable HTTP: ");
    begins(read(chunked_head + "1\r\nabcdefgh"), "body of the answer: not understandable HTTP: ");
  }
  GIVEN("an upgrade that nobody asked for") {
    CHECK_EQ(read("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n"),
             "head of the answer: the server switches to a protocol that it wasn't asked for");
  }
}

SCENARIO("headers of an answer are kept as they came") {
  GIVEN("an answer with headers of all kinds") {
    http_answer_reader reader{limits, false};
    CHECK(reader.empty());
    CHECK(!reader.feed(ok_head + "Ratelimit-Limit: 800\r\nX: 1\r\nX:  two words \r\nContent-Length: 0\r\n\r\n"));
    CHECK(!reader.empty());
    const auto answer = reader.take();
    CHECK(answer.headers
          == (std::vector<http_header>{
            {"Ratelimit-Limit", "800"}, {"X", "1"}, {"X", "two words"}, {"Content-Length", "0"}}));
  }
}
