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
#include <optional>
#include <string>
#include <vector>

namespace creamery {

/// What is kept while the actors of a bot's webhook subscriptions come and go.
struct subscription_keeper_memory {
  explicit subscription_keeper_memory(const eventsub_settings& settings)
    : subscriber(settings), list_again(settings.look_up_again, std::random_device{}()) {
  }

  subscriber_memory subscriber;
  backoff list_again;
  /// Where the events go: a callback's address, or a conduit's id; empty: it isn't known yet.
  std::string target;
  /// Twitch's list has been compared, so that what there is, is known.
  bool is_known = false;
  uint64_t revocations = 0;
};

/// Sees to it that Twitch sends a bot's events to its callback, or its conduit: compares what is wanted with Twitch's own list, at the start
/// and every now and then, makes what is missing and removes what nobody wants any more. These subscriptions outlive the process, so
/// that Twitch keeps trying while it is away.
class subscription_keeper_state {
public:
  static inline const char* name = "creamery.subscription-keeper";

  /// @param callback nothing: a conduit will be named. @param is_shared others may have subscriptions of their own on that.
  subscription_keeper_state(subscription_keeper_actor::pointer self, subscriber_identity who,
                            std::optional<callback_settings> callback, bool is_shared, eventsub_settings settings,
                            store_actor store, kept<subscription_keeper_memory> memory);

  subscription_keeper_actor::behavior_type make_behavior();

private:
  using clock = std::chrono::steady_clock;

  /// Gets the conduit's id, now and whenever it is another one.
  void follow(const conduit_actor& conduit);
  /// The `transport` of a subscription.
  nlohmann::json transport() const;
  /// Finds out with which secret the subscriptions were made.
  void recall_secret();
  /// Whether it is known what is wanted and where, and Twitch isn't being asked.
  bool can_list() const;
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

  subscription_keeper_actor::pointer self_;
  std::optional<callback_settings> callback_;
  bool is_shared_;
  eventsub_settings settings_;
  store_actor store_;
  kept<subscription_keeper_memory> memory_;
  std::shared_ptr<spdlog::logger> log_;
  event_subscriber<subscription_keeper_actor::base> subscriber_;
  /// What Twitch's list has of this target, as far as it has been read.
  std::vector<helix::subscription> listed_;
  bool is_listing_ = false;
  /// Counts the lists: what belongs to one that was given up doesn't count.
  uint64_t lists_ = 0;
  clock::time_point list_at_{};
  /// The secret with which the subscriptions were made; empty: not known yet.
  std::string known_secret_;
  bool is_settled_ = false;
  wake_up alarm_;
};

using subscription_keeper = caf::stateful_actor<subscription_keeper_state, subscription_keeper_actor::base>;

} // namespace creamery
