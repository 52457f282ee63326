#define CAF_SUITE config.examples

#include "config/load.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

#include <regex>

using namespace creamery;
using namespace creamery::test;

namespace {

std::filesystem::path example(std::string_view name) {
  return source_directory() / "config" / name;
}

std::string sample(std::string_view name) {
  return content_of(source_directory() / "tests/unit/config/data" / name);
}

strings names_of(const configuration& config) {
  strings result;
  for (const auto& bot : config.bots)
    result.push_back(bot.name);
  return result;
}

strings cogs_of(const bot_config& bot) {
  strings result;
  for (const auto& cog : bot.cogs)
    result.push_back(cog.name);
  return result;
}

constexpr std::string_view all_scopes_warning = ": warning: all_scopes asks for every permission there is; Twitch may "
                                                "suspend applications that do; expected only the scopes "
                                                "that are used, or no 'scopes' to ask for what the cogs need";

} // namespace

SCENARIO("the examples are right") {
  GIVEN("bots.example.yaml and .env.example with a token filled in") {
    WHEN("they are loaded") {
      auto result = load_configuration({example("bots.example.yaml"), example(".env.example"), {}},
                                       {{"CREAMY_BOT_ACCESS_TOKEN", "sim-creamy_bot"}});
      THEN("there is nothing to say") {
        CHECK_EQ(texts_of(result.diagnostics), strings{});
        CHECK_EQ(names_of(result.config), (strings{"creamy_bot", "reader"}));
      }
    }
  }
  GIVEN("bots.example.yaml with all its options switched on") {
    auto text = std::regex_replace(content_of(example("bots.example.yaml")),
                                   std::regex{"\n( *)# ?((?:  )?[a-z_]+: ?[^\n]*)"}, "\n$1$2");
    WHEN("it is read") {
      environment env{{"CREAMY_BOT_ACCESS_TOKEN", "sim-creamy_bot"}, {"CREAMERY_ADMIN_TOKEN", "pass-word"}};
      auto result = parse_configuration(text, "bots.yaml", env);
      THEN("all are known, and only the certificates are missing") {
        REQUIRE_EQ(result.diagnostics.size(), 1u);
        CHECK(result.diagnostics[0].message.find("'ca_file'") == 0);
        CHECK_EQ(result.config.bots.at(0).auth_port, 27563);
        CHECK_EQ(cogs_of(result.config.bots.at(0)), (strings{"echo_console", "eventsub", "pubsub"}));
        CHECK_EQ(result.config.bots.at(1).cogs.at(1).node, "south");
        CHECK(result.config.logging.levels.at("irc") == log_level::debug);
        CHECK_EQ(result.config.admin.token.reveal(), "pass-word");
        CHECK_EQ(result.config.endpoints.proxy, "http://localhost:3128");
      }
    }
    WHEN("it is compared with the defaults") {
      configuration defaults;
      THEN("it shows them as they are") {
        for (const auto& url : {defaults.endpoints.irc, defaults.endpoints.eventsub, defaults.endpoints.helix,
                                defaults.endpoints.id, defaults.endpoints.pubsub})
          CHECK(text.find('"' + url + '"') != std::string::npos);
        CHECK(text.find("listen: \"" + defaults.admin.host + ":" + std::to_string(defaults.admin.port) + '"')
              != std::string::npos);
        CHECK(text.find("max_size_mb: " + std::to_string(defaults.logging.max_size_mb)) != std::string::npos);
        CHECK(text.find("files: " + std::to_string(defaults.logging.files)) != std::string::npos);
      }
    }
  }
  GIVEN("the demo's bots and the tokens that the demo gives them") {
    environment env{{"CREAMY_BOT_ACCESS_TOKEN", "sim-creamy_bot"},
                    {"HORSE_BOT_ACCESS_TOKEN", "sim-horse_bot"},
                    {"QUIET_BOT_ACCESS_TOKEN", "sim-quiet_bot"}};
    WHEN("they are read") {
      auto result = parse_configuration(content_of(example("demo.yaml")), "demo.yaml", env);
      THEN("there are three, and two share a channel") {
        CHECK_EQ(texts_of(result.diagnostics), strings{});
        REQUIRE_EQ(names_of(result.config), (strings{"creamy_bot", "horse_bot", "quiet_bot"}));
        CHECK_EQ(result.config.bots[0].channels, (strings{"creamery_cafe", "stable_talk"}));
        CHECK_EQ(result.config.bots[1].channels, (strings{"stable_talk", "race_track"}));
        CHECK_EQ(result.config.bots[1].prefix, "$");
      }
    }
  }
}

SCENARIO("the samples of twitch-creamery are understood, letter for letter") {
  GIVEN("the sample of its README, which is indented with tabs") {
    WHEN("it is read") {
      auto result =
        parse_configuration(sample("readme_bot_name.yaml"), "bots.yaml", {{"BOT_NAME_ACCESS_TOKEN", "abcdef"}});
      THEN("each tab is named, ! is understood, and so is the rest") {
        strings expected;
        for (int line = 2; line <= 9; ++line) {
          expected.push_back("bots.yaml:" + std::to_string(line)
                             + ":1: error: a tab in the indentation; expected spaces");
          if (line == 2)
            expected.emplace_back(
              "bots.yaml:2:10: warning: an unquoted ! is a tag to YAML; it is taken for the text \"!\" here; "
              "expected \"!\" in quotes");
          if (line == 8)
            expected.push_back("bots.yaml:8:6" + std::string{all_scopes_warning});
        }
        CHECK_EQ(texts_of(result.diagnostics), expected);
        REQUIRE_EQ(names_of(result.config), strings{"bot_name"});
        const auto& bot = result.config.bots[0];
        CHECK_EQ(bot.prefix, "!");
        CHECK_EQ(bot.channels, strings{"channel_1"});
        CHECK_EQ(cogs_of(bot), strings{"cog_name_1"});
        CHECK_EQ(bot.scopes.size(), 81u);
      }
    }
  }
  GIVEN("its bots.example.yaml: five bots under 'bots', cogs as lists and as maps") {
    environment env{{"PUBSUB_ACCESS_TOKEN", "abcdef1"},
                    {"CREAMY_BOT_ACCESS_TOKEN", "abcdef2"},
                    {"RACE_THE_NAGS_ACCESS_TOKEN", "abcdef3"},
                    {"ROUTINES_ACCESS_TOKEN", "abcdef4"},
                    {"EVENTSUB_ACCESS_TOKEN", "abcdef5"}};
    WHEN("it is read") {
      auto result = parse_configuration(sample("ancestor_bots_example.yaml"), "bots.yaml", env);
      THEN("it works, with a warning for each all_scopes") {
        CHECK(result.ok());
        strings expected;
        for (int line : {11, 21, 31, 40, 73})
          expected.push_back("bots.yaml:" + std::to_string(line) + ":9" + std::string{all_scopes_warning});
        CHECK_EQ(texts_of(result.diagnostics), expected);
        REQUIRE_EQ(names_of(result.config), (strings{"pubsub", "creamy_bot", "race_the_nags", "routines", "eventsub"}));
        const auto& bots = result.config.bots;
        CHECK_EQ(bots[0].auth_port, 27562);
        CHECK_EQ(bots[0].channels, strings{"anonymoususer"});
        CHECK_EQ(bots[0].cogs.at(0).options.dump(), R"({"topics":["channel_points"]})");
        CHECK_EQ(bots[2].prefix, "$");
        CHECK_EQ(cogs_of(bots[2]), strings{"horse_service"});
        CHECK_EQ(bots[4].cogs.at(0).options.at("port").dump(), "19980");
        CHECK_EQ(bots[4].cogs.at(0).options.at("EVENTSUB_SECRET_WORD").dump(), R"("some_secret_string")");
        CHECK_EQ(bots[4].cogs.at(0).options.at("events").size(), 19u);
      }
    }
  }
  GIVEN("its README's bot for PubSub, at the top level") {
    WHEN("it is read") {
      auto result = parse_configuration(sample("readme_pubsub.yaml"), "bots.yaml", {{"AUTH_TOKEN", "abcdef"}});
      THEN("it works") {
        CHECK_EQ(texts_of(result.diagnostics), strings{"bots.yaml:7:8" + std::string{all_scopes_warning}});
        CHECK_EQ(names_of(result.config), strings{"pubsub"});
        CHECK_EQ(result.config.bots.at(0).channels, strings{"thatsamorais"});
      }
    }
  }
  GIVEN("its first bots.example.yaml, with an unquoted !") {
    WHEN("it is read") {
      environment env{{"EXAMPLE_BOT_ACCESS_TOKEN", "abcdef"}, {"PUBSUB_ACCESS_TOKEN", "ghijkl"}};
      auto result = parse_configuration(sample("ancestor_first_example.yaml"), "bots.yaml", env);
      THEN("it works") {
        CHECK(result.ok());
        CHECK_EQ(result.diagnostics.size(), 2u);
        CHECK_EQ(names_of(result.config), (strings{"example_bot", "pubsub"}));
        CHECK_EQ(result.config.bots.at(0).prefix, "!");
      }
    }
  }
}
