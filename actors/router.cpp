#include "actors/router.hpp"

#include "actors/exceptions.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>

namespace creamery {

namespace {

/// How long lines wait for cogs to announce themselves. One that takes longer, or fails at it, must not hold up the others.
constexpr auto patience = std::chrono::seconds{5};

/// Of two connections that read a channel, the one that has just joined it may be ahead of the other one, whose earlier lines it
/// never gets: for so long it lets the other one speak first. (Once both are in the channel, whichever is ahead tells everything.)
constexpr auto head_start = std::chrono::seconds{2};

} // namespace

router_state::router_state(router_actor::pointer self, std::string bot, kept<dispatcher> lines,
                           std::vector<std::string> cogs)
  : self_(self),
    bot_(std::move(bot)),
    log_(make_logger("router")),
    dispatcher_(std::move(lines)),
    awaited_(cogs.begin(), cogs.end()) {
}

router_actor::behavior_type router_state::make_behavior() {
  end_with_exceptions(self_);
  for (const auto& [cog, queue] : dispatcher_->queues())
    awaited_.erase(cog); // known from a router before this one: its queue takes what comes
  if (!awaited_.empty())
    self_->run_delayed(patience, [this] {
      awaited_.clear();
      route_held();
    });
  return {
    [](ready_atom) {},
    [this](drain_atom) { return drained_.wait(self_, is_drained()); },
    [this](const chat_batch& batch) { return on_lines(batch); },
    [this](const cog_progress& cog, const cog_interest& interest, const cog_sink_actor& address) {
      on_cog(cog, interest, address);
    },
    [this](const cog_progress& progress) { on_progress(progress); },
    [this](own_login_atom, const std::string& login) { dispatcher_->set_own_login(login); },
    [this](caf::get_atom) { return report(); },
  };
}

caf::result<void> router_state::on_lines(const chat_batch& batch) {
  const auto is_kept_back = is_early(batch) || early_.contains(batch.connection);
  if (!is_kept_back && held_.empty() && !is_to_wait()) {
    route(batch);
    return caf::unit;
  }
  auto promise = self_->make_response_promise<void>();
  auto& queue = is_kept_back ? early_[batch.connection] : held_;
  queue.push_back({batch, promise});
  if (is_early(batch))
    self_->run_delayed(head_start, [this, connection = batch.connection] { release_early(connection); });
  return promise;
}

bool router_state::is_early(const chat_batch& batch) const {
  return batch.just_joined && dispatcher_->is_redundant();
}

void router_state::release_early(const std::string& connection) {
  auto& queue = early_.at(connection);
  do {
    held_.push_back(std::move(queue.front()));
    queue.pop_front();
  } while (!queue.empty() && !is_early(queue.front().lines));
  if (queue.empty())
    early_.erase(connection);
  route_held();
}

bool router_state::is_to_wait() {
  if (!awaited_.empty())
    return true;
  if (!dispatcher_->is_to_wait(self_->clock().now()))
    return false;
  if (!std::exchange(waits_for_progress_, true))
    self_->run_delayed(pacing::patience, [this] {
      waits_for_progress_ = false;
      route_held();
    });
  return true;
}

void router_state::route(const chat_batch& batch) {
  dispatcher_->route(batch, self_->clock().now());
  for (const auto& [cog, to] : receivers_) {
    pump(cog, to);
    warn_of_shedding(cog);
  }
}

void router_state::route_held() {
  while (!held_.empty() && !is_to_wait()) {
    auto one = std::move(held_.front());
    held_.pop_front();
    route(one.lines);
    one.promise.deliver();
  }
  drained_.check([this] { return is_drained(); }); // perhaps nobody wanted them
}

void router_state::on_cog(const cog_progress& cog, const cog_interest& interest, cog_sink_actor address) {
  if (auto known = receivers_.find(cog.cog); known != receivers_.end() && cog.instance < known->second.instance)
    return; // an instance that was given up and replaced
  for (const auto& taken : dispatcher_->add(cog, interest))
    log_->warn("{}: the command '{}' of cog {} belongs to another cog already", bot_, taken, cog.cog);
  auto& to = receivers_[cog.cog];
  to = {cog.instance, std::move(address)};
  pump(cog.cog, to);
  if (awaited_.erase(cog.cog) > 0 && awaited_.empty())
    route_held();
}

void router_state::warn_of_shedding(const std::string& cog) {
  auto shed = dispatcher_->queue(cog)->counters().shed;
  if (shed == 0 || shed < next_warning_[cog])
    return;
  log_->warn("{}: the cog {} is too slow: {} lines for it were shed so far", bot_, cog, shed);
  next_warning_[cog] = 2 * shed;
}

void router_state::on_progress(const cog_progress& progress) {
  auto to = receivers_.find(progress.cog);
  if (to == receivers_.end())
    return;
  // The last word of an instance that has just ended still counts: what it did must not be done again by its successor,
  // which hasn't announced itself yet. Once it has, only its own words count.
  if (to->second.instance != progress.instance)
    return;
  dispatcher_->queue(progress.cog)->acknowledge(progress.upto, progress.poisoned);
  pump(progress.cog, to->second);
  route_held();
}

bool router_state::is_drained() const {
  const auto& queues = dispatcher_->queues();
  return held_.empty() && early_.empty()
         && std::all_of(queues.begin(), queues.end(), [](const auto& x) { return x.second.counters().queued == 0; });
}

void router_state::pump(const std::string& cog, const receiver& to) {
  auto* queue = dispatcher_->queue(cog);
  while (auto batch = queue->take())
    self_->send(to.address, std::move(*batch));
}

router_report router_state::report() const {
  router_report result{dispatcher_->counters(), 0, {}};
  auto count = [&](const std::deque<held_batch>& waiting) {
    for (const auto& one : waiting)
      result.lines_held += one.lines.lines.size();
  };
  count(held_);
  for (const auto& [connection, waiting] : early_)
    count(waiting);
  for (const auto& [cog, queue] : dispatcher_->queues()) {
    auto& one = result.cogs.emplace_back(cog_report{cog, queue.counters()});
    if (auto oldest = queue.oldest())
      one.unhandled_since =
        std::chrono::duration_cast<std::chrono::milliseconds>(chat_message{*oldest}.sent_at().time_since_epoch())
          .count();
  }
  return result;
}

} // namespace creamery
