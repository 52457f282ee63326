#pragma once

#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/wake_up.hpp"
#include "messages/helix/calls.hpp"
#include "runtime/eventsub/conduit.hpp"

#include <spdlog/logger.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace creamery {

/// Keeps a bot's conduit: finds or makes it, and attaches the sessions of its shards. The rules are in `eventsub::conduit`. Nothing of it
/// has to outlive the actor: the conduit's id is in the store, and sessions ask again.
class conduit_keeper_state {
public:
  static inline const char* name = "creamery.conduit-keeper";

  /// @param account the bot's, by which calls are made.
  conduit_keeper_state(conduit_actor::pointer self, std::string bot, std::string account,
                       account_directory_actor accounts, store_actor store, eventsub::conduit::options options);

  conduit_actor::behavior_type make_behavior();

private:
  /// A session that waits for being attached.
  struct newcomer {
    std::string session;
    caf::typed_response_promise<void> promise;
  };

  /// Somebody who wants to know the conduit's id, if it isn't this one.
  struct follower {
    std::string known;
    caf::typed_response_promise<std::string> promise;
  };

  /// Finds out which conduit was ours.
  void recall();
  caf::result<void> attach(uint64_t shard, const std::string& session);
  /// Does what is due, and tells whoever waits.
  void proceed();
  void perform(const eventsub::conduit_step::list& step);
  void perform(const eventsub::conduit_step::make& step);
  void perform(const eventsub::conduit_step::resize& step);
  void perform(const eventsub::conduit_step::remember& step);
  void perform(const eventsub::conduit_step::attach& step);
  void perform(const eventsub::conduit_step::look& step);
  /// Makes a call for the bot. `handler` gets what came of it, before the next thing is done.
  template <class T, class Handler>
  void call(helix::call<T> what, Handler handler);
  void tell();
  std::string key() const;
  eventsub_report report() const;

  conduit_actor::pointer self_;
  std::string bot_;
  std::string account_;
  account_directory_actor accounts_;
  store_actor store_;
  eventsub::conduit::options options_;
  std::shared_ptr<spdlog::logger> log_;
  /// Nothing: it isn't known yet which one was ours.
  std::optional<eventsub::conduit> conduit_;
  bool is_recalling_ = false;
  std::map<uint64_t, newcomer> newcomers_;
  std::vector<follower> followers_;
  /// What was told in the log last.
  std::string told_;
  wake_up alarm_;
};

using conduit_keeper = caf::stateful_actor<conduit_keeper_state, conduit_actor::base>;

} // namespace creamery
