#define CAF_SUITE config.yaml_json

#include "config/yaml_json.hpp"
#include "config/yaml_text.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

std::string json_of(std::string_view yaml) {
  diagnostic_list out{redactor{}};
  auto root = parse_yaml(yaml, "f", out);
  return root ? to_json(*root).dump() : "";
}

} // namespace

SCENARIO("options have the types that they look like") {
  GIVEN("YAML values") {
    WHEN("they become JSON") {
      THEN("unquoted numbers, booleans and null have their types") {
        CHECK_EQ(json_of("[1, -2, 2.5, 1e3, true, False, ~, null]"), "[1,-2,2.5,1000.0,true,false,null,null]");
        CHECK_EQ(json_of("[18446744073709551615, '1', \"true\", 007, yes, .inf, +1, 1e999, -x, 1 2, '']"),
                 R"([18446744073709551615,"1","true","007","yes",".inf","+1","1e999","-x","1 2",""])");
      }
      THEN("lists and maps are kept") {
        CHECK_EQ(json_of("a: [x, {b: c}]\nd:\n"), R"({"a":["x",{"b":"c"}],"d":null})");
        CHECK_EQ(json_of("[]"), "[]");
        CHECK_EQ(json_of("{}"), "{}");
      }
    }
  }
}
