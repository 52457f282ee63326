#pragma once

#include "actors/interfaces.hpp"
#include "actors/plain_supervisor.hpp"
#include "actors/settings.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace creamery {

/// The root of the tree on this machine: starts the accounts, then the bots.
class node_state {
public:
  static inline const char* name = "creamery.node";

  node_state(node_actor::pointer self, std::vector<account_settings> accounts, std::vector<bot_settings> bots,
             const runtime_environment& environment);

  node_actor::behavior_type make_behavior();

private:
  caf::actor start_account(const account_settings& settings);
  caf::actor start_bot(const bot_settings& settings);
  caf::result<node_report> report();

  node_actor::pointer self_;
  std::vector<account_settings> account_settings_;
  std::vector<bot_settings> bot_settings_;
  const runtime_environment& environment_;
  std::shared_ptr<spdlog::logger> log_;
  plain_supervisor<node_actor::base> children_;
  std::map<std::string, account_actor> accounts_;
  std::map<std::string, bot_actor> bots_;
};

using node = caf::stateful_actor<node_state, node_actor::base>;

} // namespace creamery
