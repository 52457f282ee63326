#define CAF_SUITE config.diagnostic_list

#include "config/diagnostic_list.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

SCENARIO("a diagnostic is one line that an editor can jump to") {
  GIVEN("diagnostics with more and less exact places") {
    WHEN("they are printed") {
      THEN("only what is known is there") {
        CHECK_EQ(to_string(diagnostic{severity::error, {"f", 12, 5}, "wrong", "right"}),
                 "f:12:5: error: wrong; expected right");
        CHECK_EQ(to_string(diagnostic{severity::warning, {"f", 12, 0}, "odd", ""}), "f:12: warning: odd");
        CHECK_EQ(to_string(diagnostic{severity::error, {"f", 0, 0}, "wrong", ""}), "f: error: wrong");
      }
    }
  }
}

SCENARIO("diagnostics come in the order of the files") {
  GIVEN("a list that was filled in some other order") {
    diagnostic_list list{redactor{}};
    list.error({".env", 2, 1}, "b");
    list.error({"bots.yaml", 3, 4}, "e");
    list.warning({"bots.yaml", 3, 1}, "d");
    list.error({".env", 1, 1}, "a");
    list.error({"bots.yaml", 0, 0}, "c");
    WHEN("it is taken") {
      THEN("it is sorted by file, line and column") {
        CHECK_EQ(texts_of(list.take()), (strings{".env:1:1: error: a", ".env:2:1: error: b", "bots.yaml: error: c",
                                                 "bots.yaml:3:1: warning: d", "bots.yaml:3:4: error: e"}));
      }
    }
  }
  GIVEN("the same mistake twice") {
    diagnostic_list list{redactor{}};
    list.error({"f", 1, 1}, "a");
    list.error({"f", 1, 1}, "a");
    WHEN("the list is taken") {
      THEN("it is said once") {
        CHECK_EQ(list.take().size(), 1u);
      }
    }
  }
  GIVEN("more mistakes than anybody reads") {
    diagnostic_list list{redactor{}};
    for (int line = 1; line <= 1000; ++line)
      list.error({"f", line, 1}, "a");
    WHEN("the list is taken") {
      auto taken = list.take();
      THEN("the rest is counted") {
        CHECK_EQ(taken.size(), 201u);
        CHECK_EQ(to_string(taken.back()), "f: error: 800 more mistakes");
      }
    }
  }
}

SCENARIO("no secret gets into the list") {
  GIVEN("a list that knows a secret") {
    diagnostic_list list{redactor{{{"A_ACCESS_TOKEN", "oauth:abcdef"}}}};
    WHEN("it is mentioned") {
      list.error({"f", 1, 1}, "'abcdef'", "not abcdef");
      THEN("it is masked") {
        CHECK_EQ(texts_of(list.take()), strings{"f:1:1: error: '***'; expected not ***"});
      }
    }
  }
}
