#pragma once

#include "actors/drain_promises.hpp"
#include "actors/interfaces.hpp"
#include "actors/webhook_port.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <spdlog/logger.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace creamery {

/// What is kept while the listener's actors come and go.
struct webhook_memory {
  /// Null: it couldn't be opened yet.
  std::shared_ptr<webhook_port> port;
  uint64_t not_stored = 0;
  /// What was refused when that was told last.
  std::map<std::string, uint64_t> told;
};

/// Hands what comes in at a port to the store, and answers once it is on the disk; tells bots what becomes of their subscriptions.
class webhook_listener_state {
public:
  static inline const char* name = "creamery.webhook-listener";

  /// @param bots null until there are any.
  webhook_listener_state(webhook_listener_actor::pointer self, webhook_settings settings, store_actor store,
                         bots_actor bots, kept<webhook_memory> memory);
  ~webhook_listener_state();

  webhook_listener_actor::behavior_type make_behavior();

private:
  /// Hands what waits at the port to the store, for each bot by itself, unless it is writing already: then that gathers meanwhile.
  void collect();
  void store(eventsub::arrivals events, std::vector<http_reply> replies);
  void tell(const std::string& bot, eventsub::subscription_news news);
  /// Says in the log what was refused since it did last.
  void tell_refused();
  webhook_report report() const;

  webhook_listener_actor::pointer self_;
  webhook_settings settings_;
  store_actor store_;
  bots_actor bots_;
  kept<webhook_memory> memory_;
  std::shared_ptr<spdlog::logger> log_;
  /// How many are being written down.
  uint64_t open_ = 0;
  drain_promises drained_;
};

using webhook_listener = caf::stateful_actor<webhook_listener_state, webhook_listener_actor::base>;

} // namespace creamery
