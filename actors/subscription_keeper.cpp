#include "actors/subscription_keeper.hpp"

#include "actors/exceptions.hpp"
#include "messages/helix/calls.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <utility>

namespace creamery {

namespace {

/// Twitch allows no more subscriptions than fit on so many pages.
constexpr size_t most_listed = 20'000;

/// The store's name for the secret that a callback's subscriptions were made with.
std::string key_of(const callback_settings& callback) {
  return "webhook " + callback.url;
}

} // namespace

subscription_keeper_state::subscription_keeper_state(subscription_keeper_actor::pointer self, subscriber_identity who,
                                                     std::optional<callback_settings> callback, bool is_shared,
                                                     eventsub_settings settings, store_actor store,
                                                     kept<subscription_keeper_memory> memory)
  : self_(self),
    callback_(std::move(callback)),
    is_shared_(is_shared),
    settings_(std::move(settings)),
    store_(std::move(store)),
    memory_(std::move(memory)),
    log_(make_logger("eventsub")),
    subscriber_(self, std::move(who), memory_->subscriber, log_,
                {.transport = [this] { return transport(); }, .on_change = [this] { on_subscriptions(); }}) {
  if (callback_)
    memory_->target = callback_->url;
}

subscription_keeper_actor::behavior_type subscription_keeper_state::make_behavior() {
  end_with_exceptions(self_);
  subscriber_.start();
  list_at_ = self_->clock().now();
  set_alarm();
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [this](const eventsub::subscription_news& news) { on_news(news); },
    [this](use_atom, const store_actor& store) { store_ = store; },
    [this](use_atom, const account_directory_actor& accounts) { subscriber_.use(accounts); },
    [this](use_atom, const conduit_actor& conduit) { follow(conduit); },
    [this](changed_atom) {
      subscriber_.on_grant();
      set_alarm();
    },
    [this](caf::tick_atom) {
      alarm_.rang(self_);
      subscriber_.run();
      if (can_list() && list_at_ <= self_->clock().now())
        callback_&& known_secret_.empty() ? recall_secret() : list({});
      set_alarm();
    },
    [this](caf::get_atom) { return report(); },
  };
}

bool subscription_keeper_state::can_list() const {
  return !is_listing_ && subscriber_.has_wanted() && !memory_->target.empty();
}

void subscription_keeper_state::follow(const conduit_actor& conduit) {
  self_->request(conduit, caf::infinite, follow_atom_v, memory_->target)
    .then(
      [this, conduit](const std::string& id) {
        memory_->target = id;
        memory_->is_known = is_settled_ = false; // a new one has no subscriptions
        is_listing_ = false;                     // that is about the one before
        ++lists_;
        list_at_ = self_->clock().now();
        set_alarm();
        follow(conduit);
      },
      [](const caf::error&) {}); // it has ended, and the bot will name the next one
}

nlohmann::json subscription_keeper_state::transport() const {
  if (callback_)
    return {{"method", "webhook"}, {"callback", callback_->url}, {"secret", callback_->key.reveal()}};
  return {{"method", "conduit"}, {"conduit_id", memory_->target}};
}

void subscription_keeper_state::recall_secret() {
  is_listing_ = true;
  self_->request(store_, caf::infinite, caf::get_atom_v, key_of(*callback_))
    .then(
      [this](const std::string& fingerprint) {
        known_secret_ = fingerprint.empty() ? "none" : fingerprint;
        list({});
      },
      [this](const caf::error&) { on_failure("the store is being restarted"); });
}

void subscription_keeper_state::list(std::string after) {
  is_listing_ = true;
  if (after.empty())
    listed_.clear();
  auto question = helix::get_subscriptions(after);
  subscriber_.call(std::move(question.what),
                   [this, number = lists_, read = question.read](const helix::answer& answer) {
                     if (number != lists_)
                       return;
                     auto page = read(answer);
                     if (!page)
                       return on_failure(to_string(page.error()));
                     for (auto& one : page->items)
                       if (one.target == memory_->target && listed_.size() < most_listed)
                         listed_.push_back(std::move(one));
                     if (page->cursor.empty())
                       on_list();
                     else
                       list(std::move(page->cursor));
                   });
}

void subscription_keeper_state::on_list() {
  is_listing_ = false;
  list_later(settings_.compare_every);
  if (!callback_ || known_secret_ == callback_->fingerprint)
    compare();
  else
    start_anew();
}

void subscription_keeper_state::compare() {
  memory_->list_again.reset();
  auto& subscriptions = memory_->subscriber.subscriptions;
  if (!std::exchange(memory_->is_known, true))
    subscriptions.begin(self_->clock().now());
  for (const auto& id : subscriptions.compare(listed_, self_->clock().now()))
    if (!is_shared_)
      subscriber_.remove(id);
  listed_.clear();
  on_subscriptions();
  subscriber_.run();
  set_alarm();
}

void subscription_keeper_state::start_anew() {
  for (const auto& one : listed_)
    subscriber_.remove(one.id);
  if (!listed_.empty())
    log_->warn("{}: {} subscriptions were made with another secret, and are made anew", subscriber_.who().name,
               listed_.size());
  auto is_clean = listed_.empty();
  listed_.clear();
  if (!is_clean)
    return list_later(memory_->list_again.next()); // until there is none
  is_listing_ = true;
  self_->request(store_, caf::infinite, caf::put_atom_v, key_of(*callback_), callback_->fingerprint)
    .then(
      [this] {
        is_listing_ = false;
        known_secret_ = callback_->fingerprint;
        compare();
      },
      [this](const caf::error&) {
        on_failure("it couldn't be written down with which secret subscriptions are made");
      });
}

void subscription_keeper_state::list_later(clock::duration wait) {
  list_at_ = self_->clock().now() + wait;
  set_alarm();
}

void subscription_keeper_state::on_failure(const std::string& why) {
  is_listing_ = false;
  if (why != std::exchange(memory_->subscriber.last_error, why))
    log_->warn("{}: it isn't known which subscriptions there are: {}", subscriber_.who().name, why);
  list_later(memory_->list_again.next());
}

void subscription_keeper_state::on_subscriptions() {
  const auto& subscriptions = memory_->subscriber.subscriptions;
  using state = eventsub::subscriptions::state;
  if (!memory_->is_known)
    return set_alarm();
  // Whoever Twitch doesn't reach is only in its list.
  if (subscriptions.count(state::unverified) > 0)
    list_at_ = std::min(list_at_, self_->clock().now() + settings_.subscriptions.verification);
  if (!subscriptions.settled()) {
    is_settled_ = false;
  } else {
    subscriber_.tell_table();
    if (!std::exchange(is_settled_, true))
      subscriber_.tell_ready();
  }
  set_alarm();
}

void subscription_keeper_state::on_news(const eventsub::subscription_news& news) {
  if (news.status == "enabled") {
    memory_->subscriber.subscriptions.verified(news.id);
    return on_subscriptions();
  }
  ++memory_->revocations;
  subscriber_.on_end({news.id, news.status, news.type, {}});
  set_alarm();
}

void subscription_keeper_state::set_alarm() {
  if (memory_->is_known)
    alarm_.at(self_, memory_->subscriber.subscriptions.deadline());
  alarm_.at(self_, subscriber_.deadline());
  if (can_list())
    alarm_.at(self_, list_at_);
}

eventsub_report subscription_keeper_state::report() const {
  auto x = report_of(memory_->subscriber.subscriptions);
  x.name = subscriber_.who().name;
  x.session_id = memory_->target;
  x.losses = memory_->revocations;
  x.last_error = memory_->subscriber.last_error;
  return x;
}

} // namespace creamery
