#pragma once

#include "actors/interfaces.hpp"
#include "runtime/delivery/dispatcher.hpp"

#include <spdlog/logger.h>

#include <map>
#include <memory>
#include <string>

namespace creamery {

/// Hands a bot's chat lines, commands and events to its cogs. The rules are in `dispatcher` and `delivery_queue`.
class router_state {
public:
  static inline const char* name = "creamery.router";

  router_state(router_actor::pointer self, std::string bot, std::string prefix, delivery_queue::options queue);

  router_actor::behavior_type make_behavior();

private:
  struct receiver {
    uint64_t instance = 0;
    cog_sink_actor address;
  };

  void on_cog(const std::string& cog, uint64_t instance, const cog_interest& interest, cog_sink_actor address);
  void on_progress(const cog_progress& progress);
  /// Sends a cog what its queue gives out.
  void pump(const std::string& cog, const receiver& to);
  router_report report() const;

  router_actor::pointer self_;
  std::string bot_;
  std::shared_ptr<spdlog::logger> log_;
  dispatcher dispatcher_;
  std::map<std::string, receiver> receivers_;
};

using router = caf::stateful_actor<router_state, router_actor::base>;

} // namespace creamery
