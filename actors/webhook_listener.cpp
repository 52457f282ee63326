#include "actors/webhook_listener.hpp"

#include "actors/exceptions.hpp"
#include "runtime/telemetry/log.hpp"

#include <chrono>
#include <utility>
#include <variant>

namespace creamery {

namespace {

/// Twitch waits for "a few seconds" (twitch-platform 3.3).
constexpr auto store_timeout = std::chrono::seconds{8};

constexpr auto tell_every = std::chrono::minutes{1};

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
      return drained_.wait(self_, open_ == 0);
    },
    [this](const webhook_message& message) { take(message); },
    [this](use_atom, const store_actor& store) { store_ = store; },
    [this](use_atom, const bots_actor& bots) { bots_ = bots; },
    [this](caf::tick_atom) {
      tell_refused();
      self_->delayed_send(self_, tell_every, caf::tick_atom_v);
    },
    [this](caf::get_atom) { return report(); },
  };
}

void webhook_listener_state::take(const webhook_message& message) {
  if (const auto* arrived = std::get_if<eventsub::webhook::notification>(&message.content))
    store(arrived->events, message.reply);
  else if (const auto* asked = std::get_if<eventsub::webhook::challenge>(&message.content))
    tell(asked->bot, {asked->subscription.id, asked->subscription.type, "enabled"});
  else if (const auto* ended = std::get_if<eventsub::webhook::revocation>(&message.content))
    tell(ended->bot, {ended->subscription.id, ended->subscription.type, ended->subscription.status});
}

void webhook_listener_state::store(const eventsub::arrivals& events, const http_reply& reply) {
  ++open_;
  auto done = [this, reply](unsigned status, const char* text) {
    --open_;
    reply({status, "text/plain", text});
    drained_.check([this] { return open_ == 0; });
  };
  self_->request(store_, store_timeout, events)
    .then([done](const eventsub::receipt&) { done(204, ""); },
          [this, done](const caf::error&) {
            ++memory_->not_stored;
            done(503, "it couldn't be written down\n");
          });
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
