#define CAF_SUITE messages.irc_line

#include "messages/irc_line.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/lines.hpp"

#include <random>

using namespace creamery;
using creamery::test::owned_line;

namespace {

/// Whether a part lies inside the line, and the line inside the memory, in numbers too large to overflow.
bool slow_is_valid(const irc_index& x, uint64_t memory) {
  uint64_t size = x.size;
  return uint64_t{x.begin} + size <= memory && (x.tags_size == 0 || uint64_t{1} + x.tags_size <= size)
         && uint64_t{x.prefix} + x.prefix_size <= size && uint64_t{x.command} + x.command_size <= size
         && x.params <= size && uint64_t{x.channel} + x.channel_size <= size && uint64_t{x.text} + x.text_size <= size;
}

} // namespace

SCENARIO("tag values are unescaped as IRCv3 says") {
  CHECK_EQ(unescape_tag("a\\sb"), "a b");
  CHECK_EQ(unescape_tag("a\\:b"), "a;b");
  CHECK_EQ(unescape_tag("a\\\\b"), "a\\b");
  CHECK_EQ(unescape_tag("a\\rb"), "a\rb");
  CHECK_EQ(unescape_tag("a\\nb"), "a\nb");
  GIVEN("escapes that nobody defined") {
    CHECK_EQ(unescape_tag("\\a\\b\\1\\=\\S"), "ab1=S");
  }
  GIVEN("a lone backslash at the end") {
    CHECK_EQ(unescape_tag("a\\"), "a");
    CHECK_EQ(unescape_tag("\\"), "");
    CHECK_EQ(unescape_tag("a\\\\"), "a\\");
    CHECK_EQ(unescape_tag("a\\\\\\"), "a\\");
  }
  GIVEN("nothing to do") {
    CHECK_EQ(unescape_tag(""), "");
    CHECK_EQ(unescape_tag("plain/1,2"), "plain/1,2");
    CHECK_EQ(unescape_tag("\u00E9\\s\U0001F389"), "\u00E9 \U0001F389");
  }
  GIVEN("a backslash that is escaped before a letter that means something") {
    CHECK_EQ(unescape_tag("\\\\s"), "\\s");
  }
}

SCENARIO("whatever is escaped comes back the same and can't end the tag") {
  GIVEN("every byte and every pair of bytes that mean something") {
    std::string all;
    for (int c = 0; c < 256; ++c)
      all += static_cast<char>(c);
    CHECK(unescape_tag(escape_tag(all)) == all);
    CHECK_EQ(escape_tag("; \\\r\n"), "\\:\\s\\\\\\r\\n");
    for (char a : std::string_view{"; \\\r\n:srnx"}) {
      for (char b : std::string_view{"; \\\r\n:srnx"}) {
        std::string text{a, b};
        CHECK_EQ(unescape_tag(escape_tag(text)), text);
        CHECK_EQ(escape_tag(text).find_first_of("; \r\n"), std::string::npos);
      }
    }
  }
}

SCENARIO("tags are found by their whole name, the last one of a name counts") {
  owned_line line{"@a=1;ab=2;b;c=;=x;;d=1=2;a=3;e=+7;f=-7;g=7x;h=9223372036854775808;i=007;j=\\s7 PING"};
  auto view = line.view();
  CHECK(view.tag("a") == "3");
  CHECK(view.tag("ab") == "2");
  CHECK(view.tag("b") == "");
  CHECK(view.tag("c") == "");
  CHECK(view.tag("d") == "1=2");
  CHECK(!view.tag("x"));
  CHECK(!view.tag("A"));
  CHECK_EQ(view.tag_text("x"), "");
  GIVEN("numbers") {
    CHECK(view.tag_number("a") == 3);
    CHECK(view.tag_number("f") == -7);
    CHECK(view.tag_number("i") == 7);
    for (auto name : {"b", "c", "d", "e", "g", "h", "j", "x"})
      CHECK(!view.tag_number(name));
  }
  GIVEN("a line without tags, or with none but the mark") {
    CHECK(!owned_line{"PING :a=1"}.view().tag("a"));
    CHECK_EQ(owned_line{"@ PING"}.view().tags(), "");
    CHECK_EQ(owned_line{"@; PING"}.view().tags(), ";");
    size_t tags = 0;
    owned_line{"@;; PING"}.view().for_each_tag([&](std::string_view, std::string_view) { ++tags; });
    CHECK_EQ(tags, 0u);
  }
}

SCENARIO("the sender's login is what stands before '!' or '@'") {
  CHECK_EQ(owned_line{":ann!ann@ann.tmi.twitch.tv JOIN #c"}.view().nick(), "ann");
  CHECK_EQ(owned_line{":ann@tmi.twitch.tv JOIN #c"}.view().nick(), "ann");
  CHECK_EQ(owned_line{":tmi.twitch.tv NOTICE * :x"}.view().nick(), "");
  CHECK_EQ(owned_line{"PING :x!y"}.view().nick(), "");
  CHECK_EQ(owned_line{":!x PING"}.view().nick(), "");
}

SCENARIO("an index from elsewhere is only valid when all of its parts lie inside the line") {
  GIVEN("the index of a real line") {
    owned_line line{"@a=b :n!n@n PRIVMSG #c :text"};
    const auto good = line.index();
    const auto memory = line.view().raw().size();
    CHECK(is_valid(good, memory));
    WHEN("one field after the other is beyond") {
      auto with = [&](auto field, auto value) {
        auto bad = good;
        bad.*field = value;
        return is_valid(bad, memory);
      };
      constexpr uint16_t most = 0xFFFF;
      CHECK(!with(&irc_index::begin, 1u));
      CHECK(!with(&irc_index::begin, 0xFFFFFFFFu));
      CHECK(!with(&irc_index::size, static_cast<uint16_t>(memory + 1)));
      for (auto field : {&irc_index::size, &irc_index::tags_size, &irc_index::prefix, &irc_index::prefix_size,
                         &irc_index::command, &irc_index::command_size, &irc_index::params, &irc_index::channel,
                         &irc_index::channel_size, &irc_index::text, &irc_index::text_size})
        CHECK(!with(field, most));
      CHECK(!with(&irc_index::tags_size, static_cast<uint16_t>(memory)));
      CHECK(with(&irc_index::tags_size, static_cast<uint16_t>(memory - 1)));
      CHECK(!with(&irc_index::size, uint16_t{0})); // its parts are where there is no line any more
    }
  }
  GIVEN("an index of nothing in no memory") {
    CHECK(is_valid(irc_index{}, 0));
    irc_index tags_only;
    tags_only.tags_size = 1;
    CHECK(!is_valid(tags_only, 0));
    irc_index params_only;
    params_only.params = 1;
    CHECK(!is_valid(params_only, 10));
  }
  GIVEN("random indexes in a small memory") {
    std::minstd_rand random{4711};
    size_t differences = 0;
    size_t valid = 0;
    for (int i = 0; i < 300'000; ++i) {
      auto number = [&] { return static_cast<uint16_t>(random() % 64 == 0 ? 0xFFFF - random() % 3 : random() % 9); };
      irc_index x;
      x.begin = random() % 50 == 0 ? 0xFFFFFFFFu - static_cast<uint32_t>(random() % 3) : number();
      x.size = static_cast<uint16_t>(random() % 40 == 0 ? 0xFFFF : 8 + random() % 12);
      for (auto field : {&irc_index::tags_size, &irc_index::prefix, &irc_index::prefix_size, &irc_index::command,
                         &irc_index::command_size, &irc_index::params, &irc_index::channel, &irc_index::channel_size,
                         &irc_index::text, &irc_index::text_size})
        x.*field = number();
      auto memory = random() % 30;
      valid += is_valid(x, memory);
      differences += is_valid(x, memory) != slow_is_valid(x, memory);
    }
    CHECK_EQ(differences, 0u);
    CHECK_GT(valid, 1'000u);
  }
}
