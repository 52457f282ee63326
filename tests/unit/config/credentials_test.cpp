#define CAF_SUITE config.credentials

#include "config/load.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

namespace {

constexpr std::string_view one_bot = "bots:\n  creamy_bot: {channels: [x], cogs: [y]}\n";
constexpr std::string_view two_bots = "bots:\n  a: {channels: [x], cogs: [y]}\n  b: {channels: [x], cogs: [y]}\n";
constexpr std::string_view one_and_a_reader =
  "bots:\n  a: {channels: [x], cogs: [y]}\n  b: {channels: [x], cogs: [y], anonymous: true}\n";

bot_config first_bot(std::string_view text, const environment& env) {
  auto result = parse_configuration(text, "bots.yaml", env);
  CHECK_EQ(texts_of(result.diagnostics), strings{});
  return result.config.bots.at(0);
}

} // namespace

SCENARIO("a bot's token comes from a variable with its name") {
  GIVEN("a bot and its variables") {
    environment env{
      {"CREAMY_BOT_CLIENT_ID", "id"}, {"CREAMY_BOT_CLIENT_SECRET", "hidden"}, {"CREAMY_BOT_ACCESS_TOKEN", "oauth:abc"}};
    WHEN("it is read") {
      auto bot = first_bot(one_bot, env);
      THEN("it has them, the token without 'oauth:'") {
        CHECK_EQ(bot.client_id, "id");
        CHECK_EQ(bot.client_secret.reveal(), "hidden");
        CHECK_EQ(bot.access_token.reveal(), "abc");
      }
    }
  }
  GIVEN("the token of the only bot") {
    WHEN("there is one bot, or one that needs a token") {
      THEN("it is that bot's") {
        CHECK_EQ(first_bot(one_bot, {{"AUTH_TOKEN", "abc"}}).access_token.reveal(), "abc");
        CHECK_EQ(first_bot(one_bot, {{"AUTH_TOKEN", "abc"}, {"CREAMY_BOT_ACCESS_TOKEN", "def"}}).access_token.reveal(),
                 "def");
        CHECK_EQ(first_bot(one_and_a_reader, {{"AUTH_TOKEN", "abc"}}).access_token.reveal(), "abc");
      }
    }
    WHEN("there are several") {
      environment env;
      env.set("AUTH_TOKEN", "abc", {".env", 7, 0});
      THEN("it is ambiguous, which is said once and where it stands") {
        CHECK_EQ(
          mistakes_in(two_bots, env),
          strings{
            ".env:7: error: AUTH_TOKEN is ambiguous: it may belong to any of the bots 'a', 'b'; expected a variable "
            "for each bot instead: A_ACCESS_TOKEN, B_ACCESS_TOKEN"});
      }
    }
  }
  GIVEN("an anonymous bot") {
    WHEN("there is a token for it nevertheless") {
      THEN("there is a warning, and it isn't used") {
        auto result = parse_configuration(bot_with(""), "bots.yaml", {{"A_ACCESS_TOKEN", "abcdef"}});
        CHECK(result.ok());
        CHECK(result.config.bots.at(0).access_token.empty());
        CHECK_EQ(texts_of(result.diagnostics),
                 strings{"environment: warning: A_ACCESS_TOKEN is not used, because bot 'a' is "
                         "anonymous; expected either a token or 'anonymous: true'"});
      }
    }
  }
}

SCENARIO("a bot without a token is a mistake that says which variable to set") {
  GIVEN("bots without tokens") {
    auto expected = [](const std::string& bot, const std::string& prefix) {
      return ", and no application to get one with: " + prefix + "_CLIENT_ID is not set; expected " + prefix
             + "_CLIENT_ID and " + prefix + "_CLIENT_SECRET in .env, then 'creamery auth " + bot + "'; or " + prefix
             + "_ACCESS_TOKEN=<token>; or 'anonymous: true' to read without an account";
    };
    WHEN("there is one") {
      THEN("two variables would do") {
        CHECK_EQ(
          mistakes_in(one_bot),
          strings{
            "bots.yaml:2:3: error: bot 'creamy_bot' has no user token: neither CREAMY_BOT_ACCESS_TOKEN nor AUTH_TOKEN "
            "is set"
            + expected("creamy_bot", "CREAMY_BOT")});
      }
    }
    WHEN("the variables are there but empty, like in .env.example") {
      THEN("that is the same") {
        CHECK_EQ(mistakes_in(one_bot, {{"CREAMY_BOT_ACCESS_TOKEN", ""}, {"AUTH_TOKEN", ""}}), mistakes_in(one_bot));
      }
    }
    WHEN("there are two") {
      THEN("each has its own variable") {
        CHECK_EQ(
          mistakes_in(two_bots, {{"B_ACCESS_TOKEN", "abcdef"}}),
          strings{"bots.yaml:2:3: error: bot 'a' has no user token: A_ACCESS_TOKEN is not set" + expected("a", "A")});
        CHECK_EQ(mistakes_in(two_bots).size(), 2u);
      }
    }
    WHEN("there is a client id") {
      THEN("that suffices: a token can be got, or is in the vault") {
        CHECK_EQ(mistakes_in(one_bot, {{"CREAMY_BOT_CLIENT_ID", "id"}, {"CREAMY_BOT_CLIENT_SECRET", "hidden"}}),
                 strings{});
        CHECK_EQ(mistakes_in(one_bot, {{"CREAMY_BOT_CLIENT_ID", "id"}}), strings{});
        CHECK_EQ(mistakes_in(one_bot, {{"CREAMY_BOT_CLIENT_SECRET", "hidden"}}).size(), 1u);
      }
    }
    WHEN("there is a variable with almost the right name") {
      THEN("it is mentioned, unless it is another bot's") {
        CHECK_EQ(
          mistakes_in(one_bot, {{"CREMY_BOT_ACCESS_TOKEN", "abcdef"}}),
          strings{
            "bots.yaml:2:3: error: bot 'creamy_bot' has no user token: neither CREAMY_BOT_ACCESS_TOKEN nor AUTH_TOKEN "
            "is set (but CREMY_BOT_ACCESS_TOKEN is)"
            + expected("creamy_bot", "CREAMY_BOT")});
      }
    }
  }
}

SCENARIO("credentials with impossible characters are mistakes") {
  GIVEN("credentials that would break a line or a header") {
    environment env;
    env.set("CREAMY_BOT_ACCESS_TOKEN", "abc\r\nQUIT", {".env", 1, 0});
    env.set("CREAMY_BOT_CLIENT_ID", "two words", {".env", 2, 0});
    env.set("CREAMY_BOT_CLIENT_SECRET", "\"", {".env", 3, 0});
    env.set("X_PUBSUB_TOKEN", "oauth:", {".env", 4, 0});
    env.set("MODERATORS", "me,not you", {".env", 5, 0});
    env.set("CREAMERY_KEY", "a\tb", {".env", 6, 0});
    WHEN("they are read") {
      THEN("each is named, but not shown") {
        CHECK_EQ(
          mistakes_in(one_bot, env),
          (strings{
            ".env:1: error: CREAMY_BOT_ACCESS_TOKEN is no token; expected visible characters without spaces, as Twitch "
            "gave it",
            ".env:2: error: CREAMY_BOT_CLIENT_ID has characters that can't be right; expected visible characters "
            "without "
            "spaces, as Twitch gave it",
            ".env:4: error: X_PUBSUB_TOKEN is no token; expected visible characters without spaces, as Twitch gave it",
            ".env:5: error: MODERATORS has an entry that is no user; expected user ids or login names, separated by "
            "','",
            ".env:6: error: CREAMERY_KEY has characters that can't be right; expected visible characters without "
            "spaces, "
            "as Twitch gave it",
          }));
      }
    }
  }
}

SCENARIO("other variables are for the whole program") {
  GIVEN("tokens of channels, moderators and a key") {
    environment env{{"AUTH_TOKEN", "abc"},
                    {"X_PUBSUB_TOKEN", "oauth:def"},
                    {"ELSEWHERE_PUBSUB_TOKEN", "ghi"},
                    {"MODERATORS", " Me, 12345,,you "},
                    {"CREAMERY_KEY", "sesame"}};
    WHEN("they are read") {
      auto config = parse_configuration(one_bot, "bots.yaml", env).config;
      THEN("the channels that bots join have their tokens") {
        REQUIRE_EQ(config.pubsub_tokens.size(), 1u);
        CHECK_EQ(config.pubsub_tokens.at("x").reveal(), "def");
        CHECK_EQ(config.moderators, (strings{"me", "12345", "you"}));
        CHECK_EQ(config.key.reveal(), "sesame");
      }
    }
  }
}
