#define CAF_SUITE config.parse

#include "config/load.hpp"
#include "config/twitch_scopes.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

SCENARIO("bots stand under 'bots' or at the top level") {
  GIVEN("the same bots in both forms") {
    std::string under =
      "bots:\n  b: {channels: [x], cogs: [y], anonymous: true}\n  a: {channels: [x], cogs: [y], anonymous: true}\n";
    std::string top = "b: {channels: [x], cogs: [y], anonymous: true}\nstore: {path: data}\n"
                      "a: {channels: [x], cogs: [y], anonymous: true}\n";
    WHEN("they are read") {
      THEN("they come in the order of the file") {
        for (const auto& text : {under, top}) {
          auto result = parse_configuration(text, "bots.yaml", {});
          CHECK(result.diagnostics.empty());
          REQUIRE_EQ(result.config.bots.size(), 2u);
          CHECK_EQ(result.config.bots[0].name, "b");
          CHECK_EQ(result.config.bots[1].name, "a");
        }
        CHECK_EQ(parse_configuration(top, "bots.yaml", {}).config.bots[1].where, (source_place{"bots.yaml", 3, 1}));
      }
    }
  }
  GIVEN("files without bots") {
    WHEN("they are read") {
      THEN("it is said what should be there") {
        std::string expected = "; expected at least one bot under 'bots', like 'bots: {creamy_bot: {channels: […]}}'";
        CHECK_EQ(mistakes_in(""), strings{"bots.yaml: error: the file is empty" + expected});
        CHECK_EQ(mistakes_in("# nothing\n"), strings{"bots.yaml: error: the file is empty" + expected});
        CHECK_EQ(mistakes_in("[a]"), strings{"bots.yaml: error: the file is a list" + expected});
        CHECK_EQ(mistakes_in("bots:\n"), strings{"bots.yaml: error: there are no bots in the file" + expected});
        CHECK_EQ(mistakes_in("store: {path: x}"),
                 strings{"bots.yaml: error: there are no bots in the file" + expected});
        CHECK_EQ(
          mistakes_in("bots: [a]"),
          strings{
            "bots.yaml:1:7: error: 'bots' of the file is a list; expected a map from a bot's name to its settings"});
        CHECK_EQ(
          mistakes_in("bots: {a: [b], c: {channels: [x], cogs: [y], anonymous: true}}", {{"A_ACCESS_TOKEN", "token1"}}),
          strings{"bots.yaml:1:11: error: bot 'a' is a list; expected its settings as a map: channels, cogs, …"});
      }
    }
  }
  GIVEN("a bot beside 'bots'") {
    WHEN("it is read") {
      THEN("it is told where it belongs") {
        CHECK_EQ(
          mistakes_in(section_with("c: {channels: [x]}")),
          strings{
            "bots.yaml:2:1: error: unknown key 'c' in the file; expected all bots under 'bots', or all at the top "
            "level without 'bots'"});
      }
    }
  }
  GIVEN("misspelled sections") {
    WHEN("they are read") {
      THEN("they aren't taken for bots") {
        CHECK_EQ(
          mistakes_in(section_with("loging: {level: info}")),
          strings{"bots.yaml:2:1: error: unknown key 'loging' in the file (did you mean 'logging'?); expected one of: "
                  "bots, endpoints, store, admin, supervision, logging, cluster"});
        CHECK_EQ(
          mistakes_in("bot:\n  a: {channels: [x]}\n"),
          (strings{
            "bots.yaml: error: there are no bots in the file; expected at least one bot under 'bots', like 'bots: "
            "{creamy_bot: {channels: […]}}'",
            "bots.yaml:1:1: error: unknown key 'bot' in the file (did you mean 'bots'?); expected one of: bots, "
            "endpoints, store, admin, supervision, logging, cluster"}));
        CHECK_EQ(
          mistakes_in("a: {channels: [x], cogs: [y], anonymous: true}\nadmn: {}\n"),
          strings{
            "bots.yaml:2:1: error: unknown key 'admn' in the file (did you mean 'admin'?); expected one of: bots, "
            "endpoints, store, admin, supervision, logging, cluster"});
      }
    }
  }
}

SCENARIO("a bot has what its settings say") {
  GIVEN("a bot with all settings") {
    auto text = R"(bots:
  creamy-bot:
    account: CreamyBot
    prefix: "?"
    auth_port: 27563
    channels: [ThatSamorais, "#other_1"]
    cogs:
      echo_console:
      routines: {node: south, every: 5, text: "5", nested: {list: [true]}}
    scopes: [chat:read, chat:edit]
    chat: eventsub
    redundancy: 2
    verified: true
cluster: {nodes: [north, south]}
)";
    WHEN("it is read") {
      auto result = parse_configuration(text, "bots.yaml", {{"CREAMY_BOT_ACCESS_TOKEN", "abcdef"}});
      THEN("they are all there") {
        CHECK_EQ(texts_of(result.diagnostics), strings{});
        REQUIRE_EQ(result.config.bots.size(), 1u);
        const auto& bot = result.config.bots[0];
        CHECK_EQ(bot.name, "creamy-bot");
        CHECK_EQ(bot.where, (source_place{"bots.yaml", 2, 3}));
        CHECK_EQ(bot.account.value_or(""), "creamybot");
        CHECK_EQ(bot.prefix, "?");
        CHECK_EQ(bot.auth_port, 27563);
        CHECK_EQ(bot.channels, (strings{"thatsamorais", "other_1"}));
        CHECK_EQ(bot.scopes, (strings{"chat:read", "chat:edit"}));
        CHECK(bot.chat == chat_transport::eventsub);
        CHECK_EQ(bot.redundancy, 2);
        CHECK(!bot.anonymous);
        CHECK(bot.verified);
        CHECK_EQ(bot.access_token.reveal(), "abcdef");
        REQUIRE_EQ(bot.cogs.size(), 2u);
        CHECK_EQ(bot.cogs[0].name, "echo_console");
        CHECK_EQ(bot.cogs[0].options.dump(), "{}");
        CHECK_EQ(bot.cogs[0].line, 8);
        CHECK_EQ(bot.cogs[1].name, "routines");
        CHECK_EQ(bot.cogs[1].node, "south");
        CHECK_EQ(bot.cogs[1].options.dump(), R"({"every":5,"nested":{"list":[true]},"text":"5"})");
        CHECK_EQ(bot.cogs[1].line, 9);
      }
    }
  }
  GIVEN("a bot with hardly any settings") {
    WHEN("it is read") {
      THEN("it has the defaults") {
        auto bot = parse_configuration(bot_with(""), "bots.yaml", {}).config.bots.at(0);
        CHECK(!bot.account);
        CHECK_EQ(bot.prefix, "!");
        CHECK_EQ(bot.auth_port, 18951);
        CHECK_EQ(bot.scopes, strings{});
        CHECK(bot.chat == chat_transport::irc);
        CHECK_EQ(bot.redundancy, 1);
        CHECK(!bot.verified);
      }
    }
    WHEN("the environment has other defaults") {
      environment env{{"DEFAULT_PREFIX", "$"}, {"DEFAULT_AUTH_PORT", "1234"}};
      auto bot = parse_configuration(bot_with(""), "bots.yaml", env).config.bots.at(0);
      THEN("it has those") {
        CHECK_EQ(bot.prefix, "$");
        CHECK_EQ(bot.auth_port, 1234);
      }
    }
    WHEN("the environment's defaults are wrong") {
      environment env{{"DEFAULT_PREFIX", " "}};
      env.set("DEFAULT_AUTH_PORT", "http", {".env", 3, 0});
      THEN("they are named where they stand") {
        CHECK_EQ(
          mistakes_in(bot_with(""), env),
          (strings{"environment: error: DEFAULT_PREFIX is blank; expected what a command begins with, like \"!\"",
                   ".env:3: error: DEFAULT_AUTH_PORT is no port; expected a port from 1 to 65535"}));
      }
    }
    WHEN("settings refer to variables") {
      environment env{{"PORT", "4711"}, {"CHANNEL", "there"}};
      auto result = parse_configuration(
        "bots: {a: {channels: ['${CHANNEL}'], cogs: [y], anonymous: true, auth_port: '${PORT}'}}", "bots.yaml", env);
      THEN("they have their values") {
        CHECK_EQ(result.diagnostics.size(), 0u);
        CHECK_EQ(result.config.bots.at(0).auth_port, 4711);
        CHECK_EQ(result.config.bots.at(0).channels, strings{"there"});
      }
    }
  }
}

SCENARIO("keys that a bot doesn't have are named") {
  GIVEN("a bot with a misspelled key") {
    WHEN("it is read") {
      THEN("there is a suggestion and a list") {
        CHECK_EQ(
          mistakes_in(bot_with("chanels: [z]")),
          strings{"bots.yaml:6:5: error: unknown key 'chanels' in bot 'a' (did you mean 'channels'?); expected one of: "
                  "account, prefix, auth_port, channels, cogs, scopes, chat, send, redundancy, anonymous, verified"});
      }
    }
  }
  GIVEN("a bot with keys that belong elsewhere") {
    WHEN("it is read") {
      THEN("it is said where") {
        CHECK_EQ(
          mistakes_in(bot_with("client_secret: abcdef")),
          strings{
            "bots.yaml:6:5: error: unknown key 'client_secret' in bot 'a'; expected the variable A_CLIENT_SECRET in "
            ".env or the environment"});
        CHECK_EQ(
          mistakes_in(bot_with("token: abcdef")),
          strings{
            "bots.yaml:6:5: error: unknown key 'token' in bot 'a'; expected the variable A_ACCESS_TOKEN in .env or "
            "the environment"});
        CHECK_EQ(
          mistakes_in(bot_with("data: {port: 1}")),
          strings{"bots.yaml:6:5: error: unknown key 'data' in bot 'a'; expected the options of a cog under its name: "
                  "'cogs: {name: {…}}'"});
        CHECK_EQ(
          mistakes_in(bot_with("<<: {prefix: x}")),
          strings{"bots.yaml:6:5: error: unknown key '<<' in bot 'a'; expected the keys themselves: merging maps is no "
                  "part of YAML 1.2"});
      }
    }
  }
  GIVEN("a bot with the same key twice") {
    WHEN("it is read") {
      THEN("the second one is named") {
        CHECK_EQ(mistakes_in(bot_with("cogs: [z]")),
                 strings{"bots.yaml:6:5: error: duplicate key 'cogs' (first on line 4); expected each key once"});
      }
    }
  }
  GIVEN("two bots of the same name") {
    WHEN("they are read") {
      THEN("the second one is named") {
        CHECK_EQ(mistakes_in(bot_with("\n  a: {}")),
                 strings{"bots.yaml:7:3: error: duplicate key 'a' (first on line 2); expected each key once"});
      }
    }
  }
}

SCENARIO("values of the wrong type are named") {
  GIVEN("a bot with such values") {
    WHEN("it is read") {
      THEN("it is said what was expected") {
        CHECK_EQ(
          mistakes_in(bot_with("prefix: [a]")),
          strings{
            "bots.yaml:6:13: error: 'prefix' of bot 'a' is a list; expected what a command begins with, like \"!\""});
        CHECK_EQ(mistakes_in(bot_with("auth_port: http")),
                 strings{"bots.yaml:6:16: error: 'auth_port' of bot 'a' is 'http'; expected a port from 1 to 65535"});
        CHECK_EQ(mistakes_in(bot_with("auth_port: 0")),
                 strings{"bots.yaml:6:16: error: 'auth_port' of bot 'a' is '0'; expected a port from 1 to 65535"});
        CHECK_EQ(mistakes_in(bot_with("auth_port: 65536")),
                 strings{"bots.yaml:6:16: error: 'auth_port' of bot 'a' is '65536'; expected a port from 1 to 65535"});
        CHECK_EQ(mistakes_in(bot_with("auth_port: 1.5")),
                 strings{"bots.yaml:6:16: error: 'auth_port' of bot 'a' is '1.5'; expected a port from 1 to 65535"});
        CHECK_EQ(mistakes_in(bot_with("auth_port:")),
                 strings{"bots.yaml:6:5: error: 'auth_port' of bot 'a' is nothing; expected a port from 1 to 65535"});
        CHECK_EQ(mistakes_in(bot_with("auth_port: {a: b}")),
                 strings{"bots.yaml:6:16: error: 'auth_port' of bot 'a' is a map; expected a port from 1 to 65535"});
        CHECK_EQ(
          mistakes_in(bot_with("account: two words")),
          strings{
            "bots.yaml:6:14: error: 'account' of bot 'a' is 'two words'; expected a login name: up to 25 letters, "
            "digits and '_'"});
        CHECK_EQ(mistakes_in(bot_with("chat: pubsub")),
                 strings{"bots.yaml:6:11: error: 'chat' of bot 'a' is 'pubsub'; expected one of: irc, eventsub"});
        CHECK_EQ(mistakes_in(bot_with("redundancy: 3")),
                 strings{"bots.yaml:6:17: error: 'redundancy' of bot 'a' is '3'; expected 1 or 2 connections"});
        CHECK_EQ(mistakes_in("bots: {a: {channels: [x], cogs: [y], anonymous: yes}}", {{"AUTH_TOKEN", "token1"}}),
                 strings{"bots.yaml:1:49: error: 'anonymous' of bot 'a' is 'yes'; expected true or false"});
        CHECK_EQ(
          mistakes_in(bot_with("scopes: chat:read")),
          strings{
            "bots.yaml:6:13: error: 'scopes' of bot 'a' is 'chat:read'; expected a list of scopes, like [chat:read, "
            "chat:edit]"});
        CHECK_EQ(
          mistakes_in(bot_with("account: " + std::string(81, 'x'))),
          strings{
            "bots.yaml:6:14: error: 'account' of bot 'a' is a long text; expected a login name: up to 25 letters, "
            "digits and '_'"});
      }
    }
  }
}

SCENARIO("a prefix is some text") {
  GIVEN("prefixes that are empty, whatever YAML makes of them") {
    WHEN("they are read") {
      THEN("they are mistakes") {
        auto expected =
          ": error: the prefix of bot 'a' is empty; expected what a command begins with, like \"!\" (in quotes: to "
          "YAML an unquoted # begins a comment)";
        CHECK_EQ(mistakes_in(bot_with("prefix: \"\"")), strings{std::string{"bots.yaml:6:13"} + expected});
        CHECK_EQ(mistakes_in(bot_with("prefix: ' '")), strings{std::string{"bots.yaml:6:13"} + expected});
        CHECK_EQ(mistakes_in(bot_with("prefix:")), strings{std::string{"bots.yaml:6:5"} + expected});
        CHECK_EQ(mistakes_in(bot_with("prefix: #\n    chat: irc")), strings{std::string{"bots.yaml:6:5"} + expected});
      }
    }
  }
  GIVEN("a prefix that begins with a space") {
    WHEN("it is read") {
      THEN("it is a mistake, since no chat line does") {
        CHECK_EQ(
          mistakes_in(bot_with("prefix: ' !'")),
          strings{
            "bots.yaml:6:13: error: 'prefix' of bot 'a' is ' !'; expected what a command begins with, like \"!\""});
      }
    }
  }
  GIVEN("an unquoted !") {
    WHEN("it is read") {
      auto result = parse_configuration(bot_with("prefix: !"), "bots.yaml", {});
      THEN("it is understood, with a warning") {
        CHECK(result.ok());
        CHECK_EQ(result.config.bots.at(0).prefix, "!");
        CHECK_EQ(texts_of(result.diagnostics),
                 strings{"bots.yaml:6:13: warning: an unquoted ! is a tag to YAML; it is taken for "
                         "the text \"!\" here; expected \"!\" in quotes"});
      }
    }
  }
}

SCENARIO("channels are login names, each once") {
  GIVEN("lists of channels") {
    auto with = [](std::string_view channels) {
      return mistakes_in("bots:\n  a:\n    cogs: [y]\n    anonymous: true\n    channels: " + std::string{channels}
                         + "\n");
    };
    WHEN("one is there twice") {
      THEN("the second one is named") {
        CHECK_EQ(
          with("[one, two, '#One']"),
          strings{"bots.yaml:5:26: error: channel '#One' is listed twice in bot 'a' (first on line 5); expected each "
                  "channel once"});
      }
    }
    WHEN("one is no login name") {
      THEN("it is named") {
        auto expected = "; expected a channel's name: up to 25 letters, digits and '_'";
        CHECK_EQ(with("[one, two words]"),
                 strings{std::string{"bots.yaml:5:21: error: a channel of bot 'a' is 'two words'"} + expected});
        CHECK_EQ(
          with("[https://twitch.tv/one]"),
          strings{std::string{"bots.yaml:5:16: error: a channel of bot 'a' is 'https://twitch.tv/one'"} + expected});
        CHECK_EQ(with("[one, abcdefghijklmnopqrstuvwxyz]"),
                 strings{std::string{"bots.yaml:5:21: error: a channel of bot 'a' is 'abcdefghijklmnopqrstuvwxyz'"}
                         + expected});
        CHECK_EQ(with("[one, [two]]"),
                 strings{std::string{"bots.yaml:5:21: error: a channel of bot 'a' is a list"} + expected});
        CHECK_EQ(with("['']"), strings{std::string{"bots.yaml:5:16: error: a channel of bot 'a' is ''"} + expected});
      }
    }
    WHEN("one is written with # but without quotes") {
      THEN("YAML is to blame") {
        CHECK_EQ(
          with("\n    - one\n    - #two\n"),
          strings{
            "bots.yaml:7:5: error: a channel of bot 'a' is nothing; expected a channel's name (to YAML an unquoted "
            "# begins a comment)"});
      }
    }
    WHEN("it is no list") {
      THEN("that is said") {
        CHECK_EQ(
          with("one"),
          strings{"bots.yaml:5:15: error: 'channels' of bot 'a' is 'one'; expected a list of channel names, like "
                  "[one, two]"});
      }
    }
  }
}

SCENARIO("cogs are a list or a map") {
  GIVEN("cogs in all forms") {
    auto read = [](std::string_view cogs) {
      std::string result;
      auto parsed = parse_configuration(
        "bots:\n  a:\n    channels: [x]\n    anonymous: true\n    cogs: " + std::string{cogs}, "bots.yaml", {});
      for (const auto& cog : parsed.config.bots.at(0).cogs)
        result += cog.name + cog.options.dump() + " ";
      for (const auto& x : parsed.diagnostics)
        result += to_string(x);
      return result;
    };
    WHEN("they are right") {
      THEN("they are read") {
        CHECK_EQ(read("[one, two]"), "one{} two{} ");
        CHECK_EQ(read("\n    - one\n    - two:\n        a: 1\n    - three:\n"), "one{} two{\"a\":1} three{} ");
        CHECK_EQ(read("{one: , two: {}, three: {a: b}}"), "one{} two{} three{\"a\":\"b\"} ");
      }
    }
    WHEN("they are wrong") {
      THEN("it is said how") {
        CHECK_EQ(read("one"),
                 "bots.yaml:5:11: error: 'cogs' of bot 'a' is 'one'; expected a list of names, or a map from name "
                 "to options");
        CHECK_EQ(read("[one, Two]"),
                 "one{} bots.yaml:5:17: error: a cog of bot 'a' is named 'Two'; expected a name of lower-case "
                 "letters, digits and '_', like echo_console");
        CHECK_EQ(read("[one, ../two]"),
                 "one{} bots.yaml:5:17: error: a cog of bot 'a' is named '../two'; expected a name of "
                 "lower-case letters, digits and '_', like echo_console");
        CHECK_EQ(read("[one, [two]]"),
                 "one{} bots.yaml:5:17: error: a cog of bot 'a' is a list; expected a name of lower-case "
                 "letters, digits and '_', like echo_console");
        CHECK_EQ(read("[one, two, one]"),
                 "one{} two{} bots.yaml:5:22: error: cog 'one' is listed twice in bot 'a' (first on "
                 "line 5); expected each cog once");
        CHECK_EQ(read("{one: {}, one: {}}"),
                 "one{} bots.yaml:5:21: error: duplicate key 'one' (first on line 5); expected each key once");
        CHECK_EQ(read("{one: [a]}"),
                 "one{} bots.yaml:5:17: error: the options of cog 'one' of bot 'a' are a list; expected a "
                 "map, like {name: value}");
        CHECK_EQ(
          read("\n    - one\n    - two:\n      a: 1\n"),
          "one{} bots.yaml:8:7: error: 'a' stands beside the cog 'two' in bot 'a'; expected a cog's options indented "
          "deeper than its name, each cog with its own '-'");
        CHECK_EQ(read("{one: {node: a b}}"),
                 "one{} bots.yaml:5:24: error: 'node' of cog 'one' of bot 'a' is 'a b'; expected the "
                 "name of a cluster node: letters, digits, '_' and '-'");
        CHECK_EQ(read("{one: {node: north}}"),
                 "one{} bots.yaml:5: warning: cog 'one' of bot 'a' is placed on node 'north', but "
                 "there is no cluster; expected a 'cluster' section, or no 'node'");
      }
    }
  }
}

SCENARIO("scopes are those of Twitch") {
  GIVEN("a list with all of them") {
    WHEN("each is read") {
      THEN("there are 81, sorted, and all are known") {
        CHECK_EQ(twitch_scopes.size(), 81u);
        CHECK(std::is_sorted(twitch_scopes.begin(), twitch_scopes.end()));
        std::string list;
        for (auto scope : twitch_scopes)
          list.append(list.empty() ? "" : ", ").append(scope);
        auto result = parse_configuration(bot_with("scopes: [" + list + "]"), "bots.yaml", {});
        CHECK_EQ(texts_of(result.diagnostics), strings{});
        CHECK_EQ(result.config.bots.at(0).scopes.size(), 81u);
      }
    }
  }
  GIVEN("all_scopes") {
    WHEN("it is read") {
      auto result = parse_configuration(bot_with("scopes: [all_scopes, chat:read]"), "bots.yaml", {});
      THEN("it stands for all, with a warning") {
        CHECK_EQ(result.config.bots.at(0).scopes.size(), 81u);
        CHECK_EQ(
          texts_of(result.diagnostics),
          strings{
            "bots.yaml:6:14: warning: all_scopes asks for every permission there is; Twitch may suspend applications "
            "that do; expected only the scopes that are used, or no 'scopes' to ask for what the cogs need"});
      }
    }
  }
  GIVEN("scopes that Twitch doesn't have") {
    WHEN("they are read") {
      THEN("they are named") {
        CHECK_EQ(
          mistakes_in(bot_with("scopes: [chat:raed]")),
          strings{
            "bots.yaml:6:14: error: unknown scope 'chat:raed' in bot 'a' (did you mean 'chat:read'?); expected one "
            "of Twitch's scopes, like chat:read, or all_scopes"});
        CHECK_EQ(mistakes_in(bot_with("scopes: [[chat:read]]")),
                 strings{"bots.yaml:6:14: error: a scope of bot 'a' is a list; expected a scope, like chat:read"});
        CHECK_EQ(
          mistakes_in(bot_with("scopes: [whispers:edit]")),
          strings{
            "bots.yaml:6:14: error: Twitch has withdrawn the scope 'whispers:edit'; expected one of today's scopes"});
        CHECK_EQ(
          mistakes_in(bot_with("scopes: [chat:read, chat:read]")),
          strings{"bots.yaml:6:25: warning: scope 'chat:read' is listed twice in bot 'a'; expected each scope once"});
      }
    }
  }
}

SCENARIO("a bot writes as it reads, unless it says otherwise") {
  auto way = [](const std::string& settings) {
    auto parsed = parse_configuration("bots: {a: {channels: [x], cogs: [y]" + settings + "}}", "bots.yaml",
                                      {{"A_CLIENT_ID", "id"}});
    CHECK_EQ(texts_of(parsed.diagnostics), strings{});
    return parsed.config.bots.at(0).send;
  };
  CHECK(way("") == send_transport::irc);
  CHECK(way(", send: helix") == send_transport::helix);
  CHECK(way(", send: application") == send_transport::application);
  CHECK(way(", chat: eventsub") == send_transport::helix);
  CHECK(way(", chat: eventsub, send: application") == send_transport::application);
  auto impossible = parse_configuration("bots: {a: {channels: [x], cogs: [y], chat: eventsub, send: irc}}", "bots.yaml",
                                        {{"A_CLIENT_ID", "id"}});
  CHECK(!impossible.ok());
}

SCENARIO("a bot must make sense as a whole") {
  GIVEN("bots that don't") {
    WHEN("they are read") {
      THEN("it is said why") {
        CHECK_EQ(
          mistakes_in("bots: {a b: {channels: [x], cogs: [y], anonymous: true}}"),
          strings{
            "bots.yaml:1:8: error: bot 'a b' has a name that can't be used; expected up to 64 letters, digits, '_' "
            "and '-'"});
        CHECK_EQ(
          mistakes_in("bots: {a: {anonymous: true}}"),
          (strings{
            "bots.yaml:1:8: warning: bot 'a' has no channels; expected at least one under 'channels'",
            "bots.yaml:1:8: warning: bot 'a' has no cogs, so it does nothing; expected at least one under 'cogs'"}));
        CHECK_EQ(
          mistakes_in(bot_with("account: me")),
          strings{
            "bots.yaml:2:3: warning: bot 'a' is anonymous, so its account is not used; expected either 'account' or "
            "'anonymous: true'"});
        CHECK_EQ(
          mistakes_in(bot_with("verified: true")),
          strings{
            "bots.yaml:2:3: warning: bot 'a' is anonymous, so there is no account that Twitch could have verified; "
            "expected either 'verified: true' or 'anonymous: true'"});
        CHECK_EQ(
          mistakes_in(bot_with("send: helix")),
          strings{"bots.yaml:2:3: warning: bot 'a' is anonymous, so it can't say anything, whichever way; expected "
                  "no 'send', or an account"});
        CHECK_EQ(
          mistakes_in(bot_with("chat: eventsub")),
          strings{
            "bots.yaml:2:3: error: bot 'a' is anonymous and reads chat through EventSub; expected 'chat: irc', since "
            "EventSub takes an account"});
      }
    }
  }
}

SCENARIO("bots must go together") {
  GIVEN("two bots with the same port") {
    WHEN("they are read") {
      THEN("the second one is named, unless it is the default") {
        CHECK_EQ(
          mistakes_in(bot_with("auth_port: 7\n  b: {auth_port: 7, channels: [x], cogs: [y], anonymous: true}")),
          strings{"bots.yaml:7:18: warning: bots 'a' and 'b' have the same auth_port 7; expected a port of its own for "
                  "each bot, or they can't be authorised at the same time"});
        CHECK_EQ(mistakes_in(bot_with("\n  b: {channels: [x], cogs: [y], anonymous: true}")), strings{});
      }
    }
  }
  GIVEN("two bots with the same variables") {
    WHEN("they are read") {
      THEN("the second one is named") {
        CHECK_EQ(
          mistakes_in(bot_with("\n  A: {channels: [x], cogs: [y], anonymous: true}")),
          strings{"bots.yaml:7:3: error: bots 'a' and 'A' would share the variables A_…; expected names that differ in "
                  "more than case and punctuation"});
      }
    }
  }
  GIVEN("two bots that share an account") {
    auto channels = [](int first, int last) {
      std::string list;
      for (int i = first; i <= last; ++i)
        list += "channel_" + std::to_string(i) + (i == last ? "" : ", ");
      return list;
    };
    auto file = [&](int last) {
      return "bots:\n  a: {account: me, cogs: [y], channels: [" + channels(1, 60)
             + "]}\n  b: {account: me, cogs: [y], channels: [" + channels(51, last) + "]}\n";
    };
    environment env{{"A_ACCESS_TOKEN", "token1"}, {"B_ACCESS_TOKEN", "token2"}};
    WHEN("they join 100 channels together") {
      THEN("nothing is said") {
        CHECK_EQ(mistakes_in(file(100), env), strings{});
      }
    }
    WHEN("they join 101") {
      THEN("there is a warning, since the account may be a moderator there") {
        CHECK_EQ(
          mistakes_in(file(101), env),
          strings{
            "bots.yaml:3:3: warning: account 'me' is to join 101 channels; Twitch lets an account join 100 that it "
            "doesn't moderate; expected at most 100, or the account as a moderator in the others"});
      }
    }
    WHEN("a single one joins 101") {
      THEN("its name is enough") {
        CHECK_EQ(
          mistakes_in("bots: {a: {cogs: [y], channels: [" + channels(1, 101) + "]}}", env),
          strings{
            "bots.yaml:1:8: warning: the account of bot 'a' is to join 101 channels; Twitch lets an account join 100 "
            "that it doesn't moderate; expected at most 100, or the account as a moderator in the others"});
      }
    }
  }
}

SCENARIO("all mistakes are named at once") {
  GIVEN("a file with a mistake in each part") {
    auto text = R"(bots:
  a:
    chanels: [x]
    channels: [x, x]
    cogs: [y]
    prefix: ""
    scopes: [chat]
    scopes: []
store: 1
logging: {level: loud}
)";
    WHEN("it is read") {
      auto found = mistakes_in(text);
      THEN("there is a line for each, in the order of the file") {
        REQUIRE_EQ(found.size(), 8u);
        auto begins = [&](size_t i, std::string_view with) { return found[i].substr(0, with.size()) == with; };
        CHECK(begins(0, "bots.yaml:2:3: error: bot 'a' has no user token"));
        CHECK(begins(1, "bots.yaml:3:5: error: unknown key 'chanels'"));
        CHECK(begins(2, "bots.yaml:4:19: error: channel 'x' is listed twice"));
        CHECK(begins(3, "bots.yaml:6:13: error: the prefix of bot 'a' is empty"));
        CHECK(begins(4, "bots.yaml:7:14: error: unknown scope 'chat'"));
        CHECK(begins(5, "bots.yaml:8:5: error: duplicate key 'scopes'"));
        CHECK(begins(6, "bots.yaml:9:8: error: 'store' of the file is '1'"));
        CHECK(begins(7, "bots.yaml:10:18: error: 'level' of 'logging' is 'loud'"));
      }
    }
  }
}
