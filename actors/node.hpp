#pragma once

#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/supervisor.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace creamery {

/// The root of the tree on this machine: keeps the accounts and the bots alive.
class node_state {
public:
  static inline const char* name = "creamery.node";

  node_state(node_actor::pointer self, std::vector<account_settings> accounts,
             std::shared_ptr<const broadcaster_settings> broadcasters, std::vector<bot_settings> bots,
             const runtime_environment& environment);

  node_actor::behavior_type make_behavior();

private:
  caf::actor start_vault();
  caf::actor start_authorizer();
  caf::actor start_store();
  caf::actor start_accounts();
  caf::actor start_bots();
  caf::actor start_webhooks(const webhook_settings& settings);
  caf::actor start_journal();
  /// In the order in which things come to an end: the last thing is to write down how everything stands.
  caf::result<bool> drain();
  caf::result<node_report> report();

  node_actor::pointer self_;
  std::vector<account_settings> account_settings_;
  std::shared_ptr<const broadcaster_settings> broadcasters_;
  std::vector<bot_settings> bot_settings_;
  const runtime_environment& environment_;
  supervisor<node_actor::base> children_;
  vault_actor vault_;
  authorizer_actor authorizer_;
  /// Null: there is none.
  store_actor store_;
  accounts_actor accounts_;
  bots_actor bots_;
  /// By their addresses.
  std::map<std::string, webhook_listener_actor> webhooks_;
  /// Null: nothing is written down.
  journal_actor journal_;
};

using node = caf::stateful_actor<node_state, node_actor::base>;

} // namespace creamery
