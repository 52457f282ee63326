#pragma once

#include "messages/result.hpp"
#include "simulator/eventsub_book.hpp"
#include "simulator/eventsub_samples.hpp"
#include "simulator/history.hpp"
#include "simulator/ids.hpp"
#include "simulator/requests.hpp"
#include "simulator/session.hpp"
#include "simulator/webhook_sender.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <list>
#include <map>
#include <string>
#include <string_view>

namespace creamery::simulator {

/// EventSub over WebSocket: sessions, their time limits, and who gets which event (twitch-platform §3.4). Without sockets and
/// without a clock.
class eventsub_server {
public:
  /// @param book, log, webhooks outlive this. @param find_person as for `event_samples`.
  eventsub_server(eventsub_book& book, history& log, webhook_sender& webhooks,
                  std::function<event_person(std::string_view)> find_person);

  /// One client's socket.
  struct client {
    client_link* link = nullptr;
    /// `ws://host:port`, where it was opened.
    std::string base;
    /// Empty: it isn't welcomed yet.
    std::string session_id;
    duration keepalive{};
    /// When it was told something last.
    time_point told;
    /// Until when it must have a subscription.
    time_point used_by;
    /// When it is closed because it didn't go on elsewhere, or has done so long enough ago; max: it isn't.
    time_point gone_by = time_point::max();
    /// Where it was sent to.
    std::string ticket;
    bool was_replaced = false;
    bool is_silent = false;
    bool is_closing = false;
    /// After it was replaced, it gets the events instead of this session until then.
    std::string successor;
    time_point hears_until{};
    duration old_until{};
    /// Whoever goes on where it was sent to is welcomed after so long.
    duration welcome_after{};
    /// It goes on with the session of whoever was sent here, as soon as it is welcomed.
    std::string arrived_by;
    time_point welcome_at = time_point::max();
  };

  /// A WebSocket was opened. @param base `ws://host:port`, where it was opened. @param target path and query.
  client& open(client_link& link, std::string_view base, std::string_view target, time_point now);

  /// The client has sent something, if only a Ping, which it must not.
  void receive(client& from, time_point now);

  /// Its socket is gone.
  void closed(client& gone, std::string_view reason, time_point now);

  /// Does what is due. To be called several times a second.
  void tick(time_point now);

  /// @returns how many messages were sent.
  result<size_t> trigger(const trigger_request& request, time_point now);

  /// Whether anybody wants to know of this.
  bool has_subscriptions(std::string_view type) const;

  /// @returns how many subscriptions were ended.
  result<size_t> revoke(const revocation_request& request, time_point now);

  /// @returns how many sockets were concerned.
  size_t apply(const event_sockets_request& request, time_point now);

  /// How long clients hear nothing at most, unless they ask for another time.
  void set_keepalive(duration keepalive) {
    keepalive_ = keepalive;
  }

  struct counters {
    uint64_t sessions = 0;
    uint64_t moves = 0;
    uint64_t messages = 0;
    uint64_t unused = 0;
    uint64_t too_late = 0;
    uint64_t inbound = 0;
  };

  const counters& count() const noexcept {
    return counters_;
  }

private:
  std::string next_id();
  /// Who was sent where this ticket leads; null: nobody, or somebody else has gone on there.
  client* find_moving(std::string_view ticket, const client& arrived);
  /// The session goes on here.
  void take_over(client& one, client& old, time_point now);
  void welcome(client& one, bool is_moved, time_point now);
  void send(client& to, std::string_view type, const std::string& id, nlohmann::json metadata, nlohmann::json payload,
            time_point now);
  void close(client& one, uint16_t code, std::string_view reason, time_point now);
  /// A session has ended for good: whoever wants to know of disabled shards is told.
  void end(const std::string& session, const std::string& status, time_point now);
  /// Whether a subscription is told of this.
  bool concerns(const eventsub_subscription& one, const trigger_request& request) const;
  /// One message to whoever has subscribed; false: there is nobody.
  bool deliver(const eventsub_subscription& to, const std::string& id, const nlohmann::json& event,
               const webhook_faults& faults, time_point now);
  /// Where an event of a conduit goes: one of its shards.
  const eventsub_transport* shard_for(const eventsub_subscription& what);
  client* who_hears(const std::string& session_id, time_point now);
  nlohmann::json described(const client& one, std::string_view status) const;

  eventsub_book& book_;
  history& log_;
  webhook_sender& webhooks_;
  std::function<event_person(std::string_view)> find_person_;
  event_samples samples_;
  /// The shard whose turn it is.
  size_t next_shard_ = 0;
  id_source ids_;
  uint64_t next_id_ = 1;
  duration keepalive_ = std::chrono::seconds{10};
  std::list<client> clients_;
  counters counters_;
};

} // namespace creamery::simulator
