#pragma once

#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/supervisor.hpp"

#include <map>
#include <memory>
#include <set>
#include <string>

namespace creamery {

class cog_module;

/// One entry of bots.yaml: its router, its cogs and its connections, started in this order. Restarts each alone and tells
/// the others where the new one is.
class bot_state {
public:
  static inline const char* name = "creamery.bot";

  bot_state(bot_actor::pointer self, bot_settings settings, account_directory_actor accounts,
            const runtime_environment& environment);

  bot_actor::behavior_type make_behavior();

private:
  void follow_account();
  /// @param cogs those that will announce themselves.
  caf::actor start_router(const std::vector<std::string>& cogs);
  caf::actor start_cog(const cog_settings& cog, const std::shared_ptr<const cog_module>& module, uint64_t instance);
  caf::actor start_connection(const std::string& connection, const std::vector<std::string>& channels);
  void on_ready(const std::string& connection, const bot_ready& ready);
  /// The bot as a whole, once every connection has tried its channels.
  void tell_ready(const cog_actor& cog) const;
  caf::result<bot_report> report();

  bot_actor::pointer self_;
  bot_settings settings_;
  account_directory_actor accounts_;
  const runtime_environment& environment_;
  std::shared_ptr<spdlog::logger> log_;
  supervisor<bot_actor::base> children_;
  router_actor router_;
  outbox_actor outbox_;
  std::map<std::string, cog_actor> cogs_;
  std::map<std::string, chat_connection_actor> connections_;
  /// What the connections reported, by their names.
  std::map<std::string, bot_ready> ready_;
  bool is_ready_ = false;
};

using bot = caf::stateful_actor<bot_state, bot_actor::base>;

} // namespace creamery
