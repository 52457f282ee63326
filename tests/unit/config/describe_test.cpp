#define CAF_SUITE config.describe

#include "config/load.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

SCENARIO("the report has all mistakes and a table of the bots") {
  GIVEN("a configuration with bots of all kinds") {
    auto text = R"(bots:
  creamy_bot: {account: creamy, prefix: "¡", channels: [x, y], cogs: [echo_console, routines], chat: eventsub}
  b: {channels: [x], cogs: [echo_console]}
  reader: {channels: [x], anonymous: true}
)";
    WHEN("it is described") {
      auto report = describe(parse_configuration(text, "bots.yaml", {{"CREAMY_BOT_ACCESS_TOKEN", "abcdefgh"}}));
      THEN("it is all there but the token") {
        CHECK_EQ(
          report,
          R"(bots.yaml:3:3: error: bot 'b' has no user token: B_ACCESS_TOKEN is not set, and no application to get one with: B_CLIENT_ID is not set; expected B_CLIENT_ID and B_CLIENT_SECRET in .env, then 'creamery auth b'; or B_ACCESS_TOKEN=<token>; or 'anonymous: true' to read without an account
bots.yaml:4:3: warning: bot 'reader' has no cogs, so it does nothing; expected at least one under 'cogs'

bot         account        prefix  channels  cogs                    chat      token
creamy_bot  creamy         ¡       2         echo_console, routines  eventsub  yes
b           (the token's)  !       1         echo_console            irc       missing
reader      -              !       1         -                       irc       anonymous

The configuration can't be used: 1 error, 1 warning.
)");
      }
    }
  }
  GIVEN("a configuration without mistakes, and one without bots") {
    WHEN("they are described") {
      THEN("there is no more than needed") {
        CHECK_EQ(describe(parse_configuration(bot_with(""), "bots.yaml", {})),
                 "bot  account  prefix  channels  cogs  chat  token\n"
                 "a    -        !       1         y     irc   anonymous\n"
                 "\n"
                 "The configuration is valid.\n");
        CHECK_EQ(describe(parse_configuration("a: b: c", "bots.yaml", {})),
                 "bots.yaml:1:5: error: illegal map value; expected valid YAML\n"
                 "The configuration can't be used: 1 error.\n");
      }
    }
  }
}

SCENARIO("no report contains a secret, whatever is wrong") {
  GIVEN("a token, and files in which someone put it everywhere") {
    const std::string token = "sim-creamy_bot-7Xk2";
    environment env{{"A_ACCESS_TOKEN", "oauth:" + token},
                    {"ADMIN", token},
                    {"DEFAULT_AUTH_PORT", token},
                    {"MODERATORS", token + "!"}};
    const strings inputs{
      "a: {channels: [x], cogs: [y]}",
      "a: {account: TOKEN, prefix: [TOKEN], auth_port: TOKEN, redundancy: TOKEN, chat: TOKEN, anonymous: TOKEN}",
      "a: {channels: [TOKEN, TOKEN, [TOKEN]], cogs: [TOKEN, {TOKEN: TOKEN}, {x: TOKEN}], scopes: [TOKEN]}",
      "a: {account: '${ADMIN}', channels: ['${ADMIN}'], auth_port: '${ADMIN}', scopes: ['${ADMIN}'], cogs: "
      "['${ADMIN}']}",
      "a: {TOKEN: 1, TOKEN: 2, token: TOKEN, client_secret: TOKEN}",
      "TOKEN: {channels: [x]}",
      "TOKEN: TOKEN",
      "TOKEN",
      "- TOKEN",
      "a: TOKEN: b",
      "a: *TOKEN",
      "a: &TOKEN [*TOKEN]",
      "a: !TOKEN",
      "a: {prefix: !TOKEN x}",
      "a: '${TOKEN}'",
      "a: '${TOKEN'",
      "a: {cogs: [{x: {node: 'a TOKEN'}}]}",
      "endpoints: {irc: TOKEN, helix: 'TOKEN://x', proxy: 'http://me:TOKEN@x:y', ca_file: TOKEN}\nadmin: {listen: "
      "TOKEN, token: "
      "'TOKEN \xC3\xA4'}\nstore: TOKEN\nlogging: {level: TOKEN, levels: {TOKEN: info, irc: TOKEN}, files: "
      "TOKEN}\ncluster: TOKEN",
      "\tTOKEN: TOKEN\n",
    };
    WHEN("each is read and described") {
      THEN("the token is nowhere") {
        for (auto input : inputs) {
          for (auto i = input.find("TOKEN"); i != std::string::npos; i = input.find("TOKEN", i + token.size()))
            input.replace(i, 5, token);
          auto result = parse_configuration(input, "bots.yaml", env);
          CHECK_EQ(describe(result).find(token), std::string::npos);
          for (const auto& line : texts_of(result.diagnostics))
            CHECK_EQ(line.find(token), std::string::npos);
        }
      }
    }
  }
  GIVEN("a .env file with mistakes around the token") {
    const std::string token = "sim-creamy_bot-7Xk2";
    temporary_directory folder;
    folder.write("bots.yaml", "a: {channels: [x], cogs: [y]}\n");
    WHEN("it is read and described") {
      THEN("the token is nowhere") {
        for (std::string line : {"A_ACCESS_TOKEN ", "A_ACCESS_TOKEN='", "A_ACCESS_TOKEN=\"\\q", "A-B=", "",
                                 "A_ACCESS_TOKEN=\"\" ", "=", "export ", "A_ACCESS_TOKEN=1\nA_ACCESS_TOKEN="}) {
          folder.write(".env", line + token + "\n");
          CHECK_EQ(describe(load_configuration({{}, {}, folder.path()}, {})).find(token), std::string::npos);
        }
      }
    }
  }
}
