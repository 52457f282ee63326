#include "actors/router.hpp"

#include "runtime/telemetry/log.hpp"

namespace creamery {

router_state::router_state(router_actor::pointer self, std::string bot, std::string prefix, delivery_queue::options queue)
  : self_(self), bot_(std::move(bot)), log_(make_logger("router")), dispatcher_(std::move(prefix), queue) {
}

router_actor::behavior_type router_state::make_behavior() {
  return {
    [this](const chat_batch& batch) {
      dispatcher_.route(batch, self_->clock().now());
      for (const auto& [cog, to] : receivers_)
        pump(cog, to);
    },
    [this](const std::string& cog, uint64_t instance, const cog_interest& interest, const cog_sink_actor& address) {
      on_cog(cog, instance, interest, address);
    },
    [this](const cog_progress& progress) { on_progress(progress); },
    [this](own_login_atom, const std::string& login) { dispatcher_.set_own_login(login); },
    [this](caf::get_atom) { return report(); },
  };
}

void router_state::on_cog(const std::string& cog, uint64_t instance, const cog_interest& interest,
                          cog_sink_actor address) {
  for (const auto& taken : dispatcher_.add(cog, interest))
    log_->warn("{}: the command '{}' of cog {} belongs to another cog already", bot_, taken, cog);
  auto& to = receivers_[cog];
  to = {instance, std::move(address)};
  pump(cog, to);
}

void router_state::on_progress(const cog_progress& progress) {
  auto to = receivers_.find(progress.cog);
  if (to == receivers_.end())
    return;
  // The last word of an instance that has just ended still counts: what it did must not be done again by its successor,
  // which hasn't announced itself yet. Once it has, only its own words count.
  if (to->second.instance != progress.instance)
    return;
  dispatcher_.queue(progress.cog)->acknowledge(progress.upto, progress.poisoned);
  pump(progress.cog, to->second);
}

void router_state::pump(const std::string& cog, const receiver& to) {
  auto* queue = dispatcher_.queue(cog);
  while (auto batch = queue->take())
    self_->send(to.address, std::move(*batch));
}

router_report router_state::report() const {
  const auto& total = dispatcher_.counters();
  router_report result{total.received, total.chat,     total.duplicates, total.ignored,
                       total.routed,   total.commands, {}};
  for (const auto& [cog, queue] : dispatcher_.queues()) {
    const auto& x = queue.counters();
    result.cogs.push_back({cog, x.routed, x.handled, x.poisoned, x.shed, x.queued});
  }
  return result;
}

} // namespace creamery
