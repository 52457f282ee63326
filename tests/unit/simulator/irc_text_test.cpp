#define CAF_SUITE simulator.irc_text

#include "simulator/irc_text.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;

SCENARIO("a line is taken apart") {
  GIVEN("a line with everything") {
    auto line = parse_irc("@a=1;b;client-nonce=x\\sy  :ann!ann@ann.tmi.twitch.tv   PRIVMSG  #chan :hi  there :)");
    THEN("each part is found") {
      REQUIRE(line.has_value());
      CHECK_EQ(line->tags.size(), 3u);
      CHECK_EQ(std::string{line->tag("a")}, "1");
      CHECK_EQ(std::string{line->tag("b")}, "");
      CHECK_EQ(unescape_tag(line->tag("client-nonce")), "x y");
      CHECK_EQ(std::string{line->prefix}, "ann!ann@ann.tmi.twitch.tv");
      CHECK_EQ(std::string{line->verb}, "PRIVMSG");
      CHECK_EQ(std::string{line->param(0)}, "#chan");
      CHECK_EQ(std::string{line->param(1)}, "hi  there :)");
      CHECK_EQ(std::string{line->param(2)}, "");
    }
  }
  GIVEN("lines that have next to nothing in them") {
    THEN("those without a verb are no lines") {
      CHECK(!parse_irc(""));
      CHECK(!parse_irc("@a=1"));
      CHECK(!parse_irc("@a=1 "));
      CHECK(!parse_irc(":prefix"));
      CHECK(parse_irc("PING"));
      CHECK(parse_irc("@;;=;= PING"));
    }
  }
}

SCENARIO("tag values survive escaping") {
  GIVEN("a value with everything that must be escaped") {
    std::string value = "a;b c\\d\re\nf";
    std::string escaped;
    append_escaped(escaped, value);
    CHECK_EQ(escaped, "a\\:b\\sc\\\\d\\re\\nf");
    CHECK_EQ(unescape_tag(escaped), value);
  }
  GIVEN("careless escapes") {
    CHECK_EQ(unescape_tag("a\\"), "a");
    CHECK_EQ(unescape_tag("\\x"), "x");
  }
}

SCENARIO("lines are found in a stream of bytes") {
  std::vector<std::string> lines;
  auto take = [&](std::string_view line) { lines.emplace_back(line); };
  GIVEN("two lines, cut at every possible byte") {
    std::string bytes = "one\r\n\r\ntwo\n";
    for (size_t cut = 0; cut <= bytes.size(); ++cut) {
      line_splitter splitter;
      lines.clear();
      splitter.feed(bytes.substr(0, cut), take);
      splitter.feed(bytes.substr(cut), take);
      CHECK_EQ(lines, (std::vector<std::string>{"one", "two"}));
    }
  }
  GIVEN("a line that is too long") {
    line_splitter splitter;
    lines.clear();
    for (int i = 0; i < 100; ++i)
      splitter.feed(std::string(1000, 'x'), take);
    splitter.feed("\nnext\n", take);
    THEN("it is skipped, and the next one is read") {
      CHECK_EQ(lines, std::vector<std::string>{"next"});
      CHECK_EQ(splitter.skipped(), 1u);
    }
  }
}
