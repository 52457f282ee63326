#define CAF_SUITE config.did_you_mean

#include "config/did_you_mean.hpp"
#include "tests/unit/fixture.hpp"

#include <array>

using namespace creamery;

SCENARIO("the edit distance counts insertions, deletions, replacements and swaps") {
  GIVEN("pairs of words") {
    WHEN("they are compared") {
      THEN("the distance is the number of typing errors") {
        CHECK_EQ(edit_distance("", ""), 0u);
        CHECK_EQ(edit_distance("", "abc"), 3u);
        CHECK_EQ(edit_distance("abc", ""), 3u);
        CHECK_EQ(edit_distance("channels", "channels"), 0u);
        CHECK_EQ(edit_distance("chanels", "channels"), 1u);
        CHECK_EQ(edit_distance("channnels", "channels"), 1u);
        CHECK_EQ(edit_distance("chammels", "channels"), 2u);
        CHECK_EQ(edit_distance("prefxi", "prefix"), 1u);
        CHECK_EQ(edit_distance("kitten", "sitting"), 3u);
      }
    }
  }
}

SCENARIO("a suggestion is made only if it is likely") {
  GIVEN("some candidates") {
    constexpr std::array<std::string_view, 4> words{"channels", "chat", "cogs", "prefix"};
    WHEN("a word is close to one of them") {
      THEN("that one is suggested") {
        CHECK_EQ(did_you_mean("chanels", words), " (did you mean 'channels'?)");
        CHECK_EQ(did_you_mean("cog", words), " (did you mean 'cogs'?)");
        CHECK_EQ(did_you_mean("chta", words), " (did you mean 'chat'?)");
      }
    }
    WHEN("a word is close to none") {
      THEN("nothing is suggested") {
        CHECK_EQ(did_you_mean("xyz", words), "");
        CHECK_EQ(did_you_mean("", words), "");
        CHECK_EQ(did_you_mean(std::string(1'000'000, 'a'), words), "");
        CHECK_EQ(did_you_mean("chat", {}), "");
      }
    }
  }
}
