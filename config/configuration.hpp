#pragma once

#include "config/diagnostic.hpp"
#include "messages/secret.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace creamery {

/// How a bot reads and writes chat.
enum class chat_transport {
  /// The chat protocol, over WebSocket or TCP.
  irc,
  /// EventSub for reading, Helix for writing.
  eventsub,
};

/// How a bot writes to chat.
enum class send_transport {
  /// The chat protocol.
  irc,
  /// Twitch's API, with the account's token.
  helix,
  /// Twitch's API, with the application's token: that gives the Chat Bot badge.
  application,
};

/// One cog of a bot.
struct cog_config {
  /// Lower-case letters, digits and `_`; also the name of its module.
  std::string name;
  /// The cluster node it is placed on; empty: wherever its bot is.
  std::string node;
  /// Its options: a JSON object, `{}` if there are none. Unquoted numbers, `true`, `false` and `null` have their JSON
  /// type; what came out of a `${NAME}` is a string. May hold secrets, so it doesn't belong in a log.
  nlohmann::json options = nlohmann::json::object();
  /// The line of its name in the file.
  int line = 0;
};

/// One entry of `bots:`.
struct bot_config {
  /// Letters, digits, `_` and `-`.
  std::string name;
  /// The login name of its account, in lower case; absent: what the token says.
  std::optional<std::string> account;
  /// What a command begins with; never empty.
  std::string prefix = "!";
  /// The local port of the OAuth redirect.
  uint16_t auth_port = 18951;
  /// Lower case, without `#`, without duplicates, in the order of the file.
  std::vector<std::string> channels;
  /// `MODERATORS`: user ids or login names whose actions are listened to.
  std::vector<std::string> moderators;
  /// In the order of the file.
  std::vector<cog_config> cogs;
  /// The OAuth scopes to ask for; empty: what the cogs need. `all_scopes` is written out.
  std::vector<std::string> scopes;
  chat_transport chat = chat_transport::irc;
  /// Unless it is said: as it reads.
  send_transport send = send_transport::irc;
  /// How many connections read each channel: 1 or 2.
  int redundancy = 1;
  /// Reads chat as `justinfan…`, without an account and without sending.
  bool anonymous = false;
  /// Its account is a verified bot to Twitch, which is allowed more.
  bool verified = false;
  /// Empty unless `<BOT>_CLIENT_ID` is set.
  std::string client_id;
  secret client_secret;
  /// A ready token, without `oauth:`; empty: there is none, so that it is in the vault or has to be granted.
  secret access_token;
  /// Where its name stands.
  source_place where;
};

/// Where Twitch is. Anything else here is for simulators, tests and proxies.
struct endpoint_config {
  /// `wss`, `ws`, `ircs` or `irc`.
  std::string irc = "wss://irc-ws.chat.twitch.tv:443";
  std::string eventsub = "wss://eventsub.wss.twitch.tv/ws";
  std::string helix = "https://api.twitch.tv/helix";
  std::string id = "https://id.twitch.tv/oauth2";
  std::string pubsub = "wss://pubsub-edge.twitch.tv";
  /// Certificates to trust instead of the system's; empty: the system's.
  std::filesystem::path ca_file;
  /// `http://host:port` of a proxy that knows CONNECT; may contain user and password, so it doesn't belong in a log.
  std::string proxy;
};

struct store_config {
  /// The folder of databases and tokens.
  std::filesystem::path path = "var/";
};

struct admin_config {
  /// Host (an IPv6 address without brackets) and port to listen on; 0: any free one.
  std::string host = "127.0.0.1";
  uint16_t port = 7780;
  /// What restarting and reloading over HTTP takes; empty: nobody may.
  secret token;
};

/// How actors of one kind are kept alive; what is absent is as built in. Each kind has the members that mean something for it.
struct supervised_kind {
  /// More failures than that within so many seconds are too many.
  std::optional<int64_t> failures;
  std::optional<int64_t> within_s;
  /// Before a restart: the first pause, and the longest one.
  std::optional<int64_t> backoff_first_ms;
  std::optional<int64_t> backoff_cap_ms;
  /// From being asked to end until it is killed.
  std::optional<int64_t> shutdown_ms;
  /// How long a cog rests that failed too often.
  std::optional<int64_t> rest_s;
  /// When a handler that doesn't return is a warning, and when its cog is given up and replaced.
  std::optional<int64_t> slow_after_ms;
  std::optional<int64_t> stuck_after_ms;
};

struct supervision_config {
  /// By kind of actor: node, accounts, bots, account, bot, outbox, router, connection, cog, journal.
  std::map<std::string, supervised_kind> kinds;
};

enum class log_level { trace, debug, info, warning, error, critical, off };

struct logging_config {
  log_level level = log_level::info;
  /// Levels of single components (`irc: debug`), by component.
  std::map<std::string, log_level> levels;
  /// Empty: console only.
  std::filesystem::path file;
  /// The file is rotated at this size.
  size_t max_size_mb = 10;
  /// How many rotated files are kept.
  size_t files = 5;
};

/// Everything that `bots.yaml`, `.env` and the environment say.
struct configuration {
  /// In the order of the file.
  std::vector<bot_config> bots;
  endpoint_config endpoints;
  store_config store;
  admin_config admin;
  supervision_config supervision;
  logging_config logging;
  /// The `cluster:` section as it stands; null if there is none.
  nlohmann::json cluster;
  /// `<CHANNEL>_PUBSUB_TOKEN`, by channel.
  std::map<std::string, secret> pubsub_tokens;
  /// `MODERATORS`: user ids or login names.
  std::vector<std::string> moderators;
  /// `CREAMERY_KEY`, which the token vault is encrypted with; empty if it isn't set.
  secret key;
};

} // namespace creamery
