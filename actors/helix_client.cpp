#include "actors/helix_client.hpp"

#include "actors/exceptions.hpp"
#include "actors/supervisor.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <random>
#include <utility>

namespace creamery {

namespace {

/// One try takes no longer, however much time the call has.
constexpr auto longest_try = std::chrono::milliseconds{10'000};

} // namespace

helix_client_state::helix_client_state(helix_actor::pointer self, std::string account, token_keeper_actor keeper,
                                       helix::transport& transport,
                                       int64_t (*clock)(std::chrono::steady_clock::time_point))
  : self_(self),
    account_(std::move(account)),
    log_(make_logger("helix")),
    keeper_(std::move(keeper)),
    transport_(transport),
    wall_clock_(clock),
    queue_({}, std::random_device{}()) {
}

helix_actor::behavior_type helix_client_state::make_behavior() {
  end_with_exceptions(self_);
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [this](const helix::request& what) -> caf::result<helix::answer> {
      auto id = queue_.accept(what, self_->clock().now());
      if (!id)
        return helix::answer{true, {helix::error::kind::overloaded, 0, "too many calls are waiting"}};
      auto promise = self_->make_response_promise<helix::answer>();
      pending_[*id] = {promise, {}};
      proceed();
      return promise;
    },
    [this](use_atom, const token_keeper_actor& keeper) { keeper_ = keeper; },
    [this](helix_answer& answer) { on_answer(answer.call, std::move(answer.content)); },
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      proceed();
    },
  };
}

void helix_client_state::proceed() {
  auto now = self_->clock().now();
  for (auto& [id, why] : queue_.expired(now)) {
    log_->warn("{}: a call was given up: {}", account_, to_string(why));
    finish(id, {true, std::move(why)});
  }
  while (auto id = queue_.next(now))
    get_token(*id);
  alarm_.at(self_, queue_.deadline(now));
}

void helix_client_state::get_token(call_id id) {
  auto use = [this, id](const credentials& with) { send(id, with); };
  auto none = [this, id](const caf::error& why) { fail(id, {helix::error::kind::unauthorized, 0, reason_of(why)}); };
  auto patience = queue_.left(id, self_->clock().now());
  if (queue_.of(id).as == helix::identity::application)
    self_->request(keeper_, patience, app_token_atom_v).then(use, none);
  else
    self_->request(keeper_, patience, try_atom_v).then(use, none);
}

void helix_client_state::send(call_id id, const credentials& with) {
  auto& mine = pending_.at(id);
  mine.token = with.token;
  auto what = prepare(queue_.of(id), with.user_id);
  what.token = with.token;
  what.client_id = with.client_id;
  what.timeout = std::min(queue_.left(id, self_->clock().now()), longest_try);
  transport_.send(std::move(what), [me = helix_actor{self_}, id](helix::incoming x) {
    caf::anon_send(me, helix_answer{id, std::move(x)});
  });
}

void helix_client_state::on_answer(call_id id, helix::incoming content) {
  auto now = self_->clock().now();
  auto status = content.status;
  auto what = queue_.of(id).method + " " + queue_.of(id).path;
  auto verdict = queue_.answered(id, std::move(content), now, wall_clock_(now));
  log_->debug("{}: {}: HTTP {}{}", account_, what, status, verdict.over ? "" : ", to be repeated");
  if (verdict.token_refused)
    self_->send(keeper_, refused_atom_v, pending_.at(id).token);
  if (verdict.over)
    finish(id, std::move(*verdict.over));
  proceed();
}

void helix_client_state::finish(call_id id, helix::answer with) {
  auto mine = pending_.extract(id);
  mine.mapped().promise.deliver(std::move(with));
}

void helix_client_state::fail(call_id id, helix::error why) {
  queue_.drop(id);
  finish(id, {true, std::move(why)});
  proceed();
}

} // namespace creamery
