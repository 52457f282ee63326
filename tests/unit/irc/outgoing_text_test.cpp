#define CAF_SUITE irc.outgoing_text

#include "runtime/irc/outgoing_text.hpp"
#include "runtime/irc/parser.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/lines.hpp"

#include <random>

using namespace creamery;
using namespace creamery::outgoing_text;
using creamery::test::owned_line;
using creamery::test::strings;

namespace {

const std::string lost = "\uFFFD";

/// The code points of a text, or nothing when it is no UTF-8: decoded with the table of RFC 3629, and nothing shared with the
/// code under test.
std::optional<std::vector<uint32_t>> slow_decode(std::string_view text) {
  std::vector<uint32_t> result;
  for (size_t i = 0; i < text.size();) {
    auto byte = [&](size_t at) -> uint32_t { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0; };
    uint32_t code = byte(i);
    size_t more = code < 0x80 ? 0 : code >> 5 == 6 ? 1 : code >> 4 == 14 ? 2 : code >> 3 == 30 ? 3 : 9;
    if (more == 9)
      return std::nullopt;
    code = more == 0 ? code : code & (0x3Fu >> more);
    for (size_t k = 1; k <= more; ++k) {
      if (byte(i + k) >> 6 != 2)
        return std::nullopt;
      code = code << 6 | (byte(i + k) & 0x3F);
    }
    constexpr uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    if (code < least[more] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
      return std::nullopt;
    result.push_back(code);
    i += more + 1;
  }
  return result;
}

std::string without_spaces(std::string_view text) {
  std::string result;
  for (char c : text)
    if (c != ' ')
      result += c;
  return result;
}

std::string random_text(std::minstd_rand& random, size_t parts) {
  const strings pieces{"a",
                       "bc",
                       " ",
                       " ",
                       "   ",
                       "\u00E9",
                       "\u5B89",
                       "\U0001F389",
                       "word",
                       "\n",
                       "\r\n",
                       "\t",
                       "\x01",
                       "\x7F",
                       "/",
                       ".",
                       "\x80",
                       "\xFF",
                       "\xC3",
                       "\xE2\x82",
                       "\xED\xA0\x80",
                       "\xF4\x90\x80\x80",
                       "\xC0\xAF",
                       "\xF0\x80\x80\xAF",
                       ":",
                       "#"};
  std::string text;
  while (parts-- > 0) {
    if (random() % 5 == 0)
      text += static_cast<char>(random() % 256);
    else
      text += pieces[random() % pieces.size()];
    if (random() % 40 == 0)
      text += std::string(random() % 60, 'w'); // words that don't fit anywhere
  }
  return text;
}

} // namespace

SCENARIO("a text is made fit for one line") {
  CHECK_EQ(clean("hello"), "hello");
  CHECK_EQ(clean("  a  b  "), "a b");
  CHECK_EQ(clean("a\r\nQUIT\nb"), "a QUIT b");
  CHECK_EQ(clean("\x01"
                 "ACTION x\x01"),
           "ACTION x");
  CHECK_EQ(clean(std::string{"a\0b", 3}), "a b");
  CHECK_EQ(clean("a\x7F"
                 "b"),
           "a b");
  CHECK_EQ(clean(""), "");
  CHECK_EQ(clean(" \n\t "), "");
  CHECK_EQ(clean("\u00E9 \u5B89 \U0001F389"), "\u00E9 \u5B89 \U0001F389");
  GIVEN("bytes that are no UTF-8") {
    CHECK_EQ(clean("a\x80"), "a" + lost);
    CHECK_EQ(clean("\xC3"), lost);
    CHECK_EQ(clean("\xC3z"), lost + "z");
    CHECK_EQ(clean("\xC0\xAF"), lost + lost);                       // overlong '/'
    CHECK_EQ(clean("\xE0\x9F\xBF"), lost + lost + lost);            // overlong
    CHECK_EQ(clean("\xED\xA0\x80"), lost + lost + lost);            // half of a surrogate pair
    CHECK_EQ(clean("\xF4\x90\x80\x80"), lost + lost + lost + lost); // beyond U+10FFFF
    CHECK_EQ(clean("\xF5\x80\x80\x80"), lost + lost + lost + lost);
    CHECK_EQ(clean("\xF0\x9F\x8E"), lost + lost + lost); // cut off
  }
  GIVEN("the borders of what is UTF-8") {
    for (std::string good : {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
                             "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"})
      CHECK_EQ(clean(good), good);
  }
}

SCENARIO("/me in front makes an action") {
  std::string text = "/me waves";
  CHECK(take_action(text));
  CHECK_EQ(text, "waves");
  CHECK(!take_action(text));
  for (std::string other : {"/ME waves", "/mewaves", "/me", "say /me waves", " /me waves"}) {
    auto copy = other;
    CHECK(!take_action(copy));
    CHECK_EQ(copy, other);
  }
}

SCENARIO("a long text is cut at spaces, else within a word, never within a character") {
  CHECK_EQ(split("", 5), strings{});
  CHECK_EQ(split("hello", 5), (strings{"hello"}));
  CHECK_EQ(split("hello you", 5), (strings{"hello", "you"}));
  CHECK_EQ(split("hello you", 6), (strings{"hello", "you"}));
  CHECK_EQ(split("hi you two", 6), (strings{"hi you", "two"}));
  CHECK_EQ(split("helloyou", 5), (strings{"hello", "you"}));
  CHECK_EQ(split("a helloyou", 5), (strings{"a", "hello", "you"}));
  CHECK_EQ(split("\u00E9\u00E9\u00E9", 2), (strings{"\u00E9\u00E9", "\u00E9"}));
  GIVEN("exactly 500 and one more") {
    CHECK_EQ(split(std::string(500, 'x')).size(), 1u);
    CHECK_EQ(split(std::string(501, 'x')).size(), 2u);
    std::string wide;
    for (int i = 0; i < 500; ++i)
      wide += "\U0001F389";
    CHECK_EQ(split(wide).size(), 1u);
  }
}

SCENARIO("pieces of any text keep the limit, are whole characters, and together say the same") {
  size_t wrong = 0;
  size_t cuts = 0;
  for (uint32_t seed = 1; seed <= 20'000; ++seed) {
    std::minstd_rand random{seed};
    auto original = random_text(random, random() % 120);
    auto text = clean(original);
    const size_t limit = 1 + random() % (random() % 2 == 0 ? 12 : 60);
    std::string problem;
    auto decoded = slow_decode(text);
    if (!decoded) {
      problem = "no UTF-8";
    } else {
      if (decoded->size() != length(text))
        problem = "length";
      for (auto code : *decoded)
        if (code < 0x20 || code == 0x7F)
          problem = "a control character";
    }
    if (text.starts_with(' ') || text.ends_with(' ') || text.find("  ") != std::string::npos)
      problem = "spaces";
    if (clean(text) != text)
      problem = "cleaning twice changes more";
    auto pieces = split(text, limit);
    std::string together;
    for (const auto& piece : pieces) {
      auto codes = slow_decode(piece);
      if (!codes || codes->empty() || codes->size() > limit || piece.front() == ' ' || piece.back() == ' ')
        problem = "a piece";
      // Between two pieces stood one space, or nothing.
      if (!together.empty()) {
        ++cuts;
        auto at = text.substr(together.size());
        if (at.starts_with(' '))
          together += ' ';
        else if (together.size() - together.rfind(' ') - 1 < limit && piece.find(' ') == std::string::npos && limit > 12
                 && together.find(' ') == std::string::npos && slow_decode(together)->size() < limit)
          problem = "cut within a word without need";
      }
      together += piece;
    }
    if (together != text)
      problem = "the text is another";
    if (without_spaces(text).empty() != pieces.empty())
      problem = "nothing became something";
    if (!problem.empty() && ++wrong < 5)
      CAF_CHECK_EQUAL("seed " + std::to_string(seed) + ": " + problem, "");
  }
  CHECK_EQ(wrong, 0u);
  CHECK_GT(cuts, 20'000u);
}

SCENARIO("a varied text looks the same, isn't equal, and keeps the limit") {
  CHECK_EQ(vary("hi"), "hi \U000E0000");
  CHECK_EQ(length(vary("hi")), 4u);
  GIVEN("no room for two more") {
    auto full = std::string(490, 'x') + " " + std::string(9, 'y');
    auto varied = vary(full);
    CHECK_EQ(length(varied), 500u);
    CHECK_EQ(varied, std::string(490, 'x') + "\u00A0" + std::string(9, 'y'));
    CHECK_EQ(length(vary(std::string(498, 'x'))), 500u);
    CHECK_EQ(vary(std::string(499, 'x')), std::string(499, 'x')); // no space either: nothing can be done
  }
  GIVEN("an action's smaller limit") {
    CHECK_EQ(length(vary(std::string(488, 'x'), max_action_length)), 490u);
    CHECK_EQ(vary(std::string(489, 'x'), max_action_length), std::string(489, 'x'));
  }
  GIVEN("all kinds of texts") {
    size_t wrong = 0;
    for (uint32_t seed = 1; seed <= 3'000; ++seed) {
      std::minstd_rand random{seed};
      const size_t limit = 5 + random() % 40;
      for (const auto& piece : split(clean(random_text(random, 40)), limit)) {
        auto varied = vary(piece, limit);
        auto can = length(piece) + 2 <= limit || piece.find(' ') != std::string::npos;
        auto again = clean(varied);
        auto ok =
          length(varied) <= limit && slow_decode(varied).has_value() && (varied != piece) == can && again == varied;
        if (!ok && ++wrong < 5)
          CAF_CHECK_EQUAL("seed " + std::to_string(seed), "");
      }
    }
    CHECK_EQ(wrong, 0u);
  }
}

SCENARIO("a message becomes one line that a parser reads back") {
  CHECK_EQ(format_privmsg("chan", "hi", false, "", ""), "PRIVMSG #chan :hi\r\n");
  CHECK_EQ(format_privmsg("chan", "waves", true, "", ""), "PRIVMSG #chan :\x01"
                                                          "ACTION waves\x01\r\n");
  CHECK_EQ(format_privmsg("chan", "hi", false, "abc", ""), "@client-nonce=abc PRIVMSG #chan :hi\r\n");
  CHECK_EQ(format_privmsg("chan", "hi", false, "", "7"), "@reply-parent-msg-id=7 PRIVMSG #chan :hi\r\n");
  CHECK_EQ(format_privmsg("chan", "hi", false, "abc", "7"),
           "@client-nonce=abc;reply-parent-msg-id=7 PRIVMSG #chan :hi\r\n");
  GIVEN("any text and any id to answer") {
    size_t wrong = 0;
    for (uint32_t seed = 1; seed <= 5'000; ++seed) {
      std::minstd_rand random{seed};
      auto text = clean(random_text(random, 30));
      std::string reply_to = random() % 2 == 0 ? "" : random_text(random, 4);
      auto action = random() % 2 == 0;
      if (text.empty())
        continue;
      auto line = format_privmsg("chan", text, action, "0123", reply_to);
      auto inside = line.substr(0, line.size() - 2);
      auto ok = line.ends_with("\r\n") && inside.find_first_of(std::string_view{"\r\n", 2}) == std::string::npos;
      owned_line read{inside};
      ok = ok && read.view().verb() == irc_verb::privmsg && read.view().channel() == "chan"
           && read.view().text() == text && read.view().action() == action && read.view().tag("client-nonce") == "0123"
           && read.view().tag_text("reply-parent-msg-id") == reply_to && read.view().param_count() == 2;
      if (!ok && ++wrong < 5)
        CAF_CHECK_EQUAL("seed " + std::to_string(seed), "");
    }
    CHECK_EQ(wrong, 0u);
  }
}
