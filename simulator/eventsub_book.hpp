#pragma once

#include "simulator/clock.hpp"

#include <nlohmann/json.hpp>

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// How events reach a client (twitch-platform §3.2).
struct eventsub_transport {
  /// "webhook", "websocket" or "conduit".
  std::string method;
  /// Callback, session or conduit.
  std::string target;
  /// Of a webhook; never shown.
  std::string secret{};

  friend bool operator==(const eventsub_transport& a, const eventsub_transport& b) {
    return a.method == b.method && a.target == b.target;
  }
};

/// One subscription.
struct eventsub_subscription {
  std::string id;
  std::string status;
  std::string type;
  std::string version;
  /// Without empty values: Twitch and clients write those as they like (§3.9).
  std::map<std::string, std::string> condition;
  eventsub_transport transport;
  std::string client_id;
  /// Whose token made it; empty: an app's.
  std::string login;
  time_point created;
  unsigned cost = 0;
};

/// A WebSocket that has been welcomed.
struct eventsub_session {
  /// Set by the first subscription: all are made with tokens of the same user.
  std::string login;
  std::string client_id;
  time_point connected;
};

/// One part of a conduit.
struct conduit_shard {
  std::optional<eventsub_transport> transport;
  std::string status;
};

struct conduit {
  std::string id;
  std::string client_id;
  std::vector<conduit_shard> shards;
};

/// Who wants which events, and where they go: what delivery has to know. Only keeps the books.
class eventsub_book {
public:
  /// A shard that was attached to a WebSocket.
  struct place {
    std::string conduit;
    std::string client_id;
    size_t shard;
  };

  /// A WebSocket was welcomed.
  void open_session(const std::string& id, time_point now);

  /// A WebSocket is gone, and its subscriptions with it. @returns the shards that are disabled by that.
  std::vector<place> close_session(const std::string& id, const std::string& status);

  /// Whether anything is sent to it.
  bool is_used(const std::string& session) const;

  /// A WebSocket goes on as another one, with its subscriptions.
  void move_session(const std::string& from, const std::string& to);

  eventsub_session* find_session(std::string_view id);

  conduit* find_conduit(std::string_view id, std::string_view client_id);

  std::vector<eventsub_subscription> subscriptions; // oldest first
  std::vector<conduit> conduits;
  std::map<std::string, eventsub_session, std::less<>> sessions;
};

nlohmann::json to_json(const eventsub_subscription& what, const eventsub_session* session);

} // namespace creamery::simulator
