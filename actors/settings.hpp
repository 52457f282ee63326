#pragma once

#include "messages/chat_control.hpp"
#include "messages/grant_wanted.hpp"
#include "runtime/delivery/delivery_queue.hpp"
#include "runtime/eventsub/conduit.hpp"
#include "runtime/eventsub/event_names.hpp"
#include "runtime/eventsub/session.hpp"
#include "runtime/eventsub/subscriptions.hpp"
#include "runtime/eventsub/webhook.hpp"
#include "runtime/irc/say_queue.hpp"
#include "runtime/irc/session.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/fwd.hpp"
#include "runtime/net/net_options.hpp"
#include "runtime/net/server_certificate.hpp"
#include "runtime/oauth/token_lifecycle.hpp"
#include "runtime/pubsub/session.hpp"
#include "runtime/pubsub/topic_plan.hpp"
#include "runtime/store/reading_state.hpp"
#include "runtime/supervision/backoff.hpp"
#include "runtime/supervision/guilt_list.hpp"
#include "runtime/supervision/supervisor_core.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace creamery {

class durable_store;
class kept_states;
class module_loader;
class token_vault;

namespace helix {
class transport;
}

namespace oauth {
class identity_server;
}

/// What all chat connections of a process have in common.
struct chat_settings {
  using duration = std::chrono::steady_clock::duration;

  endpoint server;
  net_options net;
  irc_session_options session;
  /// Between two dials that failed.
  backoff::options redial{.first = std::chrono::seconds{1}, .cap = std::chrono::minutes{2}};
  /// Between two logins that were refused: a rejected token isn't hammered.
  backoff::options refused{.first = std::chrono::seconds{10}, .cap = std::chrono::minutes{15}};
  /// A connection that has lived for so long is healthy: the next failure is a first one again.
  duration healthy_after = std::chrono::seconds{60};
  /// After RECONNECT the old connection is read until the new one is in its channels, but no longer than this.
  duration overlap = std::chrono::seconds{45};
  /// Channels on one connection. Twitch cuts connections with too much traffic; 50 to 100 are advised (peers B 7).
  size_t channels_per_connection = 50;
  /// What time it is, for people; another one in tests.
  int64_t (*wall_clock)(std::chrono::steady_clock::time_point) = unix_milliseconds;
};

/// What all EventSub sessions of a process have in common.
struct eventsub_settings {
  endpoint server = {};
  net_options net = {};
  eventsub::session_options session = {};
  eventsub::subscriptions::options subscriptions = {};
  /// Between two comparisons with what Twitch itself knows of our subscriptions and shards.
  std::chrono::steady_clock::duration compare_every = std::chrono::minutes{30};
  /// Before ids that couldn't be found out are asked for again.
  backoff::options look_up_again{.first = std::chrono::seconds{1}, .cap = std::chrono::minutes{5}};
  /// What time it is, for people; another one in tests.
  int64_t (*wall_clock)(std::chrono::steady_clock::time_point) = unix_milliseconds;
};

/// A server that speaks as Twitch's PubSub did.
struct pubsub_settings {
  endpoint server = {};
  net_options net = {};
  pubsub::session_options session = {};
  /// Before ids that couldn't be found out are asked for again.
  backoff::options look_up_again{.first = std::chrono::seconds{1}, .cap = std::chrono::minutes{5}};
  /// What time it is, for people; another one in tests.
  int64_t (*wall_clock)(std::chrono::steady_clock::time_point) = unix_milliseconds;
};

/// How the actors of the tree are kept alive: the supervisors' own limits, and what holds for each kind of child.
struct supervision_settings {
  using duration = std::chrono::steady_clock::duration;

  static child_policy worker() {
    return {.wait = {.first = std::chrono::milliseconds{20}, .cap = std::chrono::seconds{30}},
            .retry_first_start = true};
  }

  /// Supervisors may take as long as their children to start and to stop.
  static child_policy branch() {
    auto policy = worker();
    policy.start_timeout = child_policy::forever;
    policy.shutdown = child_policy::forever;
    return policy;
  }

  /// One that throws again and again rests, so that nobody can end a bot by spamming a command; one that is stuck is given up
  /// and replaced.
  static child_policy cog_worker() {
    auto policy = worker();
    policy.abandon = std::chrono::seconds{1};
    policy.quarantine = quarantine_policy{{10, std::chrono::minutes{1}}, std::chrono::minutes{10}};
    return policy;
  }

  /// A disk that fails is no reason to stop.
  static child_policy journal_worker() {
    auto policy = worker();
    policy.quarantine = quarantine_policy{{10, std::chrono::minutes{1}}, std::chrono::minutes{1}};
    return policy;
  }

  /// Handlers that don't return: how often they are looked for, from when on that is a warning, and when the instance is given up.
  duration watch_every = std::chrono::seconds{1};
  duration slow_handler = std::chrono::seconds{5};
  duration stuck_handler = std::chrono::seconds{30};

  supervisor_core::options node{.limit = {3, std::chrono::minutes{1}}};
  supervisor_core::options accounts{.limit = {10, std::chrono::minutes{1}}};
  supervisor_core::options bots{.limit = {10, std::chrono::minutes{1}}};
  supervisor_core::options account_children{.limit = {10, std::chrono::minutes{1}}};
  supervisor_core::options bot_children{.limit = {10, std::chrono::minutes{1}}};
  child_policy accounts_group = branch();
  child_policy bots_group = branch();
  child_policy account = branch();
  child_policy bot = branch();
  child_policy outbox = worker();
  child_policy router = worker();
  child_policy connection = worker();
  child_policy eventsub = worker();
  child_policy cog = cog_worker();
  child_policy journal = journal_worker();
  child_policy store = journal_worker();
  child_policy webhooks = journal_worker();
  child_policy token_keeper = worker();
  child_policy helix = worker();
  child_policy vault = journal_worker();
  child_policy authorizer = journal_worker();
};

/// A port at which Twitch's webhooks come in, for all bots that share it.
struct webhook_settings {
  std::string host;
  uint16_t port = 0;
  /// Empty: without TLS, behind a proxy.
  certificate_files certificate = {};
  std::vector<eventsub::webhook_gate::callback> callbacks = {};
};

/// What is written down, and what the process before this one has left.
struct store_settings {
  /// Where to write; empty: nothing is written.
  std::filesystem::path folder;
  /// What was read and handled when it ended.
  reading_state last_reading;
  /// Modules that took the process down more than once lately: their cogs begin in quarantine. Null: there are none.
  std::shared_ptr<guilt_list> guilty;
  /// Where events wait, and cogs store things; null: there is no such place, as in many tests.
  std::shared_ptr<durable_store> durable = {};
};

/// Where tokens come from and where they are kept.
struct identity_settings {
  /// Null: there is nobody to ask, and tokens are used as they are.
  oauth::identity_server* server = nullptr;
  /// Null: nothing is kept.
  std::shared_ptr<token_vault> vault;
  token_lifecycle::options lifecycle;
  /// Twitch's API; null: there is none.
  helix::transport* helix = nullptr;
};

/// What the actors of a machine share besides messages. Lives longer than all of them.
struct runtime_environment {
  net_context& net;
  module_loader& modules;
  kept_states& memory;
  chat_settings chat;
  say_queue::options say;
  delivery_queue::options delivery;
  supervision_settings supervision = {};
  store_settings store = {};
  identity_settings identity = {};
  eventsub_settings eventsub = {};
  std::vector<webhook_settings> webhooks = {};
  pubsub_settings pubsub = {};
};

/// One Twitch account.
struct account_settings {
  /// What distinguishes it from others here: its login, or, where that isn't known yet, its bot's name.
  std::string id;
  /// The login as far as it is known, and the token of the configuration, which may be empty.
  credentials identity;
  /// Twitch has verified it as a bot, and allows it more.
  bool verified = false;
  /// It reads without a token, and says nothing.
  bool anonymous = false;
  /// How its owner is asked for a token. Without a client id they can't be.
  grant_wanted grant = {};
  /// The bots that use it.
  std::vector<std::string> bots = {};
  /// What the token has to allow for the bots and their cogs to work.
  std::vector<std::string> needed_scopes = {};
};

/// The owners of the channels, for whom a bot may have to act. Their accounts are started when they are needed first.
struct broadcaster_settings {
  /// The channels of a bot, and how its own account's token is asked for.
  struct group {
    grant_wanted grant;
    std::vector<std::string> channels;
  };

  std::vector<group> groups = {};
  /// Tokens of the configuration, by channel.
  std::map<std::string, secret> tokens = {};
};

/// One cog of a bot.
struct cog_settings {
  std::string name;
  nlohmann::json options;
};

/// How a bot writes to chat.
enum class send_way : uint8_t {
  /// Over its chat connections.
  irc,
  /// Through Twitch's API, with the account's token.
  helix,
  /// Through Twitch's API, with the application's token.
  application,
};

/// Where a bot's webhooks come in.
struct callback_settings {
  /// As Twitch is told it.
  std::string url;
  secret key;
  /// Tells whether the key is the one that subscriptions were made with, and nothing else of it.
  std::string fingerprint;
};

/// One bot.
struct bot_settings {
  std::string name;
  /// The `account_settings::id` of its account.
  std::string account;
  std::string prefix;
  std::vector<std::string> channels;
  std::vector<cog_settings> cogs;
  /// By how many connections each channel is read.
  size_t redundancy = 1;
  send_way send = send_way::irc;
  /// The events that it wants of each of its channels.
  std::vector<eventsub::wanted_event> events = {};
  /// Where they come in; neither of both: over WebSockets, each with its subscriptions.
  std::optional<callback_settings> webhook = std::nullopt;
  std::optional<eventsub::conduit::options> conduit = std::nullopt;
  /// The application's id.
  std::string client_id = {};
  /// Chat comes as events, and not over IRC; and types of events that nobody wants for anything else.
  bool has_chat_events = false;
  std::vector<std::string> chat_only = {};
  /// What it listens to at a PubSub server.
  std::vector<pubsub::topic_wish> pubsub = {};
};

} // namespace creamery
