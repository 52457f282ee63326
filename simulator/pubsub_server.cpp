#include "simulator/pubsub_server.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace creamery::simulator {

namespace {

using json = nlohmann::json;

constexpr auto time_to_listen = std::chrono::seconds{15};
constexpr auto time_to_move = std::chrono::seconds{30};

/// A kind of topic: what it begins with, the scope that it takes, and how many ids follow; the first is that of the token's user.
struct topic_kind {
  std::string_view begin;
  std::string_view scope;
  size_t ids = 1;
};

constexpr std::array<topic_kind, 9> kinds{{
  {"channel-points-channel-v1.", "channel:read:redemptions"},
  {"channel-bits-events-v1.", "bits:read"},
  {"channel-bits-events-v2.", "bits:read"},
  {"channel-bits-badge-unlocks.", "bits:read"},
  {"channel-subscribe-events-v1.", "channel:read:subscriptions"},
  {"chat_moderator_actions.", "channel:moderate", 2},
  {"automod-queue.", "channel:moderate", 2},
  {"user-moderation-notifications.", "chat:read", 2},
  {"whispers.", "whispers:read"},
}};

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 20
         && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string text_in(const json& object, const char* name) {
  auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

} // namespace

pubsub_server::pubsub_server(token_book& tokens, history& log, std::function<std::string(std::string_view)> id_of)
  : tokens_(tokens), log_(log), id_of_(std::move(id_of)) {
}

pubsub_server::client& pubsub_server::open(client_link& link, time_point now) {
  ++counters_.connections;
  auto& one = clients_.emplace_back();
  one.link = &link;
  one.used_by = now + time_to_listen;
  return one;
}

void pubsub_server::send(client& to, const json& what) {
  if (!to.is_closing && !to.is_silent)
    to.link->send(what.dump(-1, ' ', false, json::error_handler_t::replace), false);
}

void pubsub_server::close(client& one) {
  if (!std::exchange(one.is_closing, true))
    one.link->finish();
}

void pubsub_server::receive(client& from, std::string_view text, time_point now) {
  auto parsed = json::parse(text, nullptr, false);
  auto type = text_in(parsed, "type");
  if (type == "PING") {
    ++counters_.pings;
    return send(from, {{"type", "PONG"}});
  }
  auto error = std::string{"ERR_BADMESSAGE"};
  if (parsed.is_object() && parsed.contains("data") && (type == "LISTEN" || type == "UNLISTEN")) {
    const auto& data = parsed["data"];
    if (type == "LISTEN") {
      error = listen(from, data, now);
    } else {
      error.clear();
      if (data.is_object() && data.contains("topics"))
        for (const auto& topic : data["topics"])
          if (topic.is_string())
            from.topics.erase(topic.get<std::string>());
    }
  }
  if (!error.empty())
    ++counters_.refused;
  send(from, {{"type", "RESPONSE"}, {"nonce", text_in(parsed, "nonce")}, {"error", error}});
}

std::string pubsub_server::listen(client& from, const json& data, time_point now) {
  auto topics = data.is_object() ? data.find("topics") : data.end();
  if (!data.is_object() || topics == data.end() || !topics->is_array() || topics->empty())
    return "ERR_BADMESSAGE";
  const auto* token = tokens_.find(text_in(data, "auth_token"), now);
  std::vector<std::string> wanted;
  for (const auto& one : *topics) {
    if (!one.is_string())
      return "ERR_BADMESSAGE";
    auto topic = one.get<std::string>();
    if (auto error = check(topic, token); !error.empty())
      return error;
    wanted.push_back(std::move(topic));
  }
  if (from.topics.size() + wanted.size() > max_topics)
    return "ERR_BADTOPIC";
  from.used_by = time_point::max();
  for (auto& topic : wanted) {
    ++counters_.listens;
    log_.add("pubsub_listen", now, [&](json_line& x) { x.text("topic", topic).text("login", token->login); });
    from.topics.insert(std::move(topic));
  }
  return {};
}

std::string pubsub_server::check(std::string_view topic, const access_token* token) const {
  auto kind = std::find_if(kinds.begin(), kinds.end(), [&](const auto& x) { return topic.starts_with(x.begin); });
  if (kind == kinds.end())
    return "ERR_BADTOPIC";
  auto ids = topic.substr(kind->begin.size());
  auto dot = std::min(ids.find('.'), ids.size());
  auto first = ids.substr(0, dot);
  auto has_second = dot < ids.size();
  if (!is_id(first) || has_second != (kind->ids == 2) || (has_second && !is_id(ids.substr(dot + 1))))
    return "ERR_BADTOPIC";
  if (token == nullptr || token->login.empty() || id_of_(token->login) != first || !token->allows(kind->scope))
    return "ERR_BADAUTH";
  return {};
}

void pubsub_server::closed(client& gone) {
  clients_.remove_if([&](const client& x) { return &x == &gone; });
}

void pubsub_server::tick(time_point now) {
  for (auto& one : clients_) {
    if (one.is_closing)
      continue;
    if (now >= one.used_by) {
      ++counters_.unused;
      close(one);
    } else if (now >= one.gone_by) {
      close(one);
    }
  }
}

result<size_t> pubsub_server::publish(const pubsub_request& request, time_point now) {
  if (request.topic.empty() || !request.message.is_object())
    return failure{"pubsub", "'topic' must be there, and 'message' an object"};
  size_t told = 0;
  for (unsigned i = 0; i < request.count; ++i) {
    auto message = request.message;
    if (request.count > 1)
      message["n"] = i;
    auto inner = message.dump(-1, ' ', false, json::error_handler_t::replace);
    auto before = told;
    for (auto& one : clients_)
      if (one.topics.contains(request.topic) && !one.is_closing && !one.is_silent) {
        ++told;
        ++counters_.messages;
        send(one, {{"type", "MESSAGE"}, {"data", {{"topic", request.topic}, {"message", inner}}}});
      }
    if (told > before)
      log_.add("pubsub", now, [&](json_line& x) { x.text("topic", request.topic).text("message", inner); });
  }
  return told;
}

size_t pubsub_server::apply(const pubsub_sockets_request& request, time_point now) {
  size_t concerned = 0;
  for (auto& one : clients_) {
    if (one.is_closing)
      continue;
    ++concerned;
    switch (request.action) {
      case pubsub_sockets_request::what::reconnect:
        send(one, {{"type", "RECONNECT"}});
        one.gone_by = now + time_to_move;
        break;
      case pubsub_sockets_request::what::close: close(one); break;
      case pubsub_sockets_request::what::silence: one.is_silent = true; break;
      case pubsub_sockets_request::what::revoke: {
        auto topics = std::exchange(one.topics, {});
        send(one, {{"type", "AUTH_REVOKED"}, {"data", {{"topics", topics}}}});
        break;
      }
    }
  }
  return concerned;
}

size_t pubsub_server::topics() const {
  size_t all = 0;
  for (const auto& one : clients_)
    all += one.is_closing ? 0 : one.topics.size();
  return all;
}

} // namespace creamery::simulator
