#pragma once

#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/supervisor.hpp"

#include <map>
#include <string>
#include <vector>

namespace creamery {

/// Keeps the bots alive.
class bots_state {
public:
  static inline const char* name = "creamery.bots";

  bots_state(bots_actor::pointer self, std::vector<bot_settings> settings, account_directory_actor accounts,
             store_actor store, const runtime_environment& environment);

  bots_actor::behavior_type make_behavior();

private:
  caf::actor start_bot(const bot_settings& settings);
  caf::result<std::vector<bot_report>> report();

  bots_actor::pointer self_;
  std::vector<bot_settings> settings_;
  account_directory_actor accounts_;
  /// Null: there is none.
  store_actor store_;
  const runtime_environment& environment_;
  supervisor<bots_actor::base> children_;
  /// The latest instance of each bot.
  std::map<std::string, bot_actor> bots_;
};

using bots = caf::stateful_actor<bots_state, bots_actor::base>;

} // namespace creamery
