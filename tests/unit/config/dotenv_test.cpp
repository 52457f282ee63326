#define CAF_SUITE config.dotenv

#include "config/dotenv.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

namespace {

/// The variables as `NAME=value`.
strings variables_in(std::string_view text) {
  strings result;
  for (const auto& x : parse_dotenv(text, ".env").variables)
    result.push_back(x.name + "=" + x.value);
  return result;
}

strings mistakes_in_env(std::string_view text) {
  return texts_of(parse_dotenv(text, ".env").diagnostics);
}

} // namespace

SCENARIO("a .env file is a list of variables") {
  GIVEN("bare values") {
    WHEN("they are read") {
      THEN("white space around them and comments behind them don't count") {
        CHECK_EQ(variables_in("A=1\nB = two words \n\n# comment\n  C=3 # comment\nexport D=4\n\texport\tE=5"),
                 (strings{"A=1", "B=two words", "C=3", "D=4", "E=5"}));
        CHECK_EQ(variables_in("A=\nB= # nothing\nC=a#b\nD=#\nE=a=b\nexport=1"),
                 (strings{"A=", "B=", "C=a#b", "D=#", "E=a=b", "export=1"}));
        CHECK_EQ(variables_in("DEFAULT_PREFIX=!\n3DPRINTING_PUBSUB_TOKEN=x\n"),
                 (strings{"DEFAULT_PREFIX=!", "3DPRINTING_PUBSUB_TOKEN=x"}));
      }
    }
  }
  GIVEN("quoted values") {
    WHEN("they are read") {
      THEN("only double quotes know escapes, and nothing is interpolated") {
        CHECK_EQ(variables_in(R"(A=" a # b " # c)"), strings{"A= a # b "});
        CHECK_EQ(variables_in(R"(A='a\n"b' )"), strings{R"(A=a\n"b)"});
        CHECK_EQ(variables_in(R"(A="a\n\t\r\\\"\$b")"), strings{"A=a\n\t\r\\\"$b"});
        CHECK_EQ(variables_in("A=1\nB='$A'\nC=\"${A}\"\nD=$A"), (strings{"A=1", "B=$A", "C=${A}", "D=$A"}));
        CHECK_EQ(variables_in("A=''\nB=\"\"\nC=a\"b"), (strings{"A=", "B=", "C=a\"b"}));
      }
    }
  }
  GIVEN("a file from Windows") {
    WHEN("it is read") {
      THEN("byte order mark and line ends don't count") {
        CHECK_EQ(variables_in("\xEF\xBB\xBF"
                              "A=1\r\nB='2'\r\n\r\n"),
                 (strings{"A=1", "B=2"}));
        CHECK_EQ(mistakes_in_env("\xEF\xBB\xBF"
                                 "A=1\r\nB='2'\r\n\r\n"),
                 strings{});
      }
    }
  }
}

SCENARIO("mistakes in a .env file are named without the text of a value") {
  GIVEN("lines that are no variables") {
    WHEN("they are read") {
      THEN("each is named, and the others count") {
        auto text = "A=1\nabc123 def\n=x\nA-B=1\nC=\"abc\nD='abc\nE=\"a\\x\"\nF='a' b\nG=\"a\\";
        CHECK_EQ(variables_in(text), strings{"A=1"});
        CHECK_EQ(
          mistakes_in_env(text),
          (strings{
            ".env:2:1: error: a line without '='; expected NAME=value, a comment that begins with '#', or an empty "
            "line",
            ".env:3:1: error: no name before '='; expected NAME=value, a comment that begins with '#', or an empty "
            "line",
            ".env:4:1: error: the text before '=' is not a variable's name; expected letters, digits and '_' before "
            "'='",
            ".env:5:7: error: the value of C has no closing quote; expected \" on the same line",
            ".env:6:7: error: the value of D has no closing quote; expected ' on the same line",
            R"(.env:7:5: error: unknown escape in the value of E; expected one of \n, \r, \t, \\, \" and \$, or single quotes, which know no escapes)",
            ".env:8:7: error: text after the quoted value of F; expected nothing or a comment there",
            R"(.env:9:5: error: unknown escape in the value of G; expected one of \n, \r, \t, \\, \" and \$, or single quotes, which know no escapes)",
          }));
      }
    }
  }
  GIVEN("a variable that is set twice") {
    WHEN("it is read") {
      THEN("the last one counts, with a warning") {
        CHECK_EQ(variables_in("A=1\nB=2\nA=3"), (strings{"A=3", "B=2"}));
        CHECK_EQ(
          mistakes_in_env("A=1\nB=2\nA=3"),
          strings{".env:3: warning: A is set again (before on line 1); this line counts; expected each variable once"});
      }
    }
  }
  GIVEN("a file that is no text") {
    WHEN("it is read") {
      THEN("that is all there is to say") {
        CHECK_EQ(mistakes_in_env("A=1\nB=\xFF"),
                 strings{".env:2:3: error: byte 0xFF is not UTF-8 here; expected text in UTF-8"});
        CHECK_EQ(variables_in("A=1\nB=\xFF"), strings{});
      }
    }
  }
}
