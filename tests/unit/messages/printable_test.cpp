#define CAF_SUITE messages.printable

#include "messages/printable.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

SCENARIO("what others said is made fit for a log") {
  GIVEN("long text with a character at the bound") {
    CHECK_EQ(printable("a\tb\x7F"), "a?b?");
    CHECK_EQ(printable("abc", 3), "abc");
    CHECK_EQ(printable("abcd", 3), "abc…");
    CHECK_EQ(printable("ab\u00E9\u00E9", 3), "ab…");
  }
}
