#define CAF_SUITE config.redactor

#include "config/redactor.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

SCENARIO("secrets are replaced wherever they are") {
  GIVEN("an environment with secrets, one of which contains another one") {
    redactor secrets{
      {{"A_ACCESS_TOKEN", "oauth:abcdef"}, {"CREAMERY_KEY", "xyabcdefxy"}, {"B_TOKEN", "in"}, {"HOME", "/root/x"}}};
    WHEN("a text contains them") {
      THEN("they are masked, but not the words that happen to be a short value") {
        CHECK_EQ(secrets.clean("'abcdef' in xyabcdefxy, /root/x"), "'***' in ***, /root/x");
        CHECK_EQ(secrets.clean("abcdefabcdef"), "***");
        CHECK_EQ(secrets.clean("abcde"), "abcde");
      }
    }
    WHEN("a text contains what looks like a token, known or not") {
      THEN("it is masked as well") {
        CHECK_EQ(secrets.clean("oauth:q1 oauth: oauth:"), "oauth:*** oauth: oauth:");
        CHECK_EQ(secrets.clean("(abcdefghijklmnopqrstuvwxyz0123)"), "(***)");
      }
    }
    WHEN("a text contains long words of other kinds") {
      THEN("they stay") {
        CHECK_EQ(secrets.clean("moderator:manage:suspicious_users"), "moderator:manage:suspicious_users");
        CHECK_EQ(secrets.clean("RINDFLEISCHETIKETTIERUNGSUEBERWACHUNG"), "RINDFLEISCHETIKETTIERUNGSUEBERWACHUNG");
        CHECK_EQ(secrets.clean("123456789012345678901234567890"), "123456789012345678901234567890");
      }
    }
    WHEN("a text contains what a terminal would obey") {
      THEN("it can't any more") {
        CHECK_EQ(secrets.clean("a\x1b[2Jb\nc"), "a [2Jb c");
      }
    }
  }
}
