#pragma once

#include "actors/event_subscriber.hpp"
#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/wake_up.hpp"
#include "runtime/supervision/backoff.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <spdlog/logger.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace creamery {

/// What is kept while the actors of a bot's webhook subscriptions come and go.
struct webhook_subscriber_memory {
  explicit webhook_subscriber_memory(const eventsub_settings& settings)
    : subscriber(settings), list_again(settings.look_up_again, std::random_device{}()) {
  }

  subscriber_memory subscriber;
  backoff list_again;
  /// Twitch's list has been compared, so that what there is, is known.
  bool is_known = false;
  uint64_t revocations = 0;
};

/// Sees to it that Twitch sends a bot's events to its callback: compares what is wanted with Twitch's own list, at the start and every
/// now and then, makes what is missing and removes what nobody wants any more. Subscriptions outlive the process, so that Twitch
/// keeps trying while it is away.
class webhook_subscriber_state {
public:
  static inline const char* name = "creamery.webhook-subscriber";

  webhook_subscriber_state(webhook_subscriber_actor::pointer self, subscriber_identity who, callback_settings callback,
                           eventsub_settings settings, store_actor store, kept<webhook_subscriber_memory> memory);

  webhook_subscriber_actor::behavior_type make_behavior();

private:
  using clock = std::chrono::steady_clock;

  /// Finds out with which secret the subscriptions were made.
  void recall_secret();
  /// Gets Twitch's list, page by page.
  void list(std::string after);
  void on_list();
  void compare();
  /// They were made with another secret, so that nothing they bring could be trusted.
  void start_anew();
  void list_later(clock::duration wait);
  void on_failure(const std::string& why);
  void on_subscriptions();
  void on_news(const eventsub::subscription_news& news);
  void set_alarm();
  eventsub_report report() const;

  webhook_subscriber_actor::pointer self_;
  callback_settings callback_;
  eventsub_settings settings_;
  store_actor store_;
  kept<webhook_subscriber_memory> memory_;
  std::shared_ptr<spdlog::logger> log_;
  event_subscriber<webhook_subscriber_actor::base> subscriber_;
  /// What Twitch's list has of this callback, as far as it has been read.
  std::vector<helix::subscription> listed_;
  bool is_listing_ = false;
  clock::time_point list_at_{};
  /// The secret with which the subscriptions were made; empty: not known yet.
  std::string known_secret_;
  bool is_settled_ = false;
  wake_up alarm_;
};

using webhook_subscriber = caf::stateful_actor<webhook_subscriber_state, webhook_subscriber_actor::base>;

} // namespace creamery
