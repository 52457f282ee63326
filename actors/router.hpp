#pragma once

#include "actors/drain_promises.hpp"
#include "actors/interfaces.hpp"
#include "runtime/delivery/dispatcher.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <spdlog/logger.h>

#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace creamery {

/// Hands a bot's chat lines, commands and events to its cogs. The rules are in `dispatcher` and `delivery_queue`, and so are
/// the lines: they outlive the router.
class router_state {
public:
  static inline const char* name = "creamery.router";

  /// @param cogs those that are about to announce themselves: lines wait for them, so that a cog which takes its time to start
  /// misses nothing, but no longer than a few seconds.
  router_state(router_actor::pointer self, std::string bot, kept<dispatcher> lines, std::vector<std::string> cogs = {});

  router_actor::behavior_type make_behavior();

private:
  struct receiver {
    uint64_t instance = 0;
    cog_sink_actor address;
  };

  /// Lines that have to wait before they are routed.
  struct held_batch {
    chat_batch lines;
    caf::typed_response_promise<void> promise;
  };

  caf::result<void> on_lines(const chat_batch& batch);
  /// Whether these lines have to give those of another connection a head start.
  bool is_early(const chat_batch& batch) const;
  /// The first ones that `connection` kept back have waited long enough.
  void release_early(const std::string& connection);
  void route(const chat_batch& batch);
  /// Whether some cog has to announce itself or to catch up before lines are routed.
  bool is_to_wait();
  /// Routes what was held, as far as nobody is to be waited for.
  void route_held();
  void on_cog(const cog_progress& cog, const cog_interest& interest, cog_sink_actor address);
  void on_progress(const cog_progress& progress);
  /// Sends a cog what its queue gives out.
  void pump(const std::string& cog, const receiver& to);
  /// Tells when lines were shed: the first time, and whenever their number has doubled.
  void warn_of_shedding(const std::string& cog);
  /// Every line is done with.
  bool is_drained() const;
  router_report report() const;

  router_actor::pointer self_;
  std::string bot_;
  std::shared_ptr<spdlog::logger> log_;
  kept<dispatcher> dispatcher_;
  std::map<std::string, receiver> receivers_;
  /// Cogs that have not announced themselves yet.
  std::set<std::string> awaited_;
  /// Wait for cogs to announce themselves or to catch up.
  std::deque<held_batch> held_;
  /// By connection: wait for what another connection has read before; the first one of each is early.
  std::map<std::string, std::deque<held_batch>> early_;
  bool waits_for_progress_ = false;
  drain_promises drained_;
  /// At how many shed lines the next warning is due, for each cog that lines were shed for.
  std::map<std::string, uint64_t> next_warning_;
};

using router = caf::stateful_actor<router_state, router_actor::base>;

} // namespace creamery
