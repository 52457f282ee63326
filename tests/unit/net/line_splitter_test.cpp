#define CAF_SUITE net.line_splitter

#include "runtime/net/line_splitter.hpp"
#include "tests/unit/fixture.hpp"

#include <string>

using namespace creamery;

namespace {

using strings = std::vector<std::string>;

struct outcome {
  strings lines;
  uint64_t oversize = 0;

  friend bool operator==(const outcome&, const outcome&) = default;
};

/// Splits a stream that comes in pieces of the given sizes, over and over.
outcome split_in_pieces(const std::string& stream, std::vector<size_t> sizes, size_t max_line) {
  line_splitter splitter{max_line};
  outcome result;
  size_t begin = 0; // of what is not consumed
  size_t end = 0;   // of what has arrived
  for (size_t i = 0; end < stream.size(); ++i) {
    end = std::min(stream.size(), end + sizes[i % sizes.size()]);
    std::vector<line_span> spans;
    const auto consumed = splitter.split(std::string_view{stream}.substr(begin, end - begin), begin, spans);
    for (auto span : spans)
      result.lines.push_back(stream.substr(span.offset, span.size));
    begin += consumed;
  }
  result.oversize = splitter.oversize();
  return result;
}

outcome split_messages(const strings& messages, size_t max_line) {
  line_splitter splitter{max_line};
  outcome result;
  for (const auto& message : messages) {
    std::vector<line_span> spans;
    splitter.split_message(message, 0, spans);
    for (auto span : spans)
      result.lines.push_back(message.substr(span.offset, span.size));
  }
  result.oversize = splitter.oversize();
  return result;
}

} // namespace

SCENARIO("lines end with CR LF or LF, and empty ones are dropped") {
  GIVEN("a stream with all kinds of line ends") {
    const std::string stream = "one\r\ntwo\nthree\r\r\n\r\n\n\r\nfour \r five\r\nunfinished";
    const outcome expected{{"one", "two", "three", "four \r five"}, 0};
    WHEN("it comes at once") {
      CHECK(split_in_pieces(stream, {stream.size()}, 100) == expected);
    }
    WHEN("it is cut at every byte") {
      for (size_t cut = 1; cut < stream.size(); ++cut)
        CHECK(split_in_pieces(stream, {cut, stream.size()}, 100) == expected);
      CHECK(split_in_pieces(stream, {1}, 100) == expected);
    }
  }
}

SCENARIO("a line that is too long is skipped to its end and counted") {
  GIVEN("lines around a bound of eight bytes") {
    const std::string stream = "12345678\r\n123456789\r\n12345678\n1234567890123456\r\nok\r\n123456789\nlast\r\n";
    const outcome expected{{"12345678", "12345678", "ok", "last"}, 3};
    WHEN("they come in pieces of any size") {
      for (size_t size = 1; size <= stream.size(); ++size)
        CHECK(split_in_pieces(stream, {size}, 8) == expected);
      for (size_t cut = 1; cut < stream.size(); ++cut)
        CHECK(split_in_pieces(stream, {cut, stream.size()}, 8) == expected);
    }
  }
  GIVEN("a line of the longest allowed length, and one that never ends") {
    const std::string longest(65'535, 'x');
    CHECK(split_in_pieces(longest + "\r\n", {4096}, 65'535) == (outcome{{longest}, 0}));
    CHECK(split_in_pieces(longest + "x\r\nnext\r\n", {4096}, 65'535) == (outcome{{"next"}, 1}));
    const std::string endless(1'000'000, 'x');
    line_splitter splitter{65'535};
    std::vector<line_span> lines;
    THEN("hardly more than a line's bytes are kept") {
      size_t kept = 0;
      for (size_t begin = 0; begin < endless.size(); begin += 10'000) {
        kept += 10'000;
        kept -= splitter.split(std::string_view{endless}.substr(0, kept), 0, lines);
        CHECK_LE(kept, 65'536u);
      }
      CHECK_EQ(splitter.oversize(), 1u);
    }
  }
}

SCENARIO("the end of a message ends a line") {
  GIVEN("messages with and without line ends") {
    CHECK(split_messages({"one\r\ntwo", "three\r\n", "", "\r\n", "four\r"}, 100)
          == (outcome{{"one", "two", "three", "four"}, 0}));
    WHEN("a message ends inside a line that is too long") {
      CHECK(split_messages({"1234567890123", "ok", "123456789", "fine"}, 8) == (outcome{{"ok", "fine"}, 2}));
    }
  }
}
