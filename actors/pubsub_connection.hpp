#pragma once

#include "actors/drain_promises.hpp"
#include "actors/event_intake.hpp"
#include "actors/interfaces.hpp"
#include "actors/link_table.hpp"
#include "actors/net_link.hpp"
#include "actors/settings.hpp"
#include "actors/user_lookup.hpp"
#include "actors/wake_up.hpp"
#include "runtime/pubsub/session.hpp"
#include "runtime/pubsub/topic_plan.hpp"
#include "runtime/supervision/backoff.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <spdlog/logger.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace creamery {

/// Who listens to what.
struct pubsub_identity {
  /// `<bot>/pubsub-<n>`, for logs and reports.
  std::string name;
  std::string bot;
  /// The id of the bot's account, and who gives out tokens.
  std::string account;
  account_directory_actor accounts;
  std::vector<pubsub::topic_wish> topics;
};

/// What a connection is in the middle of; it outlives its actor, and with it the sockets do.
struct pubsub_memory {
  /// A question that waits for a token.
  struct question {
    pubsub::session_action::ask what;
    pubsub::session::time_point asked;
  };

  explicit pubsub_memory(const pubsub_settings& settings);

  pubsub::session session;
  user_ids ids;
  backoff look_up_again;
  link_table links;
  std::vector<question> questions;
  intake_memory intake;
  /// Distinguishes what came from all that came before this process, and counts it.
  uint64_t numbering;
  uint64_t received = 0;
  /// Why topics aren't listened to.
  std::map<std::string, std::string> refused;
  std::string last_error;
};

/// One connection to a server that speaks as Twitch's PubSub did. The rules are in `pubsub::session`; what it hears goes to the store,
/// and from there to cogs like any event.
class pubsub_connection_state {
public:
  static inline const char* name = "creamery.pubsub-connection";

  pubsub_connection_state(pubsub_connection_actor::pointer self, pubsub_identity who, pubsub_settings settings,
                          link_opener open, kept<pubsub_memory> memory);

  pubsub_connection_actor::behavior_type make_behavior();

private:
  using clock = pubsub::session::clock;

  void on_tick();
  void on_lines(const link_lines& lines);
  void on_closed(const link_closed& closed);
  void perform(pubsub::session_action::list todo);
  void perform(const pubsub::session_action::open& action);
  void perform(const pubsub::session_action::close& action);
  void perform(const pubsub::session_action::ping& action);
  void perform(const pubsub::session_action::ask& action);
  void perform(const pubsub::session_action::refused& action);
  void perform(const pubsub::session_action::lost& action);
  /// The ids of users are known, or some more of them.
  void on_ids();
  /// Asks for an account's token, unless that is under way.
  void ask_for_token(const std::string& account);
  void on_token(const std::string& account, const secret& token);
  /// The questions that wait for this account's token don't wait any more.
  void give_up(const std::string& account, const std::string& why);
  /// Those that have waited for too long.
  void give_up_old();
  void set_alarm();
  eventsub_report report() const;

  pubsub_connection_actor::pointer self_;
  pubsub_identity who_;
  pubsub_settings settings_;
  link_opener open_;
  kept<pubsub_memory> memory_;
  std::shared_ptr<spdlog::logger> log_;
  wake_up alarm_;
  event_intake<pubsub_connection_actor::base> intake_;
  drain_promises drained_;
  user_lookup users_;
  /// Accounts whose token is being asked for.
  std::set<std::string> asked_;
};

using pubsub_connection = caf::stateful_actor<pubsub_connection_state, pubsub_connection_actor::base>;

} // namespace creamery
