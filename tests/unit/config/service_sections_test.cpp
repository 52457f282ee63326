#define CAF_SUITE config.service_sections

#include "config/load.hpp"
#include "tests/unit/config/checking.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::test;

SCENARIO("sections that are left out have defaults") {
  GIVEN("a file without sections, and one with empty ones") {
    WHEN("they are read") {
      THEN("both mean Twitch, the local machine and the console") {
        for (auto text : {"", "endpoints:\nstore: {}\nadmin:\nlogging: {levels: }\ncluster:"}) {
          auto result = parse_configuration(section_with(text), "bots.yaml", {});
          CHECK_EQ(texts_of(result.diagnostics), strings{});
          const auto& config = result.config;
          CHECK_EQ(config.endpoints.irc, "wss://irc-ws.chat.twitch.tv:443");
          CHECK_EQ(config.endpoints.eventsub, "wss://eventsub.wss.twitch.tv/ws");
          CHECK_EQ(config.endpoints.helix, "https://api.twitch.tv/helix");
          CHECK_EQ(config.endpoints.id, "https://id.twitch.tv/oauth2");
          CHECK_EQ(config.endpoints.pubsub, "wss://pubsub-edge.twitch.tv");
          CHECK(config.endpoints.ca_file.empty());
          CHECK(config.endpoints.proxy.empty());
          CHECK_EQ(config.store.path.string(), "var/");
          CHECK_EQ(config.admin.host, "127.0.0.1");
          CHECK_EQ(config.admin.port, 7780);
          CHECK(config.admin.token.empty());
          CHECK(config.logging.level == log_level::info);
          CHECK(config.logging.levels.empty());
          CHECK(config.logging.file.empty());
          CHECK_EQ(config.logging.max_size_mb, 10u);
          CHECK_EQ(config.logging.files, 5u);
          CHECK(config.cluster.is_null());
        }
      }
    }
  }
}

SCENARIO("sections say where Twitch is and what is kept, shown and logged") {
  GIVEN("a file with everything in it") {
    temporary_directory folder;
    auto certificates = folder.write("ca.pem", "");
    auto text = section_with(R"(endpoints:
  irc: irc://localhost:6667
  eventsub: ws://localhost:1/ws
  helix: http://localhost:2/helix
  id: http://localhost:3/oauth2
  pubsub: ws://localhost:4
  ca_file: )" + certificates.string()
                             + R"(
  proxy: http://user:password@localhost:3128
store: {path: data}
admin: {listen: "[::1]:80", token: "${ADMIN}"}
logging:
  level: warning
  levels: {irc: debug, net: off}
  file: var/log
  max_size_mb: 1
  files: 2
cluster: {nodes: {north: {address: "10.0.0.1:1"}}}
)");
    WHEN("it is read") {
      auto result = parse_configuration(text, "bots.yaml", {{"ADMIN", "pass-word"}});
      THEN("it is all there") {
        CHECK_EQ(texts_of(result.diagnostics), strings{});
        const auto& config = result.config;
        CHECK_EQ(config.endpoints.irc, "irc://localhost:6667");
        CHECK_EQ(config.endpoints.eventsub, "ws://localhost:1/ws");
        CHECK_EQ(config.endpoints.helix, "http://localhost:2/helix");
        CHECK_EQ(config.endpoints.id, "http://localhost:3/oauth2");
        CHECK_EQ(config.endpoints.pubsub, "ws://localhost:4");
        CHECK_EQ(config.endpoints.ca_file, certificates);
        CHECK_EQ(config.endpoints.proxy, "http://user:password@localhost:3128");
        CHECK_EQ(config.store.path.string(), "data");
        CHECK_EQ(config.admin.host, "::1");
        CHECK_EQ(config.admin.port, 80);
        CHECK_EQ(config.admin.token.reveal(), "pass-word");
        CHECK(config.logging.level == log_level::warning);
        CHECK(config.logging.levels.at("irc") == log_level::debug);
        CHECK(config.logging.levels.at("net") == log_level::off);
        CHECK_EQ(config.logging.file.string(), "var/log");
        CHECK_EQ(config.logging.max_size_mb, 1u);
        CHECK_EQ(config.logging.files, 2u);
        CHECK_EQ(config.cluster.dump(), R"({"nodes":{"north":{"address":"10.0.0.1:1"}}})");
      }
    }
  }
}

SCENARIO("mistakes in sections are named") {
  GIVEN("files with one mistake each") {
    auto mistake = [](std::string_view section) {
      auto found = mistakes_in(section_with(section), {{"CREAMERY_ADMIN_TOKEN", "two words"}});
      return found.size() == 1 ? found.front() : caf::deep_to_string(found);
    };
    WHEN("they are read") {
      THEN("endpoints must be URLs with the right scheme") {
        CHECK_EQ(mistake("endpoints: {irc: https://a}"), "bots.yaml:2:18: error: 'irc' of 'endpoints' has the scheme "
                                                         "'https'; expected a URL that begins with wss:// or "
                                                         "ws:// or ircs:// or irc://");
        CHECK_EQ(mistake("endpoints: {helix: wss://a}"), "bots.yaml:2:20: error: 'helix' of 'endpoints' has the scheme "
                                                         "'wss'; expected a URL that begins with https:// or "
                                                         "http://");
        CHECK_EQ(mistake("endpoints: {eventsub: 'wss://a b'}"),
                 "bots.yaml:2:23: error: 'eventsub' of 'endpoints' is no URL; expected a URL that begins with wss:// "
                 "or ws://");
        CHECK_EQ(
          mistake("endpoints: {id: [a]}"),
          "bots.yaml:2:17: error: 'id' of 'endpoints' is a list; expected a URL that begins with https:// or http://");
        CHECK_EQ(mistake("endpoints: {pubsub: 'wss://me:pw@a'}"),
                 "bots.yaml:2:21: error: 'pubsub' of 'endpoints' has a user name; expected a URL that begins with "
                 "wss:// or ws://");
        CHECK_EQ(mistake("endpoints: {proxy: 'socks://me:pw@a'}"),
                 "bots.yaml:2:20: error: 'proxy' of 'endpoints' has the scheme 'socks'; expected a URL that begins "
                 "with http://");
        CHECK_EQ(
          mistake("endpoints: {ca_file: /no/such/file}"),
          "bots.yaml:2:22: error: 'ca_file' of 'endpoints' is '/no/such/file', which is no file; expected a file with "
          "certificates in PEM format");
        CHECK_EQ(mistake("endpoints: {ircs: a}"), "bots.yaml:2:13: error: unknown key 'ircs' in 'endpoints' (did you "
                                                  "mean 'irc'?); expected one of: irc, eventsub, "
                                                  "helix, id, pubsub, proxy, ca_file");
        CHECK_EQ(mistake("endpoints: twitch"),
                 "bots.yaml:2:12: error: 'endpoints' of the file is 'twitch'; expected a map, like {irc: \"wss://…\"}");
      }
      THEN("the store is a folder") {
        CHECK_EQ(mistake("store: {path: ''}"), "bots.yaml:2:15: error: 'path' of 'store' is ''; expected a folder");
        CHECK_EQ(mistake("store: {paht: a}"),
                 "bots.yaml:2:9: error: unknown key 'paht' in 'store' (did you mean 'path'?); expected one of: path");
        CHECK_EQ(mistake("store: a"),
                 "bots.yaml:2:8: error: 'store' of the file is 'a'; expected a map, like {path: var/}");
      }
      THEN("the admin pages have an address") {
        CHECK_EQ(mistake("admin: {listen: 7780}"),
                 "bots.yaml:2:17: error: 'listen' of 'admin' is '7780'; expected host:port, like \"127.0.0.1:7780\" or "
                 "\"[::1]:7780\"");
        CHECK_EQ(
          mistake("admin: {listen: '0.0.0.0:80'}"),
          "bots.yaml:2:17: warning: the admin pages can be read by other machines; expected 127.0.0.1, with a reverse "
          "proxy that knows who may look");
        CHECK_EQ(
          mistake("admin: {token: '${CREAMERY_ADMIN_TOKEN}'}"),
          "bots.yaml:2:16: error: 'token' of 'admin' is empty or has characters that a header can't carry; expected "
          "visible ASCII without spaces");
        CHECK_EQ(
          mistake("admin: {token: '${CREAMERY_ADMIN_TOKE}'}"),
          "bots.yaml:2:16: error: the variable CREAMERY_ADMIN_TOKE is not set (did you mean 'CREAMERY_ADMIN_TOKEN'?); "
          "expected CREAMERY_ADMIN_TOKE=… in .env or the environment");
        CHECK_EQ(mistake("admin: {token: [a]}"),
                 "bots.yaml:2:16: error: 'token' of 'admin' is a list; expected a password, best "
                 "as a reference like \"${CREAMERY_ADMIN_TOKEN}\"");
        CHECK_EQ(
          mistake("admin: [a]"),
          "bots.yaml:2:8: error: 'admin' of the file is a list; expected a map, like {listen: \"127.0.0.1:7780\"}");
      }
      THEN("logging has levels, a file and sizes") {
        CHECK_EQ(mistake("logging: {level: verbose}"),
                 "bots.yaml:2:18: error: 'level' of 'logging' is 'verbose'; expected one "
                 "of: trace, debug, info, warning, error, critical, off");
        CHECK_EQ(mistake("logging: {levels: {irc: debugg}}"), "bots.yaml:2:25: error: the level of 'irc' is 'debugg' "
                                                              "(did you mean 'debug'?); expected one of: trace, debug, "
                                                              "info, warning, error, critical, off");
        CHECK_EQ(mistake("logging: {levels: {IRC: debug}}"),
                 "bots.yaml:2:20: error: a component of 'levels' is named 'IRC'; "
                 "expected lower-case letters, digits and '_', like irc");
        CHECK_EQ(mistake("logging: {levels: debug}"),
                 "bots.yaml:2:19: error: 'levels' of 'logging' is 'debug'; expected a map "
                 "from component to level, like {irc: debug}");
        CHECK_EQ(mistake("logging: {file: [a]}"),
                 "bots.yaml:2:17: error: 'file' of 'logging' is a list; expected a file name");
        CHECK_EQ(mistake("logging: {max_size_mb: 0}"),
                 "bots.yaml:2:24: error: 'max_size_mb' of 'logging' is '0'; expected megabytes, from 1 to 10000");
        CHECK_EQ(mistake("logging: {files: many}"),
                 "bots.yaml:2:18: error: 'files' of 'logging' is 'many'; expected a number from 1 to 1000");
        CHECK_EQ(mistake("logging: debug"),
                 "bots.yaml:2:10: error: 'logging' of the file is 'debug'; expected a map, like {level: info}");
      }
      THEN("the cluster is a map") {
        CHECK_EQ(mistake("cluster: [a]"), "bots.yaml:2:10: error: 'cluster' of the file is a list; expected a map");
      }
    }
  }
}
