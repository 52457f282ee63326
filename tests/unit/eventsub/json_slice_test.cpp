#define CAF_SUITE eventsub.json_slice

#include "runtime/eventsub/json_slice.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::eventsub;

namespace {

std::string found(std::string_view object, std::string_view name) {
  return std::string{find_member(object, name).value_or("nothing")};
}

} // namespace

SCENARIO("a member is found and given out as it stands there") {
  GIVEN("an object with members of all kinds") {
    auto text = R"( { "a" : 1.50 , "b":"x\"}y", "c":[1,{"a":2},"]"],"d" :{"e":{"f":"g"}} ,"h":null,"i":true,"a":7})";
    CHECK_EQ(found(text, "a"), "1.50");
    CHECK_EQ(found(text, "b"), R"("x\"}y")");
    CHECK_EQ(found(text, "c"), R"([1,{"a":2},"]"])");
    CHECK_EQ(found(text, "d"), R"({"e":{"f":"g"}})");
    CHECK_EQ(found(text, "h"), "null");
    CHECK_EQ(found(text, "i"), "true");
    CHECK_EQ(found(text, "e"), "nothing");
    CHECK_EQ(find_path(text, "d.e.f").value_or(""), "\"g\"");
    CHECK(!find_path(text, "d.x.f"));
    CHECK(!find_path(text, "a.b"));
  }
}

SCENARIO("what is no object, or is cut off, has no members") {
  GIVEN("such texts") {
    for (const auto* text : {"", "[]", "{", "{}", R"({"a")", R"({"a":)", R"({"a":{"b":1)", R"({"a":"x)",
                             R"({"b":1 "a":2})", R"({a:1})", R"({"b":1,})", R"({"a":"\)", "null", R"({"a":,"b":1})"})
      CHECK_EQ(found(text, "a"), "nothing");
    for (const auto* whole = R"({"x":[{"y":"\\"}],"a":{"b":[1,2]}})"; std::string_view{whole}.size() > 0; whole = "")
      for (size_t size = 0; size + 1 < std::string_view{whole}.size(); ++size)
        CHECK_EQ(found(std::string_view{whole}.substr(0, size), "a"), "nothing");
  }
}

SCENARIO("the text of a value is given out if that is what stands there") {
  GIVEN("values") {
    CHECK_EQ(plain_text(R"("abc")").value_or("nothing"), "abc");
    CHECK_EQ(plain_text(R"("")").value_or("nothing"), "");
    CHECK_EQ(plain_text("-12").value_or("nothing"), "-12");
    CHECK(!plain_text(R"("a\n")"));
    CHECK(!plain_text("null"));
    CHECK(!plain_text("{}"));
    CHECK(!plain_text(""));
    CHECK(!plain_text("\""));
  }
}

SCENARIO("what makes an event unique is put together from its members") {
  GIVEN("a redemption") {
    auto event = R"({"id":"r1","status":"fulfilled","reward":{"id":"w"},"none":null,"empty":""})";
    CHECK_EQ(business_key(event, "id"), "r1");
    CHECK_EQ(business_key(event, "id,status"), "r1 fulfilled");
    CHECK_EQ(business_key(event, "reward.id,id"), "w r1");
    CHECK_EQ(business_key(event, ""), "");
    for (const auto* names : {"missing", "id,missing", "none", "empty", "id,empty", "reward"})
      CHECK_EQ(business_key(event, names), "");
  }
}
