#define CAF_SUITE config.references

#include "config/references.hpp"
#include "config/yaml_json.hpp"
#include "config/yaml_text.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

namespace {

struct resolved {
  std::string json;
  strings mistakes;
};

resolved resolve(std::string_view text) {
  environment env{{"NAME", "value"}, {"NUMBER", "7"}, {"EMPTY", ""}, {"LOOP", "${NAME}"}};
  diagnostic_list out{redactor{env}};
  auto root = parse_yaml(text, "f", out);
  if (root)
    resolve_references(*root, "f", env, out);
  return {root ? to_json(*root).dump() : "", texts_of(out.take())};
}

} // namespace

SCENARIO("values can refer to variables") {
  GIVEN("values with references") {
    WHEN("they are resolved") {
      THEN("the variables are there, as text") {
        auto result = resolve("['${NAME}', 'a${NAME}b${NUMBER}', '${NUMBER}', \"${EMPTY}\", {a: '${NAME}'}]");
        CHECK_EQ(result.json, R"(["value","avalueb7","7","",{"a":"value"}])");
        CHECK_EQ(result.mistakes, strings{});
      }
      THEN("values aren't looked through again, and keys not at all") {
        CHECK_EQ(resolve("'${NAME}': '${LOOP}'").json, R"({"${NAME}":"${NAME}"})");
      }
      THEN("a dollar sign alone is just that") {
        CHECK_EQ(resolve("['$', '$NAME', '$$', '$${NAME}', 'a$${b}c${NAME}']").json,
                 R"(["$","$NAME","$$","${NAME}","a${b}cvalue"])");
      }
    }
  }
  GIVEN("references that lead nowhere") {
    WHEN("they are resolved") {
      THEN("they are named") {
        CHECK_EQ(
          resolve("a:\n  b: ${NAMES}\n").mistakes,
          strings{"f:2:6: error: the variable NAMES is not set (did you mean 'NAME'?); expected NAMES=… in .env or the "
                  "environment"});
        CHECK_EQ(
          resolve("a: ${ELSEWHERE}").mistakes,
          strings{"f:1:4: error: the variable ELSEWHERE is not set; expected ELSEWHERE=… in .env or the environment"});
        for (auto text : {"${", "${}", "${a b}", "${NAME"})
          CHECK_EQ(
            resolve(std::string{"a: '"} + text + "'").mistakes,
            strings{std::string{"f:1:4: error: a ${ in '"} + text
                    + "' that is no reference to a variable; expected ${NAME} with letters, digits and '_', or $${ for "
                      "the text itself"});
      }
    }
  }
}
