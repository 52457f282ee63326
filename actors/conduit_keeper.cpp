#include "actors/conduit_keeper.hpp"

#include "actors/exceptions.hpp"
#include "actors/helix_question.hpp"
#include "runtime/telemetry/log.hpp"

#include <chrono>
#include <random>
#include <utility>
#include <variant>

namespace creamery {

namespace {

/// After the store couldn't be read.
constexpr auto recall_again = std::chrono::seconds{1};

} // namespace

conduit_keeper_state::conduit_keeper_state(conduit_actor::pointer self, std::string bot, std::string account,
                                           account_directory_actor accounts, store_actor store,
                                           eventsub::conduit::options options)
  : self_(self),
    bot_(std::move(bot)),
    account_(std::move(account)),
    accounts_(std::move(accounts)),
    store_(std::move(store)),
    options_(std::move(options)),
    log_(make_logger("eventsub")) {
}

conduit_actor::behavior_type conduit_keeper_state::make_behavior() {
  end_with_exceptions(self_);
  recall();
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [this](attach_atom, uint64_t shard, const std::string& session) { return attach(shard, session); },
    [this](detached_atom, const std::string& id, const std::string& shard) {
      if (conduit_)
        conduit_->disabled(id, shard, self_->clock().now());
      proceed();
    },
    [this](follow_atom, const std::string& known) -> caf::result<std::string> {
      auto promise = self_->make_response_promise<std::string>();
      followers_.push_back({known, promise});
      proceed();
      return promise;
    },
    [this](use_atom, const store_actor& store) {
      store_ = store;
      is_recalling_ = false; // whoever was asked is gone
      recall();
    },
    [this](use_atom, const account_directory_actor& accounts) { accounts_ = accounts; },
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      recall();
      proceed();
    },
    [this](caf::get_atom) { return report(); },
  };
}

void conduit_keeper_state::recall() {
  if (conduit_ || std::exchange(is_recalling_, true))
    return;
  self_->request(store_, caf::infinite, caf::get_atom_v, key())
    .then(
      [this](const std::string& id) {
        is_recalling_ = false;
        conduit_.emplace(options_, id, std::random_device{}());
        for (const auto& [shard, one] : newcomers_)
          conduit_->use(shard, one.session, self_->clock().now());
        proceed();
      },
      [this](const caf::error&) {
        is_recalling_ = false;
        alarm_.at(self_, self_->clock().now() + recall_again);
      });
}

caf::result<void> conduit_keeper_state::attach(uint64_t shard, const std::string& session) {
  if (shard >= options_.shards)
    return caf::make_error(caf::sec::invalid_argument, "there is no such shard");
  auto& one = newcomers_[shard];
  if (one.promise.pending())
    one.promise.deliver(caf::make_error(caf::sec::runtime_error, "another session has taken its place"));
  one = {session, self_->make_response_promise<void>()};
  auto promise = one.promise;
  if (conduit_)
    conduit_->use(shard, session, self_->clock().now());
  proceed();
  return promise;
}

void conduit_keeper_state::proceed() {
  if (!conduit_)
    return;
  if (auto step = conduit_->next(self_->clock().now()))
    std::visit([this](const auto& what) { perform(what); }, *step);
  std::erase_if(followers_, [this](follower& one) {
    if (conduit_->id().empty() || conduit_->id() == one.known)
      return false;
    one.promise.deliver(conduit_->id());
    return true;
  });
  tell();
  alarm_.at(self_, conduit_->deadline());
}

void conduit_keeper_state::perform(const eventsub::conduit_step::list&) {
  call(helix::get_conduits(), [this](const auto& found) { conduit_->listed(found, self_->clock().now()); });
}

void conduit_keeper_state::perform(const eventsub::conduit_step::make& step) {
  call(helix::create_conduit(static_cast<int64_t>(step.shards)),
       [this](const auto& one) { conduit_->made(one, self_->clock().now()); });
}

void conduit_keeper_state::perform(const eventsub::conduit_step::resize& step) {
  call(helix::resize_conduit(step.id, static_cast<int64_t>(step.shards)),
       [this](const auto& one) { conduit_->made(one, self_->clock().now()); });
}

void conduit_keeper_state::perform(const eventsub::conduit_step::remember& step) {
  auto done = [this](bool is_written) {
    conduit_->remembered(is_written, self_->clock().now());
    proceed();
  };
  self_->request(store_, caf::infinite, caf::put_atom_v, key(), step.id)
    .then([done] { done(true); }, [done](const caf::error&) { done(false); });
}

void conduit_keeper_state::perform(const eventsub::conduit_step::attach& step) {
  auto question = helix::attach_conduit_shard(step.id, std::to_string(step.shard), step.session);
  question.what.order = helix::priority::high; // Twitch closes a session that isn't used for ten seconds
  call(std::move(question), [this, shard = step.shard](const auto& answer) {
    auto waiting = newcomers_.find(shard);
    if (conduit_->attached(answer, self_->clock().now()) && waiting != newcomers_.end()
        && waiting->second.promise.pending())
      waiting->second.promise.deliver();
  });
}

void conduit_keeper_state::perform(const eventsub::conduit_step::look& step) {
  call(helix::get_conduit_shards(step.id, step.after),
       [this](const auto& page) { conduit_->seen(page, self_->clock().now()); });
}

template <class T, class Handler>
void conduit_keeper_state::call(helix::call<T> what, Handler handler) {
  ask_helix(self_, accounts_, account_, std::move(what.what),
            [this, handler, read = what.read](const helix::answer& answer) {
              handler(read(answer));
              proceed();
            });
}

void conduit_keeper_state::tell() {
  auto text = conduit_->problem();
  auto is_problem = !text.empty();
  if (!is_problem && conduit_->attached() == options_.shards)
    text = "conduit " + conduit_->id() + ": " + std::to_string(options_.shards) + " of "
           + std::to_string(options_.shards) + " shards are attached";
  if (text.empty() || text == std::exchange(told_, text))
    return;
  log_->log(is_problem ? spdlog::level::warn : spdlog::level::info, "{}: {}{}", bot_,
            is_problem ? "the conduit isn't as it should be: " : "", text);
}

std::string conduit_keeper_state::key() const {
  return "conduit of " + bot_;
}

eventsub_report conduit_keeper_state::report() const {
  eventsub_report x;
  x.name = bot_ + "/conduit";
  x.wanted = options_.shards;
  if (conduit_) {
    x.session_id = conduit_->id();
    x.enabled = conduit_->attached();
    x.last_error = conduit_->problem();
  }
  return x;
}

} // namespace creamery
