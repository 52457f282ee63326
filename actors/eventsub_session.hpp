#pragma once

#include "actors/chat_intake.hpp"
#include "actors/drain_promises.hpp"
#include "actors/event_intake.hpp"
#include "actors/event_subscriber.hpp"
#include "actors/interfaces.hpp"
#include "actors/link_table.hpp"
#include "actors/net_link.hpp"
#include "actors/settings.hpp"
#include "actors/wake_up.hpp"
#include "runtime/eventsub/session.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <spdlog/logger.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace creamery {

/// What a session is in the middle of; it outlives its actor, and with it the sockets do.
struct eventsub_memory {
  explicit eventsub_memory(const eventsub_settings& settings);

  eventsub::session session;
  subscriber_memory subscriber;
  link_table links;
  intake_memory intake;
  chat_intake_memory chat;
  /// For a shard: the conduit has been there, so that a session can be attached to it.
  bool has_conduit = false;
};

/// One EventSub session over WebSocket that lives for ever: begins, subscribes or has itself attached to a conduit, hands events to the
/// store, moves when Twitch asks for it, and begins anew when anything fails. The rules are in `eventsub::session` and
/// `eventsub::subscriptions`.
class eventsub_session_state {
public:
  static inline const char* name = "creamery.eventsub-session";

  /// @param shard if it is one of a conduit's, and has no subscriptions of its own: its number.
  eventsub_session_state(eventsub_session_actor::pointer self, subscriber_identity who, std::optional<uint64_t> shard,
                         eventsub_settings settings, link_opener open, kept<eventsub_memory> memory);

  eventsub_session_actor::behavior_type make_behavior();

private:
  using clock = eventsub::session::clock;

  void on_tick();
  /// Everything that was received is where it belongs.
  bool is_drained() const;
  void check_drained();
  void on_lines(const link_lines& lines);
  /// Takes what is about chat. @returns whether nobody else wants it.
  bool take_chat(const eventsub::event& event, const eventsub::named_subscription& by);
  void on_closed(const link_closed& closed);
  /// Carries out what the session wants.
  void perform(eventsub::session_action::list todo);
  void perform(const eventsub::session_action::open& action);
  void perform(const eventsub::session_action::close& action);
  void perform(const eventsub::session_action::begun& action);
  void perform(const eventsub::session_action::moved& action);
  void perform(const eventsub::session_action::lost& action);
  void perform(const eventsub::session_action::revoked& action);
  /// Something about the subscriptions has changed.
  void on_subscriptions();
  /// Twitch has answered to all of a new session's: tells that the bot is ready, and since when nothing was received.
  void on_settled();
  /// There is a conduit whose shard this session is to be.
  void follow(const conduit_actor& conduit);
  /// Has the present session attached to its shard.
  void attach();
  /// Twitch has disabled a shard, and tells it to another one.
  void tell_of_shard(const eventsub::event& event);
  /// Wants a socket as long as some subscription may be made.
  void want_socket();
  void set_alarm();
  eventsub_report report() const;

  eventsub_session_actor::pointer self_;
  eventsub_settings settings_;
  link_opener open_;
  kept<eventsub_memory> memory_;
  std::shared_ptr<spdlog::logger> log_;
  std::optional<uint64_t> shard_;
  conduit_actor conduit_;
  bool is_attached_ = false;
  wake_up alarm_;
  event_intake<eventsub_session_actor::base> intake_;
  chat_intake<eventsub_session_actor::base> chat_;
  drain_promises drained_;
  event_subscriber<eventsub_session_actor::base> subscriber_;
  bool is_settled_ = false;
};

using eventsub_session = caf::stateful_actor<eventsub_session_state, eventsub_session_actor::base>;

} // namespace creamery
