#define CAF_SUITE config.text_file

#include "config/text_file.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

namespace {

std::string mistake_in(std::string_view text) {
  auto found = find_text_mistake(text, "f");
  return found ? to_string(*found) : "";
}

} // namespace

SCENARIO("a file is read as a whole or not at all") {
  GIVEN("a folder with a file of ten bytes") {
    temporary_directory folder;
    auto file = folder.write("ten", "0123456789");
    std::string text;
    WHEN("it may have ten") {
      THEN("it is read") {
        CHECK(!read_text_file(file, 10, text));
        CHECK_EQ(text, "0123456789");
      }
    }
    WHEN("it may have nine") {
      THEN("it is too large") {
        CHECK_EQ(read_text_file(file, 9, text), std::errc::file_too_large);
      }
    }
    WHEN("it isn't there, or is the folder") {
      THEN("the system says so") {
        CHECK_EQ(read_text_file(folder.path() / "no", 9, text), std::errc::no_such_file_or_directory);
        CHECK_EQ(read_text_file(folder.path(), 9, text), std::errc::is_a_directory);
      }
    }
  }
}

SCENARIO("what is not UTF-8 is found, with its place") {
  GIVEN("good texts") {
    WHEN("they are checked") {
      THEN("nothing is found") {
        CHECK_EQ(mistake_in(""), "");
        CHECK_EQ(mistake_in("a\tb\r\nc \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x90\xB4 \xF4\x8F\xBF\xBF"), "");
      }
    }
  }
  GIVEN("bad texts") {
    WHEN("they are checked") {
      THEN("the first bad byte is named") {
        CHECK_EQ(mistake_in("a\nb\x80"), "f:2:2: error: byte 0x80 is not UTF-8 here; expected text in UTF-8");
        CHECK_EQ(mistake_in("\xC3"), "f:1:1: error: byte 0xC3 is not UTF-8 here; expected text in UTF-8");
        CHECK_EQ(mistake_in("\xC0\x80"), "f:1:1: error: byte 0xC0 is not UTF-8 here; expected text in UTF-8");
        CHECK_EQ(mistake_in("\xE0\x80\x80"), "f:1:1: error: byte 0xE0 is not UTF-8 here; expected text in UTF-8");
        CHECK_EQ(mistake_in("\xED\xA0\x80"), "f:1:1: error: byte 0xED is not UTF-8 here; expected text in UTF-8");
        CHECK_EQ(mistake_in("\xE2\x82"), "f:1:1: error: byte 0xE2 is not UTF-8 here; expected text in UTF-8");
        CHECK_EQ(mistake_in("\xF0\x80\x80\x80"), "f:1:1: error: byte 0xF0 is not UTF-8 here; expected text in UTF-8");
        CHECK_EQ(mistake_in("\xF4\x90\x80\x80"), "f:1:1: error: byte 0xF4 is not UTF-8 here; expected text in UTF-8");
        CHECK_EQ(mistake_in("\xF5"), "f:1:1: error: byte 0xF5 is not UTF-8 here; expected text in UTF-8");
        CHECK_EQ(mistake_in(std::string_view{"a\0b", 3}),
                 "f:1:2: error: control character 0x00; expected text in UTF-8");
        CHECK_EQ(mistake_in("\x1b[2J"), "f:1:1: error: control character 0x1B; expected text in UTF-8");
        CHECK_EQ(mistake_in("\xFF\xFE"
                            "a"),
                 "f:1:1: error: the file is in UTF-16; expected text in UTF-8");
      }
    }
  }
  GIVEN("a text with a byte order mark") {
    WHEN("the mark is removed") {
      THEN("the text remains") {
        CHECK_EQ(without_byte_order_mark("\xEF\xBB\xBF"
                                         "a"),
                 "a");
        CHECK_EQ(without_byte_order_mark("a"), "a");
        CHECK_EQ(without_byte_order_mark("\xEF\xBB"), "\xEF\xBB");
      }
    }
  }
}
