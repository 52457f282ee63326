#include "actors/webhook_listener.hpp"

#include "actors/exceptions.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <utility>

namespace creamery {

namespace {

/// Twitch waits for "a few seconds" (twitch-platform 3.3).
constexpr auto store_timeout = std::chrono::seconds{8};

constexpr auto tell_every = std::chrono::minutes{1};

constexpr unsigned stored = 204;

} // namespace

webhook_listener_state::webhook_listener_state(webhook_listener_actor::pointer self, webhook_settings settings,
                                               store_actor store, bots_actor bots, kept<webhook_memory> memory)
  : self_(self),
    settings_(std::move(settings)),
    store_(std::move(store)),
    bots_(std::move(bots)),
    memory_(std::move(memory)),
    log_(make_logger("webhook")) {
}

webhook_listener_state::~webhook_listener_state() {
  if (memory_->port)
    memory_->port->attach(webhook_listener_actor{});
}

webhook_listener_actor::behavior_type webhook_listener_state::make_behavior() {
  end_with_exceptions(self_);
  if (!memory_->port) {
    auto opened = webhook_port::open(settings_);
    if (opened) {
      memory_->port = std::move(*opened);
      log_->info("webhooks come in at {}", memory_->port->name());
    } else {
      self_->quit(caf::make_error(caf::sec::runtime_error, to_string(opened.error())));
    }
  }
  if (memory_->port)
    memory_->port->attach(self_);
  self_->delayed_send(self_, tell_every, caf::tick_atom_v);
  return {
    [](ready_atom) {},
    [this](drain_atom) {
      memory_->port->attach(webhook_listener_actor{}); // Twitch comes again when we are back
      collect();
      return drained_.wait(self_, open_ == 0);
    },
    [this](collect_atom) { collect(); },
    [this](const std::string& bot, const eventsub::subscription_news& news) { tell(bot, news); },
    [this](use_atom, const store_actor& store) { store_ = store; },
    [this](use_atom, const bots_actor& bots) { bots_ = bots; },
    [this](caf::tick_atom) {
      tell_refused();
      self_->delayed_send(self_, tell_every, caf::tick_atom_v);
    },
    [this](caf::get_atom) { return report(); },
  };
}

void webhook_listener_state::collect() {
  if (open_ >= 2)
    return;

  struct batch {
    eventsub::arrivals events;
    std::vector<http_reply> replies;
  };

  std::map<std::string, batch> of_bots;
  for (auto& one : memory_->port->take()) {
    auto& events = one.events.events;
    auto& to = of_bots[events.empty() ? "" : events.front().what.bot];
    std::move(events.begin(), events.end(), std::back_inserter(to.events.events));
    to.replies.push_back(std::move(one.reply));
  }
  open_ += of_bots.size();
  for (auto& [bot, one] : of_bots)
    store(std::move(one.events), std::move(one.replies));
}

void webhook_listener_state::store(eventsub::arrivals events, std::vector<http_reply> replies) {
  auto waiting = std::make_shared<std::vector<http_reply>>(std::move(replies)); // both handlers have them
  auto done = [this, waiting](unsigned status, const char* text) {
    if (status != stored)
      memory_->not_stored += waiting->size();
    memory_->port->answer(std::move(*waiting), status, text);
    --open_;
    collect();
    drained_.check([this] { return open_ == 0; });
  };
  self_->request(store_, store_timeout, std::move(events))
    .then([done](const eventsub::receipt&) { done(stored, ""); },
          [done](const caf::error&) { done(503, "it couldn't be written down\n"); });
}

void webhook_listener_state::tell(const std::string& bot, eventsub::subscription_news news) {
  if (bots_)
    self_->send(bots_, bot, std::move(news));
}

void webhook_listener_state::tell_refused() {
  auto now = memory_->port->report().refused;
  std::string text;
  for (const auto& [why, count] : now)
    if (auto more = count - memory_->told[why]; more > 0)
      text += (text.empty() ? "" : ", ") + std::to_string(more) + " × " + why;
  memory_->told = std::move(now);
  if (!text.empty())
    log_->warn("{}: requests were refused: {}", memory_->port->name(), text);
}

webhook_report webhook_listener_state::report() const {
  auto x = memory_->port->report();
  x.not_stored = memory_->not_stored;
  return x;
}

} // namespace creamery
