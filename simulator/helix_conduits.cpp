#include "simulator/helix_eventsub.hpp"

#include <algorithm>
#include <charconv>

namespace creamery::simulator {

namespace {

constexpr size_t most_conduits = 5;
constexpr int64_t most_shards = 20'000;

nlohmann::json conduit_json(const conduit& what) {
  return {{"id", what.id}, {"shard_count", what.shards.size()}};
}

nlohmann::json shard_json(size_t number, const conduit_shard& what, eventsub_book& book) {
  nlohmann::json transport{{"method", what.transport->method}};
  transport[what.transport->method == "webhook" ? "callback" : "session_id"] = what.transport->target;
  if (auto session = book.find_session(what.transport->target))
    transport["connected_at"] = rfc3339(session->connected);
  return {{"id", std::to_string(number)}, {"status", what.status}, {"transport", std::move(transport)}};
}

/// Reads `shard_count`.
needed<size_t> read_count(const helix_call& call) {
  std::optional<int64_t> count;
  body_reader body{call};
  body.need("shard_count", count);
  if (body.mistake())
    return *body.mistake();
  if (*count < 1 || *count > most_shards)
    return helix_refusal(400, "shard_count must be 1 to 20000");
  return static_cast<size_t>(*count);
}

} // namespace

http_answer helix_eventsub::conduits(const helix_call& call) {
  auto list = nlohmann::json::array();
  for (const auto& one : book_.conduits)
    if (one.client_id == call.token.client_id)
      list.push_back(conduit_json(one));
  return helix_data(std::move(list));
}

http_answer helix_eventsub::make_conduit(const helix_call& call) {
  auto count = read_count(call);
  if (!count)
    return count.refusal();
  auto is_theirs = [&](const auto& x) { return x.client_id == call.token.client_id; };
  if (std::count_if(book_.conduits.begin(), book_.conduits.end(), is_theirs) >= static_cast<long>(most_conduits))
    return helix_refusal(429, "conduit limit exceeded");
  book_.conduits.push_back({world_.next_uuid(), call.token.client_id, std::vector<conduit_shard>(*count)});
  return helix_one(conduit_json(book_.conduits.back()));
}

http_answer helix_eventsub::change_conduit(const helix_call& call) {
  std::optional<std::string> id;
  body_reader body{call};
  body.need("id", id);
  if (body.mistake())
    return *body.mistake();
  auto count = read_count(call);
  if (!count)
    return count.refusal();
  auto found = book_.find_conduit(*id, call.token.client_id);
  if (!found)
    return helix_refusal(404, "conduit not found");
  found->shards.resize(*count); // the highest go, new ones are nobody's (§3.6)
  return helix_one(conduit_json(*found));
}

http_answer helix_eventsub::remove_conduit(const helix_call& call) {
  if (auto missing = need_parameter(call, "id"))
    return *missing;
  std::string id{call.param("id")};
  auto gone =
    std::erase_if(book_.conduits, [&](const auto& x) { return x.id == id && x.client_id == call.token.client_id; });
  if (gone == 0)
    return helix_refusal(404, "conduit not found");
  std::erase_if(book_.subscriptions, [&](const auto& x) { return x.transport == eventsub_transport{"conduit", id}; });
  return helix_done();
}

http_answer helix_eventsub::shards(const helix_call& call) {
  if (auto missing = need_parameter(call, "conduit_id"))
    return *missing;
  auto found = book_.find_conduit(call.param("conduit_id"), call.token.client_id);
  if (!found)
    return helix_refusal(404, "conduit not found");
  auto status = call.param("status");
  std::vector<nlohmann::json> list;
  for (size_t i = 0; i < found->shards.size(); ++i)
    if (const auto& shard = found->shards[i]; shard.transport && (status.empty() || shard.status == status))
      list.push_back(shard_json(i, shard, book_));
  return helix_page(call, list, 100, 100);
}

http_answer helix_eventsub::change_shards(const helix_call& call) {
  std::optional<std::string> id;
  body_reader body{call.body};
  body.need("conduit_id", id);
  if (body.mistake())
    return *body.mistake();
  auto found = book_.find_conduit(*id, call.token.client_id);
  if (!found)
    return helix_refusal(404, "conduit not found");
  const auto& wanted = member_of(call.body, "shards");
  if (!wanted.is_array() || wanted.empty())
    return helix_refusal(400, "missing shards");
  auto done = nlohmann::json::array();
  auto errors = nlohmann::json::array();
  for (const auto& one : wanted) {
    std::optional<std::string> number;
    body_reader shard{one};
    shard.need("id", number);
    auto fail = [&](std::string_view message) {
      errors.push_back({{"id", number.value_or("")}, {"message", message}, {"code", "invalid_parameter"}});
    };
    size_t place = found->shards.size();
    if (number)
      std::from_chars(number->data(), number->data() + number->size(), place);
    if (!number || place >= found->shards.size() || std::to_string(place) != *number) {
      fail("The shard id is outside the conduit's range");
      continue;
    }
    auto transport = read_transport(member_of(one, "transport"), book_);
    if (!transport || transport->method == "conduit") {
      fail(transport ? "transport method must be webhook or websocket"
                     : nlohmann::json::parse(transport.refusal().body).value("message", std::string{"bad transport"}));
      continue;
    }
    auto is_webhook = transport->method == "webhook";
    found->shards[place] = {*transport, is_webhook ? "webhook_callback_verification_pending" : "enabled"};
    done.push_back(shard_json(place, found->shards[place], book_));
  }
  nlohmann::json answer{{"data", std::move(done)}, {"errors", std::move(errors)}};
  return {.status = 202, .body = answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

} // namespace creamery::simulator
