#pragma once

#include "actors/helix_question.hpp"
#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/user_lookup.hpp"
#include "messages/eventsub/chat_events.hpp"
#include "messages/helix/calls.hpp"
#include "runtime/eventsub/frame.hpp"
#include "runtime/eventsub/subscription_plan.hpp"
#include "runtime/eventsub/subscriptions.hpp"
#include "runtime/supervision/backoff.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/logger.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace creamery {

/// For whom subscriptions are made, and of what.
struct subscriber_identity {
  /// `<bot>/eventsub-<n>`, for logs and reports.
  std::string name;
  std::string bot;
  /// The id of the bot's account, and who makes calls for it.
  std::string account;
  account_directory_actor accounts;
  eventsub::token_owner token = eventsub::token_owner::bot;
  /// The application's id, which some conditions name.
  std::string client = {};
  /// If it is the broadcaster's token that is used: of one channel.
  std::vector<std::string> channels;
  /// What is wanted for each of them.
  std::vector<eventsub::wanted_event> events;
  /// Whether chat comes this way, too, and types that nobody wants for anything else.
  bool has_chat = false;
  std::vector<std::string> chat_only = {};
  /// Who is told when chat comes, and what else is not for the subscriber alone.
  event_owner_actor owner = {};
};

/// What outlives the actor.
struct subscriber_memory {
  explicit subscriber_memory(const eventsub_settings& settings)
    : subscriptions(settings.subscriptions, std::random_device{}()),
      look_up_again(settings.look_up_again, std::random_device{}()) {
  }

  eventsub::subscriptions subscriptions;
  user_ids ids;
  backoff look_up_again;
  std::string last_error;
};

/// How these stand; the rest of the report is for the transport.
inline eventsub_report report_of(const eventsub::subscriptions& all) {
  using state = eventsub::subscriptions::state;
  eventsub_report x;
  x.wanted = all.entries().size();
  x.enabled = all.count(state::enabled);
  for (const auto& one : all.entries())
    if (one.is == state::refused || one.is == state::revoked)
      x.refused.push_back(to_string(one.what) + ": " + one.why);
  return x;
}

/// Finds out ids, and makes the subscriptions of one transport through Twitch's API. A part of the actor that owns it, which calls
/// `run` whenever it has been woken up. The rules are in `eventsub::subscriptions`.
template <class Self>
class event_subscriber {
public:
  using clock = eventsub::subscriptions::clock;

  /// What it needs of its owner.
  struct hooks {
    /// The `transport` of a subscription.
    std::function<nlohmann::json()> transport;
    /// Twitch doesn't want this transport: why, and for how long there is no use in another one.
    std::function<void(const std::string&, clock::duration)> on_useless = [](const std::string&, clock::duration) {};
    /// Something about the subscriptions has changed.
    std::function<void()> on_change;
  };

  event_subscriber(Self* self, subscriber_identity who, subscriber_memory& memory, std::shared_ptr<spdlog::logger> log,
                   hooks owner)
    : self_(self),
      who_(std::move(who)),
      memory_(memory),
      log_(std::move(log)),
      owner_(std::move(owner)),
      users_(self, names_for(who_), memory.ids, memory.look_up_again, lookup_hooks()) {
  }

  /// To be called once, when the owner can be told things. Whatever a predecessor has asked, it heard no answer to.
  void start() {
    memory_.subscriptions.forget_questions();
    if (who_.has_chat)
      ready_by_ = self_->clock().now() + readiness_patience;
    users_.start();
    subscribe();
  }

  void use(const account_directory_actor& accounts) {
    who_.accounts = accounts;
  }

  /// Does what is due.
  void run() {
    users_.run();
    if (ready_by_ <= self_->clock().now())
      tell_ready();
    subscribe();
  }

  /// Somebody has granted something, perhaps what was missing.
  void on_grant() {
    users_.on_grant();
    memory_.subscriptions.granted(self_->clock().now());
    subscribe();
  }

  /// Twitch has answered to all: says in the log how the subscriptions stand, unless that is what was said last.
  void tell_table() {
    const auto& all = memory_.subscriptions;
    auto table = describe(all, who_.bot);
    if (table == std::exchange(told_table_, table))
      return;
    auto are_all = all.count(eventsub::subscriptions::state::enabled) == all.entries().size();
    log_->log(are_all ? spdlog::level::info : spdlog::level::warn, "{}: {}", who_.name, table);
  }

  /// Twitch has ended a subscription.
  void on_end(const eventsub::named_subscription& what) {
    const auto* entry = memory_.subscriptions.revoked(what, self_->clock().now());
    log_->warn("{}: Twitch has ended the subscription to {}: {}", who_.name,
               entry != nullptr ? to_string(entry->what) : what.type, what.status);
    told_table_.clear(); // it isn't so any more
  }

  /// When to call `run` at the latest.
  clock::time_point deadline() const {
    auto earliest = std::min({memory_.subscriptions.deadline(), users_.deadline(), ready_by_});
    if (auto when = memory_.subscriptions.useful_at(); when > self_->clock().now())
      earliest = std::min(earliest, when);
    return earliest;
  }

  /// A call for the bot, with the token that its subscriptions are made with. What went wrong is an answer, too.
  template <class Handler>
  void call(helix::request what, Handler handler) {
    if (who_.token == eventsub::token_owner::application)
      what.as = helix::identity::application;
    if (who_.token == eventsub::token_owner::broadcaster) {
      what.as = helix::identity::broadcaster;
      what.broadcaster = who_.channels.front();
    }
    ask_helix(self_, who_.accounts, who_.account, std::move(what), std::move(handler));
  }

  /// Ends a subscription; if that fails, whoever compares lists finds it again.
  void remove(const std::string& id) {
    call(helix::delete_subscription(id).what, [](const helix::answer&) {});
  }

  /// If chat comes this way: tells the owner which channels are read. It is told after a while in any case, so that channels which can't be
  /// had don't keep the bot from beginning.
  void tell_ready() {
    ready_by_ = clock::time_point::max();
    if (!who_.has_chat || !who_.owner)
      return;
    std::set<std::string> read;
    for (const auto& one : memory_.subscriptions.entries())
      if (one.what.type->name == eventsub::channel_chat_message::type
          && one.is == eventsub::subscriptions::state::enabled)
        read.insert(one.what.channel);
    bot_ready ready{who_.account, {}};
    for (const auto& channel : who_.channels)
      if (read.contains(channel))
        ready.channels.push_back(channel);
    self_->send(who_.owner, who_.name, std::move(ready));
  }

  /// Whether the ids are known, and with them what is wanted.
  bool has_wanted() const noexcept {
    return has_wanted_;
  }

  const subscriber_identity& who() const noexcept {
    return who_;
  }

private:
  /// For Twitch to answer to all subscriptions.
  static constexpr auto readiness_patience = std::chrono::seconds{30};

  static std::vector<std::string> names_for(const subscriber_identity& who) {
    auto names = who.channels;
    names.emplace_back(); // the token's own user
    return names;
  }

  user_lookup::hooks lookup_hooks() {
    return {.call =
              [this](helix::request what, auto handler) {
                // The application has no user of its own: it is the bot's that counts.
                if (who_.token == eventsub::token_owner::application)
                  ask_helix(self_, who_.accounts, who_.account, std::move(what), std::move(handler));
                else
                  call(std::move(what), std::move(handler));
              },
            .on_known = [this] { want(); },
            .on_delay =
              [this](const std::string& why) {
                if (why != std::exchange(memory_.last_error, why))
                  log_->warn("{}: not everything can be subscribed to yet: {}", who_.name, why);
                owner_.on_change();
              }};
  }

  /// Tells which subscriptions are wanted, as far as the ids are known.
  void want() {
    eventsub::event_wish wish{who_.token, memory_.ids.at(""), who_.client, {}, who_.events};
    for (const auto& channel : who_.channels)
      if (auto known = memory_.ids.find(channel); known != memory_.ids.end())
        wish.channels.emplace_back(channel, known->second);
    for (const auto& id : memory_.subscriptions.want(plan_subscriptions(wish), self_->clock().now()))
      remove(id);
    has_wanted_ = true;
    owner_.on_change();
    subscribe();
  }

  /// Makes those that are to be made now.
  void subscribe() {
    auto places = memory_.subscriptions.next(self_->clock().now());
    if (places.empty())
      return;
    auto transport = owner_.transport().dump();
    const auto is_used = memory_.subscriptions.count(eventsub::subscriptions::state::enabled) > 0;
    for (auto place : places) {
      const auto& one = memory_.subscriptions.entries()[place];
      const auto& type = *one.what.type;
      auto made = helix::create_subscription(type.name, type.version, nlohmann::json(one.what.about).dump(), transport,
                                             type.is_batched);
      // Twitch closes a session that isn't used for ten seconds, and until there is a subscription something may be missed. What has been
      // refused isn't worth that others wait for it.
      made.what.order = is_used && !one.why.empty() ? helix::priority::normal : helix::priority::high;
      call(std::move(made.what), [this, place, round = memory_.subscriptions.round(), transport](
                                   const helix::answer& answer) { on_answer(place, round, transport, answer); });
    }
  }

  /// @param transport that was named in the question.
  void on_answer(size_t place, uint64_t round, const std::string& transport, const helix::answer& answer) {
    using meaning = eventsub::subscriptions::meaning;
    auto& all = memory_.subscriptions;
    auto means = all.answered(place, round, answer, self_->clock().now());
    if (means == meaning::too_many_transports)
      owner_.on_useless(answer.why.text, all.wait_after_too_many());
    // A session that is moved gets another id, and what was asked for under the old one is asked for under the new one.
    else if (means == meaning::transport_is_unknown && transport == owner_.transport().dump())
      owner_.on_useless(answer.why.text, clock::duration::zero());
    owner_.on_change();
    subscribe();
  }

  Self* self_;
  subscriber_identity who_;
  subscriber_memory& memory_;
  std::shared_ptr<spdlog::logger> log_;
  hooks owner_;
  user_lookup users_;
  bool has_wanted_ = false;
  std::string told_table_;
  /// When the owner is told at the latest.
  clock::time_point ready_by_ = clock::time_point::max();
};

} // namespace creamery
