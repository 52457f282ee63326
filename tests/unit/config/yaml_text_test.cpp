#define CAF_SUITE config.yaml_text

#include "config/yaml_json.hpp"
#include "config/yaml_text.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

namespace {

struct parsed {
  std::string json;
  strings mistakes;
};

parsed parse(std::string_view text) {
  diagnostic_list out{redactor{}};
  auto root = parse_yaml(text, "f", out);
  return {root ? to_json(*root).dump() : "", texts_of(out.take())};
}

strings mistakes(std::string_view text) {
  return parse(text).mistakes;
}

} // namespace

SCENARIO("values know their places") {
  GIVEN("a file with a byte order mark, DOS line ends and an umlaut") {
    diagnostic_list out{redactor{}};
    auto root = parse_yaml("\xEF\xBB\xBF"
                           "a: 1\r\n\xC3\xA4: [x,\r\n  y]\r\n",
                           "f", out);
    WHEN("it is parsed") {
      THEN("lines and columns are those of an editor that counts bytes") {
        REQUIRE(root.has_value());
        CHECK(out.take().empty());
        REQUIRE_EQ(root->entries.size(), 2u);
        CHECK_EQ(root->entries[0].key.line, 1);
        CHECK_EQ(root->entries[0].key.column, 1);
        const auto* list = root->find("\xC3\xA4");
        REQUIRE(list != nullptr);
        REQUIRE_EQ(list->items.size(), 2u);
        CHECK_EQ(list->items[0].line, 2);
        CHECK_EQ(list->items[0].column, 6);
        CHECK_EQ(list->items[1].line, 3);
        CHECK_EQ(list->items[1].column, 3);
      }
    }
  }
  GIVEN("values that are nothing") {
    diagnostic_list out{redactor{}};
    auto root = parse_yaml("a: # x\n\nb:\n  - #x\n# y\n\n  - c\n  -\n", "f", out);
    WHEN("they are parsed") {
      THEN("their place is that of their key or dash") {
        REQUIRE(root.has_value());
        CHECK_EQ(root->find("a")->line, 1);
        REQUIRE_EQ(root->find("b")->items.size(), 3u);
        CHECK_EQ(root->find("b")->items[0].line, 4);
        CHECK_EQ(root->find("b")->items[0].column, 3);
        CHECK_EQ(root->find("b")->items[2].line, 8);
      }
    }
  }
}

SCENARIO("what is no YAML is named with its line") {
  GIVEN("broken files") {
    WHEN("they are parsed") {
      THEN("yaml-cpp's message is there, and advice where there is some") {
        CHECK_EQ(mistakes("a: b\nc: d: e\n"), strings{"f:2:5: error: illegal map value; expected valid YAML"});
        CHECK_EQ(
          mistakes("a:\n  prefix: %\n"),
          strings{
            "f:2:11: error: unknown token; expected valid YAML; a text that begins with % needs quotes around it"});
        CHECK_EQ(
          mistakes("a:\n  prefix: @\n"),
          strings{
            "f:2:11: error: unknown token; expected valid YAML; a text that begins with @ needs quotes around it"});
        // yaml-cpp 0.8 says which one
        REQUIRE_EQ(mistakes("a: *x\n").size(), 1u);
        CHECK_EQ(mistakes("a: *x\n").front().find("f:1:4: error: the referenced anchor is not defined"), 0u);
        CHECK_EQ(mistakes("a: {b: ${NAME}}\n"),
                 strings{"f:1:9: error: end of map flow not found; expected valid YAML; within "
                         "{ } or [ ], ${NAME} needs quotes around it"});
        CHECK_EQ(mistakes("a: [b, c\n"), strings{"f:2:1: error: end of sequence flow not found; expected valid YAML"});
        CHECK_EQ(mistakes("a: 1\n---\nb: 2\n"),
                 strings{"f:2:1: error: a second document; expected one document, without '---' in it"});
      }
    }
  }
  GIVEN("a quote that is never closed") {
    WHEN("it is parsed") {
      THEN("it isn't taken for the rest of the file") {
        CHECK_EQ(mistakes("a: \"b\n"),
                 strings{"f:1:4: error: a quote that is never closed; expected a quote at the end of the "
                         "text as well"});
        CHECK_EQ(mistakes("a: 'b\nc: it''s\n").size(), 1u);
        CHECK_EQ(mistakes("a: 'it''s'\nb: \"\\\"\"\n"), strings{});
      }
    }
  }
}

SCENARIO("duplicate keys are mistakes, and the first one counts") {
  GIVEN("maps with equal keys") {
    WHEN("they are parsed") {
      THEN("the second one is named, with the line of the first") {
        auto result = parse("a: 1\nb: 2\n\"a\": 3\n");
        CHECK_EQ(result.json, R"({"a":1,"b":2})");
        CHECK_EQ(result.mistakes, strings{"f:3:1: error: duplicate key 'a' (first on line 1); expected each key once"});
        CHECK_EQ(mistakes("a: {b: 1, c: 2, b: 3}"),
                 strings{"f:1:17: error: duplicate key 'b' (first on line 1); expected each key once"});
      }
    }
  }
  GIVEN("maps with keys that are no text") {
    WHEN("they are parsed") {
      THEN("they are named") {
        CHECK_EQ(mistakes("[a]: 1\n"), strings{"f:1:1: error: a key that is a list; expected a name before ':'"});
        CHECK_EQ(mistakes("? {a: b}\n: 1\n"), strings{"f:1:3: error: a key that is a map; expected a name before ':'"});
        CHECK_EQ(mistakes("~: 1\n"), strings{"f:1:1: error: a key that is nothing; expected a name before ':'"});
      }
    }
  }
}

SCENARIO("an unquoted ! is understood, other tags aren't") {
  GIVEN("values with tags") {
    WHEN("they are parsed") {
      THEN("a lonely ! is the text that was meant") {
        auto result = parse("a: !\nb: \"!\"\nc: \"\"\n");
        CHECK_EQ(result.json, R"({"a":"!","b":"!","c":""})");
        CHECK_EQ(result.mistakes,
                 strings{"f:1:4: warning: an unquoted ! is a tag to YAML; it is taken for the text \"!\" here; "
                         "expected \"!\" in quotes"});
        CHECK_EQ(parse("a: !").json, R"({"a":"!"})");
        CHECK_EQ(parse("a: ! # comment\nb: c").json, R"({"a":"!","b":"c"})");
      }
      THEN("others are named") {
        CHECK_EQ(mistakes("a: !x\n"),
                 strings{"f:1:4: error: '!x' is a tag to YAML, and has no meaning here; expected no tag; "
                         "quotes around a text that begins with !"});
        CHECK_EQ(mistakes("a: ! x\n"), strings{"f:1:4: error: an unquoted ! is a tag to YAML, and has no meaning here; "
                                               "expected quotes around a text that begins with !"});
        CHECK_EQ(mistakes("a: !!str 1\n"), strings{});
      }
    }
  }
}

SCENARIO("tabs in the indentation are named, each with its line") {
  GIVEN("a file indented with tabs") {
    WHEN("it is parsed") {
      auto result = parse("a:\n\tb: 1\n\tc:\n\t-   x\n\n\t# comment\nd: !\n");
      THEN("it is understood nevertheless, and its other mistakes have their places") {
        CHECK_EQ(result.json, R"({"a":{"b":1,"c":["x"]},"d":"!"})");
        CHECK_EQ(
          result.mistakes,
          (strings{"f:2:1: error: a tab in the indentation; expected spaces",
                   "f:3:1: error: a tab in the indentation; expected spaces",
                   "f:4:1: error: a tab in the indentation; expected spaces",
                   "f:6:1: error: a tab in the indentation; expected spaces",
                   "f:7:4: warning: an unquoted ! is a tag to YAML; it is taken for the text \"!\" here; expected "
                   "\"!\" in quotes"}));
      }
    }
  }
  GIVEN("a file in which tabs and spaces meet") {
    WHEN("it is parsed") {
      THEN("the width is found that makes sense of it") {
        CHECK_EQ(parse("a:\n  b: 1\n\tc: 2\n").json, R"({"a":{"b":1,"c":2}})");
        CHECK_EQ(parse("a:\n        b: 1\n\tc: 2\n").json, R"({"a":{"b":1,"c":2}})");
        CHECK_EQ(
          mistakes("a:\n  \tb: !\n"),
          (strings{"f:2:3: error: a tab in the indentation; expected spaces",
                   "f:2:7: warning: an unquoted ! is a tag to YAML; it is taken for the text \"!\" here; expected "
                   "\"!\" in quotes"}));
      }
    }
  }
  GIVEN("a file with tabs that has other mistakes as well") {
    WHEN("it is parsed") {
      THEN("both are named") {
        CHECK_EQ(mistakes("a:\n\tb: 1\nc: d: e\n"), (strings{"f:2:1: error: a tab in the indentation; expected spaces",
                                                             "f:3:5: error: illegal map value; expected valid YAML"}));
      }
    }
  }
  GIVEN("tabs where YAML allows them") {
    WHEN("they are parsed") {
      THEN("nobody minds") {
        CHECK_EQ(mistakes("a:\t1\nb: |\n  x\n  \ty\nc: \"x\n\ty\"\n"), strings{});
      }
    }
  }
}

SCENARIO("aliases are filled in, within bounds") {
  GIVEN("a file with an anchor and an alias") {
    WHEN("it is parsed") {
      THEN("the value is there twice") {
        CHECK_EQ(parse("a: &x [1, 2]\nb: *x\n").json, R"({"a":[1,2],"b":[1,2]})");
      }
    }
  }
  GIVEN("an alias that contains itself") {
    WHEN("it is parsed") {
      THEN("it is refused") {
        CHECK_EQ(mistakes("a: &x [*x]\n"),
                 strings{"f:1:8: error: an alias within the value that it refers to; expected an alias outside of it"});
      }
    }
  }
  GIVEN("aliases that multiply") {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 10; ++i) {
      auto before = "*a" + std::to_string(i - 1);
      text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
      for (int j = 1; j < 10; ++j)
        text += ", " + before;
      text += "]\n";
    }
    WHEN("they are parsed") {
      THEN("they don't get far") {
        auto found = mistakes(text);
        REQUIRE_EQ(found.size(), 1u);
        CHECK(found.front().find("too many values in the file; expected at most 50000, aliases filled in")
              != std::string::npos);
      }
    }
  }
}

SCENARIO("size and depth are bounded") {
  GIVEN("deeply nested lists") {
    WHEN("they are parsed") {
      THEN("the bound is named instead of the stack used up") {
        for (std::string_view opening : {"[", "{a: ", "- ", "? "}) {
          std::string text;
          for (int i = 0; i < 100'000; ++i)
            text += opening;
          auto found = mistakes(text);
          REQUIRE_EQ(found.size(), 1u);
          CHECK(found.front().find("lists and maps are nested too deeply; expected at most 32 levels")
                != std::string::npos);
        }
      }
    }
  }
  GIVEN("nesting that only aliases make too deep") {
    std::string text = "a0: &a0 [x]\n";
    for (int i = 1; i < 40; ++i)
      text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    WHEN("it is parsed") {
      THEN("it is refused as well") {
        CHECK_EQ(mistakes(text),
                 strings{"f:32:12: error: lists and maps are nested too deeply; expected at most 32 levels, "
                         "aliases filled in"});
      }
    }
  }
  GIVEN("a file of more than a megabyte") {
    WHEN("it is parsed") {
      THEN("it is refused") {
        CHECK_EQ(mistakes(std::string(1024 * 1024 + 1, 'a')),
                 strings{"f: error: the file is too large; expected at most 1 MiB"});
      }
    }
  }
  GIVEN("a file that is no text") {
    WHEN("it is parsed") {
      THEN("it is refused") {
        CHECK_EQ(mistakes("a: \xE4\n"), strings{"f:1:4: error: byte 0xE4 is not UTF-8 here; expected text in UTF-8"});
      }
    }
  }
}
