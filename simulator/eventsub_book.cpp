#include "simulator/eventsub_book.hpp"

#include "simulator/helix_call.hpp"

#include <algorithm>

namespace creamery::simulator {

void eventsub_book::open_session(const std::string& id, time_point now) {
  sessions[id] = {{}, {}, now};
}

std::vector<eventsub_book::place> eventsub_book::close_session(const std::string& id, const std::string& status) {
  std::vector<place> disabled;
  sessions.erase(id);
  for (auto& one : subscriptions)
    if (one.transport.method == "websocket" && one.transport.target == id)
      one.status = status;
  for (auto& one : conduits)
    for (size_t number = 0; number < one.shards.size(); ++number)
      if (auto& shard = one.shards[number]; shard.transport == eventsub_transport{"websocket", id}) {
        shard.status = status;
        disabled.push_back({one.id, one.client_id, number});
      }
  return disabled;
}

bool eventsub_book::is_used(const std::string& session) const {
  auto has_one = [&](const conduit& x) {
    return std::any_of(x.shards.begin(), x.shards.end(), [&](const conduit_shard& shard) {
      return shard.transport == eventsub_transport{"websocket", session} && shard.status == "enabled";
    });
  };
  return std::any_of(conduits.begin(), conduits.end(), has_one)
         || std::any_of(subscriptions.begin(), subscriptions.end(),
                        [&](const auto& x) { return x.transport.target == session && x.status == "enabled"; });
}

void eventsub_book::move_session(const std::string& from, const std::string& to) {
  auto moved = sessions.extract(from);
  if (moved.empty())
    return;
  moved.key() = to;
  sessions.insert(std::move(moved));
  for (auto& one : subscriptions)
    if (one.transport.method == "websocket" && one.transport.target == from)
      one.transport.target = to;
  for (auto& one : conduits)
    for (auto& shard : one.shards)
      if (shard.transport == eventsub_transport{"websocket", from})
        shard.transport->target = to;
}

eventsub_session* eventsub_book::find_session(std::string_view id) {
  auto place = sessions.find(id);
  return place == sessions.end() ? nullptr : &place->second;
}

conduit* eventsub_book::find_conduit(std::string_view id, std::string_view client_id) {
  auto found = std::find_if(conduits.begin(), conduits.end(),
                            [&](const auto& x) { return x.id == id && x.client_id == client_id; });
  return found == conduits.end() ? nullptr : &*found;
}

nlohmann::json to_json(const eventsub_subscription& what, const eventsub_session* session) {
  nlohmann::json transport{{"method", what.transport.method}};
  const auto* key = what.transport.method == "webhook"     ? "callback"
                    : what.transport.method == "websocket" ? "session_id"
                                                           : "conduit_id";
  transport[key] = what.transport.target;
  if (session)
    transport["connected_at"] = rfc3339(session->connected);
  return {{"id", what.id},
          {"status", what.status},
          {"type", what.type},
          {"version", what.version},
          {"condition", what.condition},
          {"transport", std::move(transport)},
          {"created_at", rfc3339(what.created)},
          {"cost", what.cost}};
}

} // namespace creamery::simulator
