#include "simulator/eventsub_server.hpp"

#include "simulator/helix_call.hpp"

#include <algorithm>
#include <charconv>

namespace creamery::simulator {

namespace {

using json = nlohmann::json;

constexpr auto time_to_subscribe = std::chrono::seconds{10};
constexpr auto time_to_move = std::chrono::seconds{30};

/// The value of a parameter in path and query; empty: it isn't there.
std::string_view parameter(std::string_view target, std::string_view name) {
  auto query = target.substr(std::min(target.find('?'), target.size()));
  while (!query.empty()) {
    query.remove_prefix(1);
    auto end = std::min(query.find('&'), query.size());
    auto one = query.substr(0, end);
    if (one.starts_with(name) && one.substr(name.size()).starts_with('='))
      return one.substr(name.size() + 1);
    query.remove_prefix(end);
  }
  return {};
}

/// Whether an event is one that this condition asks for: each id that both name is the same.
bool is_about(const std::map<std::string, std::string>& condition, const json& event) {
  return std::all_of(condition.begin(), condition.end(), [&](const auto& part) {
    const auto& [key, wanted] = part;
    if (key == "moderator_user_id" || key == "user_id")
      return true; // who looks, which the event doesn't tell
    auto named = event.find(key);
    if (key == "reward_id") {
      auto reward = event.find("reward");
      return reward != event.end() && reward->is_object() ? reward->value("id", "") == wanted
                                                          : event.value("id", "") == wanted;
    }
    return named != event.end() && *named == wanted;
  });
}

bool is_user_type(std::string_view type) {
  return type == "user.update" || type == "user.whisper.message";
}

} // namespace

eventsub_server::eventsub_server(eventsub_book& book, history& log, webhook_sender& webhooks,
                                 std::function<event_person(std::string_view)> find_person)
  : book_(book),
    log_(log),
    webhooks_(webhooks),
    find_person_(std::move(find_person)),
    samples_(find_person_),
    ids_(spread("EventSub") ^ random_seed()) {
}

std::string eventsub_server::next_id() {
  return ids_.text(next_id_++);
}

eventsub_server::client& eventsub_server::open(client_link& link, std::string_view base, std::string_view target,
                                               time_point now) {
  auto& one = clients_.emplace_back();
  one.link = &link;
  one.keepalive = keepalive_;
  auto asked = parameter(target, "keepalive_timeout_seconds");
  int seconds = 0;
  if (std::from_chars(asked.data(), asked.data() + asked.size(), seconds).ec == std::errc{})
    one.keepalive = std::chrono::seconds{std::clamp(seconds, 10, 600)};
  one.told = now;
  one.base = base;
  auto ticket = parameter(target, "ticket");
  if (ticket == "nowhere") { // it was sent here to hear nothing
    one.is_silent = true;
    one.used_by = one.gone_by = time_point::max();
    return one;
  }
  if (ticket.empty()) {
    ++counters_.sessions;
    one.used_by = now + time_to_subscribe;
    one.session_id = "session-" + next_id();
    book_.open_session(one.session_id, now);
    welcome(one, false, now);
    return one;
  }
  one.used_by = time_point::max();
  auto* old = find_moving(ticket, one);
  if (old == nullptr) {
    close(one, 4007, "invalid reconnect", now);
  } else if (old->welcome_after > duration::zero()) {
    one.arrived_by = ticket;
    one.welcome_at = now + old->welcome_after;
  } else {
    take_over(one, *old, now);
  }
  return one;
}

eventsub_server::client* eventsub_server::find_moving(std::string_view ticket, const client& arrived) {
  auto found = std::find_if(clients_.begin(), clients_.end(),
                            [&](const client& x) { return x.ticket == ticket && !x.was_replaced && &x != &arrived; });
  return found == clients_.end() ? nullptr : &*found;
}

void eventsub_server::take_over(client& one, client& old, time_point now) {
  ++counters_.moves;
  one.session_id = "session-" + next_id();
  one.welcome_at = time_point::max();
  old.was_replaced = true;
  old.successor = one.session_id;
  old.used_by = time_point::max(); // its subscriptions are the successor's
  old.hears_until = now + old.old_until;
  book_.move_session(old.session_id, one.session_id);
  welcome(one, true, now);
}

void eventsub_server::welcome(client& one, bool is_moved, time_point now) {
  log_.add("eventsub_open", now, [&](json_line& x) { x.text("session", one.session_id).flag("moved", is_moved); });
  send(one, "session_welcome", next_id(), {}, {{"session", described(one, "connected")}}, now);
}

json eventsub_server::described(const client& one, std::string_view status) const {
  json session{{"id", one.session_id},
               {"status", status},
               {"connected_at", rfc3339(one.told)},
               {"keepalive_timeout_seconds", std::chrono::ceil<std::chrono::seconds>(one.keepalive).count()},
               {"reconnect_url", nullptr}};
  return session;
}

void eventsub_server::send(client& to, std::string_view type, const std::string& id, json metadata, json payload,
                           time_point now) {
  if (to.is_closing || to.is_silent)
    return;
  metadata["message_id"] = id;
  metadata["message_type"] = type;
  metadata["message_timestamp"] = rfc3339(now);
  to.told = now;
  ++counters_.messages;
  to.link->send(json{{"metadata", std::move(metadata)}, {"payload", std::move(payload)}}.dump(), false);
}

void eventsub_server::close(client& one, uint16_t code, std::string_view reason, time_point now) {
  if (std::exchange(one.is_closing, true))
    return;
  log_.add("eventsub_close", now, [&](json_line& x) { x.text("session", one.session_id).number("code", code); });
  one.link->finish(code, reason);
}

void eventsub_server::receive(client& from, time_point now) {
  ++counters_.inbound;
  close(from, 4001, "client sent inbound traffic", now);
}

void eventsub_server::closed(client& gone, std::string_view reason, time_point now) {
  log_.add("eventsub_gone", now, [&](json_line& x) { x.text("session", gone.session_id).text("why", reason); });
  // One that is being moved keeps its subscriptions for as long as it may take.
  if (!gone.was_replaced && gone.ticket.empty() && !gone.session_id.empty())
    end(gone.session_id, "websocket_disconnected", now);
  if (!gone.was_replaced && !gone.ticket.empty()) {
    gone.link = nullptr; // its place is kept
    gone.is_closing = true;
    return;
  }
  clients_.remove_if([&](const client& x) { return &x == &gone; });
}

void eventsub_server::end(const std::string& session, const std::string& status, time_point now) {
  for (const auto& gone : book_.close_session(session, status))
    for (const auto& one : book_.subscriptions) {
      auto about = one.condition.find("conduit_id");
      if (one.type != "conduit.shard.disabled" || one.status != "enabled" || one.client_id != gone.client_id
          || (about != one.condition.end() && about->second != gone.conduit))
        continue;
      deliver(one, next_id(),
              {{"conduit_id", gone.conduit},
               {"shard_id", std::to_string(gone.shard)},
               {"status", status},
               {"transport", {{"method", "websocket"}, {"session_id", session}, {"disconnected_at", rfc3339(now)}}}},
              {}, now);
    }
}

void eventsub_server::tick(time_point now) {
  for (auto one = clients_.begin(); one != clients_.end();) {
    auto& who = *one++;
    if (who.link == nullptr) {
      if (now >= who.gone_by || who.was_replaced) {
        if (!who.was_replaced)
          end(who.session_id, "websocket_failed_to_reconnect", now);
        clients_.remove_if([&](const client& x) { return &x == &who; });
      }
      continue;
    }
    if (now >= who.welcome_at && !who.is_closing) {
      if (auto* old = find_moving(who.arrived_by, who)) {
        take_over(who, *old, now);
      } else {
        close(who, 4007, "invalid reconnect", now);
        continue;
      }
    }
    if (now >= who.used_by && !who.is_closing) {
      if (!book_.is_used(who.session_id)) {
        ++counters_.unused;
        close(who, 4003, "connection unused", now);
        continue;
      }
      who.used_by = time_point::max();
    }
    if (now >= who.gone_by && !who.is_closing) {
      ++counters_.too_late;
      if (!who.was_replaced) {
        who.ticket.clear();
        end(who.session_id, "websocket_failed_to_reconnect", now);
      }
      close(who, 4004, "reconnect grace time expired", now);
      continue;
    }
    if (now - who.told >= who.keepalive && !who.session_id.empty())
      send(who, "session_keepalive", next_id(), {}, json::object(), now);
  }
}

eventsub_server::client* eventsub_server::who_hears(const std::string& session_id, time_point now) {
  client* found = nullptr;
  for (auto& one : clients_)
    if (one.session_id == session_id && !one.is_closing && one.link != nullptr)
      found = &one;
  if (found == nullptr)
    return nullptr;
  // One that was replaced may still be the one that is told.
  for (auto& one : clients_)
    if (one.successor == session_id && now < one.hears_until && !one.is_closing && one.link != nullptr
        && !one.is_silent)
      return &one;
  return found;
}

result<size_t> eventsub_server::trigger(const trigger_request& request, time_point now) {
  if (!request.event.is_object())
    return failure{"trigger", "'event' must be an object"};

  struct delivery {
    eventsub_subscription to;
    std::string id;
    json event;
  };

  std::vector<delivery> all;
  for (unsigned i = 0; i < request.count; ++i)
    for (const auto& one : book_.subscriptions) {
      if (!concerns(one, request))
        continue;
      auto event = request.sample ? samples_.make(one, now) : json::object();
      event.update(request.event);
      auto id = next_id();
      for (unsigned again = 0; again <= request.repeat; ++again)
        all.push_back({one, id, event});
      for (unsigned again = 0; again < request.repeat_as_another; ++again)
        all.push_back({one, next_id(), event});
    }
  if (request.out_of_order)
    std::reverse(all.begin(), all.end());
  size_t sent = 0;
  for (const auto& one : all)
    sent += deliver(one.to, one.id, one.event, {request.wrong_signature, request.age}, now) ? 1 : 0;
  return sent;
}

bool eventsub_server::has_subscriptions(std::string_view type) const {
  return std::any_of(book_.subscriptions.begin(), book_.subscriptions.end(),
                     [&](const auto& x) { return x.type == type && x.status == "enabled"; });
}

bool eventsub_server::concerns(const eventsub_subscription& one, const trigger_request& request) const {
  if (one.type != request.type || one.status != "enabled"
      || (!request.version.empty() && one.version != request.version))
    return false;
  auto is_there = [&](const auto& part) {
    return part.first.ends_with("broadcaster_user_id") && find_person_(part.second).login == request.channel;
  };
  if (!request.channel.empty() && std::none_of(one.condition.begin(), one.condition.end(), is_there))
    return false;
  return request.sample || is_user_type(one.type) || is_about(one.condition, request.event);
}

bool eventsub_server::deliver(const eventsub_subscription& to, const std::string& id, const json& event,
                              const webhook_faults& faults, time_point now) {
  const auto* transport = to.transport.method == "conduit" ? shard_for(to) : &to.transport;
  if (transport == nullptr)
    return false;
  auto note = [&](std::string_view where) {
    log_.add("event", now, [&](json_line& x) { x.text("id", id).text("type", to.type).text("session", where); });
  };
  if (transport->method == "webhook") {
    note(transport->target);
    auto as_sent = to;
    as_sent.transport = *transport;
    webhooks_.notify(as_sent, id, event, faults, now);
    return true;
  }
  auto* client = who_hears(transport->target, now);
  if (client == nullptr)
    return false;
  note(client->session_id);
  auto subscription = to_json(to, nullptr);
  if (to.transport.method == "websocket")
    subscription["transport"]["session_id"] = client->session_id;
  send(*client, "notification", id, {{"subscription_type", to.type}, {"subscription_version", to.version}},
       {{"subscription", std::move(subscription)}, {"event", event}}, now);
  return true;
}

const eventsub_transport* eventsub_server::shard_for(const eventsub_subscription& what) {
  auto* conduit = book_.find_conduit(what.transport.target, what.client_id);
  if (conduit == nullptr)
    return nullptr;
  for (size_t i = 0; i < conduit->shards.size(); ++i) {
    const auto& shard = conduit->shards[next_shard_++ % conduit->shards.size()];
    if (shard.transport && shard.status == "enabled")
      return &*shard.transport;
  }
  return nullptr;
}

result<size_t> eventsub_server::revoke(const revocation_request& request, time_point now) {
  size_t ended = 0;
  for (auto& one : book_.subscriptions) {
    if (one.status != "enabled" || (!request.id.empty() && one.id != request.id)
        || (!request.type.empty() && one.type != request.type))
      continue;
    ++ended;
    if (one.transport.method == "webhook") {
      webhooks_.revoke(one, request.status, now);
      continue;
    }
    const auto* transport = one.transport.method == "conduit" ? shard_for(one) : &one.transport;
    one.status = request.status;
    if (auto* client = transport != nullptr ? who_hears(transport->target, now) : nullptr)
      send(*client, "revocation", next_id(), {{"subscription_type", one.type}, {"subscription_version", one.version}},
           {{"subscription", to_json(one, nullptr)}}, now);
  }
  return ended;
}

size_t eventsub_server::apply(const event_sockets_request& request, time_point now) {
  size_t concerned = 0;
  for (auto& one : clients_) {
    if (one.is_closing || one.was_replaced || one.link == nullptr || one.session_id.empty()
        || (!request.session.empty() && request.session != one.session_id))
      continue;
    ++concerned;
    switch (request.action) {
      case event_sockets_request::what::reconnect: {
        one.ticket = next_id();
        one.gone_by = now + time_to_move;
        one.old_until = request.old_until;
        one.welcome_after = request.welcome_after;
        auto shown = request.to_nowhere ? "nowhere" : request.to_invalid ? "invalid" : one.ticket;
        auto session = described(one, "reconnecting");
        session["keepalive_timeout_seconds"] = nullptr;
        session["reconnect_url"] = one.base + "/ws?ticket=" + shown;
        send(one, "session_reconnect", next_id(), {}, {{"session", std::move(session)}}, now);
        break;
      }
      case event_sockets_request::what::close: close(one, request.code, "as it was told to", now); break;
      case event_sockets_request::what::silence: one.is_silent = true; break;
    }
  }
  return concerned;
}

} // namespace creamery::simulator
