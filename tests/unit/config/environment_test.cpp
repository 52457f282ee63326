#define CAF_SUITE config.environment

#include "config/environment.hpp"
#include "tests/unit/fixture.hpp"

#include <cstdlib>

using namespace creamery;

SCENARIO("an environment remembers where its variables come from") {
  GIVEN("an environment with a variable") {
    environment env{{"A", "1"}, {"EMPTY", ""}};
    WHEN("a file sets the same one and another one") {
      CHECK(!env.set_default("A", "2", {".env", 1, 0}));
      CHECK(env.set_default("B", "3", {".env", 2, 0}));
      THEN("the file doesn't win") {
        CHECK_EQ(env.find("A")->value.reveal(), "1");
        CHECK_EQ(to_string(env.find("A")->where), "environment");
        CHECK_EQ(env.find("B")->value.reveal(), "3");
        CHECK_EQ(to_string(env.find("B")->where), ".env:2");
      }
    }
    WHEN("a variable is looked for that isn't there or is empty") {
      THEN("that can be told apart") {
        CHECK(env.find("C") == nullptr);
        CHECK(env.find_value("C") == nullptr);
        CHECK(env.find("EMPTY") != nullptr);
        CHECK(env.find_value("EMPTY") == nullptr);
        CHECK(env.find_value("A") != nullptr);
      }
    }
  }
  GIVEN("the environment of this process") {
    setenv("CREAMERY_ENVIRONMENT_TEST", "a=b", 1);
    WHEN("it is read") {
      auto env = environment::of_process();
      THEN("its variables are there") {
        REQUIRE(env.find("CREAMERY_ENVIRONMENT_TEST") != nullptr);
        CHECK_EQ(env.find("CREAMERY_ENVIRONMENT_TEST")->value.reveal(), "a=b");
      }
    }
  }
}

SCENARIO("the variables of a bot begin with its name in upper case") {
  GIVEN("names with all kinds of characters") {
    WHEN("they are turned into names of variables") {
      THEN("everything but letters and digits is an underscore") {
        CHECK_EQ(variable_name("creamy_bot", "CLIENT_ID"), "CREAMY_BOT_CLIENT_ID");
        CHECK_EQ(variable_name("Race-the.Nags 2", "ACCESS_TOKEN"), "RACE_THE_NAGS_2_ACCESS_TOKEN");
      }
    }
  }
}
