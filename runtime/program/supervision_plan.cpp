#include "runtime/program/supervision_plan.hpp"

#include <chrono>
#include <map>
#include <string_view>

namespace creamery {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

void change(restart_intensity& limit, const supervised_kind& by) {
  if (by.failures)
    limit.intensity = static_cast<size_t>(*by.failures);
  if (by.within_s)
    limit.period = seconds{*by.within_s};
}

void change(child_policy& policy, const supervised_kind& by) {
  if (by.backoff_first_ms)
    policy.wait.first = milliseconds{*by.backoff_first_ms};
  if (by.backoff_cap_ms)
    policy.wait.cap = milliseconds{*by.backoff_cap_ms};
  if (by.shutdown_ms)
    policy.shutdown = milliseconds{*by.shutdown_ms};
}

} // namespace

supervision_settings plan_supervision(const supervision_config& config) {
  supervision_settings plan;
  const std::map<std::string_view, supervisor_core::options*> supervisors{{"node", &plan.node},
                                                                          {"accounts", &plan.accounts},
                                                                          {"bots", &plan.bots},
                                                                          {"account", &plan.account_children},
                                                                          {"bot", &plan.bot_children}};
  const std::map<std::string_view, child_policy*> children{{"account", &plan.account},
                                                           {"bot", &plan.bot},
                                                           {"outbox", &plan.outbox},
                                                           {"router", &plan.router},
                                                           {"connection", &plan.connection},
                                                           {"cog", &plan.cog},
                                                           {"journal", &plan.journal},
                                                           {"store", &plan.store},
                                                           {"accounts", &plan.accounts_group},
                                                           {"bots", &plan.bots_group},
                                                           {"token_keeper", &plan.token_keeper},
                                                           {"vault", &plan.vault},
                                                           {"authorizer", &plan.authorizer},
                                                           {"helix", &plan.helix}};
  for (const auto& [name, kind] : config.kinds) {
    if (auto one = supervisors.find(name); one != supervisors.end())
      change(one->second->limit, kind);
    if (auto one = children.find(name); one != children.end())
      change(*one->second, kind);
  }
  if (auto cog = config.kinds.find("cog"); cog != config.kinds.end()) {
    change(plan.cog.quarantine->limit, cog->second);
    if (cog->second.rest_s)
      plan.cog.quarantine->lasts = seconds{*cog->second.rest_s};
    if (cog->second.slow_after_ms)
      plan.slow_handler = milliseconds{*cog->second.slow_after_ms};
    if (cog->second.stuck_after_ms)
      plan.stuck_handler = milliseconds{*cog->second.stuck_after_ms};
    plan.watch_every = std::min<supervision_settings::duration>(plan.watch_every, plan.stuck_handler / 4);
  }
  return plan;
}

} // namespace creamery
