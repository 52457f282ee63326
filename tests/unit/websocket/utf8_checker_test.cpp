#define CAF_SUITE websocket.utf8_checker

#include "runtime/websocket/utf8_checker.hpp"
#include "tests/unit/fixture.hpp"

#include <string>

using namespace creamery;

namespace {

/// The slow obvious twin: decodes whole characters and looks at their numbers.
bool is_utf8_slowly(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    auto byte = [&](size_t k) { return i + k < text.size() ? static_cast<unsigned char>(text[i + k]) : 0u; };
    const size_t size = byte(0) < 0x80 ? 1 : (byte(0) & 0xE0) == 0xC0 ? 2 : (byte(0) & 0xF0) == 0xE0 ? 3 : 4;
    if (size == 4 && (byte(0) & 0xF8) != 0xF0)
      return false;
    uint32_t code = size == 1 ? byte(0) : byte(0) & (0x7F >> size);
    for (size_t k = 1; k < size; ++k) {
      if ((byte(k) & 0xC0) != 0x80)
        return false;
      code = code << 6 | (byte(k) & 0x3F);
    }
    constexpr uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (code < least[size] || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
      return false;
    i += size;
  }
  return true;
}

std::string bytes(std::initializer_list<unsigned> values) {
  std::string text;
  for (auto value : values)
    text += static_cast<char>(value);
  return text;
}

} // namespace

SCENARIO("exactly the characters of Unicode are taken") {
  GIVEN("every sequence of up to three bytes, and those of four that matter") {
    size_t disagreements = 0;
    auto compare = [&](const std::string& text) { disagreements += is_utf8(text) != is_utf8_slowly(text); };
    for (unsigned a = 0; a < 256; ++a) {
      compare(bytes({a}));
      for (unsigned b = 0; b < 256; ++b) {
        compare(bytes({a, b}));
        for (unsigned c : {0x00u, 0x7Fu, 0x80u, 0x9Fu, 0xA0u, 0xBFu, 0xC0u, 0xFFu}) {
          compare(bytes({a, b, c}));
          for (unsigned d : {0x00u, 0x7Fu, 0x80u, 0xBFu, 0xC0u})
            compare(bytes({a, b, c, d}));
        }
      }
    }
    THEN("the checker agrees with its slow twin") {
      CHECK_EQ(disagreements, 0u);
    }
  }
}

SCENARIO("where text is cut makes no difference") {
  GIVEN("text of all widths, long enough for the fast path") {
    const std::string text =
      "plain ascii that goes on for more than thirty-two bytes … \u00E9 \U0001F600 and on and on and on";
    WHEN("it comes in two pieces, cut at every byte") {
      for (size_t cut = 0; cut <= text.size(); ++cut) {
        utf8_checker checker;
        CHECK(checker.check(std::string_view{text}.substr(0, cut)));
        CHECK(checker.check(std::string_view{text}.substr(cut)));
        CHECK(checker.complete());
      }
    }
  }
  GIVEN("a character that is begun and not ended") {
    utf8_checker checker;
    THEN("the text is fine so far, but may not end") {
      CHECK(checker.check("abc\xF0\x9F"));
      CHECK(!checker.complete());
    }
  }
  GIVEN("a lead byte and a second byte that can't follow it") {
    utf8_checker checker;
    THEN("it is refused before the character is whole") {
      CHECK(!checker.check("\xED\xA0"));
    }
  }
  GIVEN("a bad byte at each place of a long text") {
    for (size_t place = 0; place < 100; ++place) {
      std::string text(100, 'x');
      text[place] = '\xFF';
      CHECK(!is_utf8(text));
    }
  }
}
