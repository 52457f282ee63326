#define CAF_SUITE config.load

#include "config/load.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

namespace {

constexpr std::string_view good_file = "a: {channels: [x], cogs: [y]}\n";

/// Diagnostics with `<folder>` in place of the temporary folder.
strings mistakes_without_folder(const load_result& result, const temporary_directory& folder) {
  auto texts = texts_of(result.diagnostics);
  auto path = folder.path().string();
  for (auto& text : texts)
    for (auto i = text.find(path); i != std::string::npos; i = text.find(path))
      text.replace(i, path.size(), "<folder>");
  return texts;
}

} // namespace

SCENARIO("the file is the one of the command line, of CONFIG_FILENAME or bots.yaml") {
  GIVEN("a folder with three files") {
    temporary_directory folder;
    folder.write("bots.yaml", "default_bot: {}");
    folder.write("other.yaml", "other_bot: {}");
    auto third = folder.write("third.yaml", "third_bot: {}");
    auto name = [&](const config_files& files, const environment& env) {
      return load_configuration(files, env).config.bots.at(0).name;
    };
    WHEN("nothing is said") {
      THEN("it is bots.yaml") {
        CHECK_EQ(name({{}, {}, folder.path()}, {}), "default_bot");
        CHECK_EQ(name({{}, {}, folder.path()}, {{"CONFIG_FILENAME", ""}}), "default_bot");
      }
    }
    WHEN("CONFIG_FILENAME is set") {
      THEN("it is that one") {
        CHECK_EQ(name({{}, {}, folder.path()}, {{"CONFIG_FILENAME", "other.yaml"}}), "other_bot");
        CHECK_EQ(name({{}, {}, folder.path()}, {{"CONFIG_FILENAME", third.string()}}), "third_bot");
      }
    }
    WHEN(".env sets CONFIG_FILENAME") {
      folder.write(".env", "CONFIG_FILENAME=other.yaml\n");
      THEN("it is that one, unless the environment says something else") {
        CHECK_EQ(name({{}, {}, folder.path()}, {}), "other_bot");
        CHECK_EQ(name({{}, {}, folder.path()}, {{"CONFIG_FILENAME", "third.yaml"}}), "third_bot");
      }
    }
    WHEN("the command line names one") {
      THEN("it is that one") {
        CHECK_EQ(name({third, {}, folder.path()}, {{"CONFIG_FILENAME", "other.yaml"}}), "third_bot");
      }
    }
  }
}

SCENARIO("a .env file is read if it is there") {
  GIVEN("a folder with a configuration") {
    temporary_directory folder;
    folder.write("bots.yaml", good_file);
    WHEN("the token is in .env") {
      folder.write(".env", "A_ACCESS_TOKEN=from-file\n");
      THEN("it is found, and the environment wins") {
        auto result = load_configuration({{}, {}, folder.path()}, {});
        CHECK(result.ok());
        CHECK_EQ(result.config.bots.at(0).access_token.reveal(), "from-file");
        result = load_configuration({{}, {}, folder.path()}, {{"A_ACCESS_TOKEN", "from-outside"}});
        CHECK_EQ(result.config.bots.at(0).access_token.reveal(), "from-outside");
      }
    }
    WHEN("the token is in another file that the command line names") {
      auto file = folder.write("secrets", "A_ACCESS_TOKEN=from-there\n");
      THEN("it is found") {
        auto result = load_configuration({{}, file, folder.path()}, {});
        CHECK_EQ(result.config.bots.at(0).access_token.reveal(), "from-there");
      }
    }
    WHEN("there are mistakes in both files") {
      folder.write(".env", "A_ACCESS_TOKEN=abcdef\nnonsense\n");
      folder.write("bots.yaml", "a: {channels: [x], cogs: [y], redundancy: 0}\n");
      THEN("all are named") {
        CHECK_EQ(
          mistakes_without_folder(load_configuration({{}, {}, folder.path()}, {}), folder),
          (strings{
            "<folder>/.env:2:1: error: a line without '='; expected NAME=value, a comment that begins with '#', or "
            "an empty line",
            "<folder>/bots.yaml:1:43: error: 'redundancy' of bot 'a' is '0'; expected 1 or 2 connections"}));
      }
    }
  }
}

SCENARIO("files that can't be read are named") {
  GIVEN("an empty folder") {
    temporary_directory folder;
    auto mistakes = [&](const config_files& files, const environment& env = {}) {
      return mistakes_without_folder(load_configuration(files, env), folder);
    };
    WHEN("nothing is said") {
      THEN("it is said how to begin") {
        CHECK_EQ(
          mistakes({{}, {}, folder.path()}),
          strings{
            "<folder>/bots.yaml: error: there is no such file; expected your bots in it: copy "
            "config/bots.example.yaml to bots.yaml and change it, name another file with --config, or try 'creamery "
            "demo', which needs none"});
      }
    }
    WHEN("files are named that aren't there") {
      THEN("it is said who named them") {
        CHECK_EQ(mistakes({folder.path() / "no.yaml", folder.path() / "no.env", {}}),
                 (strings{"<folder>/no.env: error: there is no such file; expected a file with lines NAME=value",
                          "<folder>/no.yaml: error: there is no such file; expected the file that --config names"}));
        CHECK_EQ(
          mistakes({{}, {}, folder.path()}, {{"CONFIG_FILENAME", "no.yaml"}}),
          strings{
            "<folder>/no.yaml: error: there is no such file; expected the file that CONFIG_FILENAME (environment) "
            "names"});
      }
    }
    WHEN("a folder is named") {
      THEN("it is said that it is one") {
        CHECK_EQ(mistakes({folder.path(), {}, folder.path()}),
                 strings{"<folder>: error: can't be read: Is a directory; expected the file that --config names"});
      }
    }
    WHEN("a file is much too large") {
      auto file = folder.write("large.yaml", std::string(1024 * 1024 + 1, '#'));
      THEN("it isn't read") {
        CHECK_EQ(mistakes({file, {}, folder.path()}),
                 strings{"<folder>/large.yaml: error: is larger than 1 MiB; expected the file that --config names"});
      }
    }
  }
}
