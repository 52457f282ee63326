#pragma once

#include "actors/event_subscriber.hpp"
#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/supervisor.hpp"
#include "messages/result.hpp"
#include "runtime/delivery/cog_ledger.hpp"
#include "runtime/delivery/outcome_ledger.hpp"
#include "runtime/delivery/watchdog.hpp"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace creamery {

class cog_module;

/// One entry of bots.yaml: its router, its cogs and its connections, started in this order. Restarts each alone and tells
/// the others where the new one is.
class bot_state {
public:
  static inline const char* name = "creamery.bot";

  bot_state(bot_actor::pointer self, bot_settings settings, account_directory_actor accounts, store_actor store,
            const runtime_environment& environment);

  bot_actor::behavior_type make_behavior();

private:
  void follow_account();
  void add_cog(const cog_settings& cog);
  result<std::shared_ptr<const cog_module>> load(const std::string& cog);
  /// An actor that ends at once, with this reason.
  caf::actor fail_to_start(const std::string& why);
  /// What is held against a cog's module isn't any more.
  void forgive(const std::string& cog);
  caf::actor start_router();
  caf::actor start_cog(const cog_settings& cog, const std::shared_ptr<const cog_module>& module);
  caf::actor start_sender();
  /// Calls `use` with each of those by whom the bot's events come.
  template <class Use>
  void for_event_parts(Use use) const;
  /// Adds the sessions over which the bot's events come.
  void add_eventsub();
  /// Adds the connections to a PubSub server, each with as many topics as fit.
  void add_pubsub();
  caf::actor start_pubsub(const std::string& connection, const std::vector<pubsub::topic_wish>& topics);
  caf::actor start_conduit();
  /// Of the subscriptions that outlive the process.
  caf::actor start_keeper(const std::string& child);
  subscriber_identity subscriber(const std::string& child, eventsub::token_owner token,
                                 const std::vector<std::string>& channels) const;
  /// With subscriptions of its own. @param broadcaster whose token is used; empty: the bot's own.
  caf::actor start_session(const std::string& session, const std::string& broadcaster,
                           const std::vector<std::string>& channels);
  caf::actor start_shard(const std::string& session, uint64_t shard);
  caf::actor start_session(const std::string& session, subscriber_identity who, std::optional<uint64_t> shard);
  caf::actor start_connection(const std::string& connection, const std::vector<std::string>& channels);
  /// Where a child stands in the tree.
  std::string path_of(std::string_view child) const;
  std::shared_ptr<outcome_ledger> outcomes_of(const std::string& cog);
  std::shared_ptr<cog_ledger> ledger_of(const std::string& cog);
  /// Why a cog is to begin in quarantine, if it is: its module took the process down.
  std::optional<std::string> guilt_of(const std::string& cog) const;
  /// What was read and handled when the process before this one ended.
  reading_state::bot last_reading() const;
  /// Until when these channels were read then; 0: they weren't.
  std::map<std::string, int64_t> unread_before(const std::vector<std::string>& channels) const;
  /// For how long the present handler of a cog has been seen running.
  watchdog::duration busy_for(const std::string& cog);
  /// Looks for handlers that don't return.
  void watch_cogs();
  void on_ready(const std::string& connection, const bot_ready& ready);
  /// The bot as a whole, once every connection has tried its channels.
  void tell_ready(const cog_actor& cog) const;
  /// Lets everything that was read be handled, and what is said then reach the outbox.
  caf::result<bool> drain();
  caf::result<bot_report> report();

  bot_actor::pointer self_;
  bot_settings settings_;
  account_directory_actor accounts_;
  /// Null: there is none.
  store_actor store_;
  const runtime_environment& environment_;
  std::shared_ptr<spdlog::logger> log_;
  supervisor<bot_actor::base> children_;
  router_actor router_;
  outbox_actor outbox_;
  /// Null: what is said is written by the connections.
  helix_sender_actor sender_;
  std::map<std::string, cog_actor> cogs_;
  std::map<std::string, chat_connection_actor> connections_;
  std::map<std::string, eventsub_session_actor> eventsub_;
  std::map<std::string, pubsub_connection_actor> pubsub_;
  /// How many have to say that they are ready, before the bot is.
  size_t chat_sources_ = 0;
  /// Null: its events don't come through a conduit.
  conduit_actor conduit_;
  /// Null: its subscriptions are the sessions' own.
  subscription_keeper_actor subscriptions_;
  /// For each cog its watchdog, and whether the present handler was warned of.
  std::map<std::string, std::pair<watchdog, bool>> watchdogs_;
  /// Cogs that will announce themselves to the router.
  std::vector<std::string> expected_;
  /// What the connections reported, by their names.
  std::map<std::string, bot_ready> ready_;
  bool is_ready_ = false;
};

using bot = caf::stateful_actor<bot_state, bot_actor::base>;

} // namespace creamery
