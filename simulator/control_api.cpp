#include "simulator/control_api.hpp"

#include "simulator/engine.hpp"
#include "simulator/request_json.hpp"
#include "simulator/scenario.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace creamery::simulator {

namespace {

using nlohmann::json;

/// More history lines than that are fetched in several requests.
constexpr size_t history_page = 10'000;

constexpr std::string_view help = R"(Twitch chat on localhost: control API. Bodies are JSON.

GET    /state               everything below at once
GET    /counters            what happened so far
GET    /connections         clients
GET    /channels            channels with members or settings
GET    /accounts            accounts that can log in
POST   /accounts            {"login", "token"?, "scopes"?, "display_name"?, "user_id"?, "color"?, "verified"?}
DELETE /tokens/<token>      revokes a token
DELETE /tokens?fingerprint=        the same for a token whose text nobody was told
DELETE /tokens?login=&client_id=   revokes all tokens of an account (only of that client)
GET    /tokens              tokens, by their fingerprints
GET    /clients             applications
POST   /clients             {"client_id", "secret"?, "name"?, "redirect_uris"?, "rotate"?}
POST   /consent             {"mode": "ask"|"approve"|"deny", "login"?}
POST   /grants              {"login", "client_id", "scopes", "expires_in"?}: tokens without a browser
POST   /settings            {"token_life"?, "device_interval"?, "rate_limit"?, …}; GET shows them
POST   /streams             {"channel", "live"?, "viewers"?, "title"?, "game_id"?, …}; GET shows them
POST   /redemptions         {"channel", "login", "reward_id", "user_input"?}
POST   /events              {"type", "version"?, "event"?, "sample"?, "channel"?, "count"?, "repeat"?, "repeat_as_another"?, "out_of_order"?,
                             "wrong_signature"?, "age"?}: EventSub
POST   /event_sockets       {"action": "reconnect"|"close"|"silence", "session"?, "code"?, "to_nowhere"?, "old_until"?, "welcome_after"?, …}
POST   /pubsub              {"topic", "message", "count"?}: what the old PubSub says
POST   /pubsub_sockets      {"action": "reconnect"|"close"|"silence"|"revoke"}
POST   /revocations         {"type" or "id", "status"?}: subscriptions are ended as Twitch does it
POST   /webhooks            {"retry"?, "longest_retry"?, "attempts"?, "failures"?}: how messages are sent again
GET    /eventsub            sessions, subscriptions, and what was sent
POST   /channels            {"channel", "slow"?, "emote_only"?, …, "roles"?: {"login": "moderator"}}
POST   /say                 {"channel", "login", "text", "action"?, "bits"?, "reply_to"?, "tags"?}
POST   /raid                {"channel", "from"?, "viewers"?, "peak"?, "ramp"?, "lasts"?, "commands"?, …}
POST   /notice              {"channel", "login", "kind", "text"?, "system_message"?, "params"?}
POST   /clear               {"channel", "login"?, "ban"?, "message_id"?}
GET    /replays             replays so far
POST   /replays             {"file", "speed"?: "recorded"|"fixed"|"fastest", "factor"?, "rate"?, "rounds"?, …}
DELETE /replays/<number>    ends one
GET    /faults              faults that wait for their moment
POST   /faults              {"kind", "when"?: "now"|"connect"|"login", "login"?, "connection"?, "count"?, …}
DELETE /faults              ends all faults
GET    /history?from=&limit=   what happened, as JSON lines
GET    /scenario            the built-in scenario (YAML)
GET    /ca.pem              the certificate to trust
)";

http_answer ok(json body) {
  // Texts from clients may be no UTF-8; an answer with U+FFFD in it is better than none.
  return {200, body.dump(2, ' ', false, json::error_handler_t::replace) + "\n"};
}

http_answer refused(const failure& why, unsigned status = 400) {
  return {status, json{{"error", to_string(why)}}.dump(-1, ' ', false, json::error_handler_t::replace) + "\n"};
}

/// A number from the query.
uint64_t query_number(const parameters& query, std::string_view name, uint64_t otherwise) {
  auto text = query.get(name);
  std::from_chars(text.data(), text.data() + text.size(), otherwise);
  return otherwise;
}

json connections(const engine& server) {
  auto list = json::array();
  for (const auto& whom : server.connections())
    list.push_back(to_json(whom));
  return list;
}

json channels(const engine& server) {
  auto list = json::array();
  for (const auto& [name, where] : server.chat().rooms()) {
    auto members = json::array();
    for (const auto* member : where->members)
      members.push_back({{"connection", member->id}, {"login", member->login}});
    const auto& settings = where->settings;
    list.push_back({{"channel", name},
                    {"room_id", where->id()},
                    {"members", std::move(members)},
                    {"lines", where->order()},
                    {"emote_only", settings.emote_only},
                    {"subscribers_only", settings.subscribers_only},
                    {"unique_chat", settings.unique_chat},
                    {"followers_only", settings.followers_only},
                    {"slow", settings.slow},
                    {"suspended", settings.suspended},
                    {"missing", settings.missing},
                    {"silent", settings.silent}});
  }
  return list;
}

json accounts(const engine& server) {
  auto list = json::array();
  for (const auto& [login, who] : server.chat().accounts().all())
    list.push_back({{"login", login},
                    {"display_name", who->who.display_name},
                    {"user_id", who->who.user_id},
                    {"verified", who->verified},
                    {"channels", who->joined.size()},
                    {"locked_out", who->limits.locked_until() > clock::now()}});
  return list;
}

json replays(const engine& server) {
  auto list = json::array();
  for (const auto& status : server.replays())
    list.push_back(to_json(status));
  return list;
}

json eventsub(engine& server) {
  auto& book = server.web().helix().eventsub().book();
  auto sessions = json::array();
  for (const auto& [id, one] : book.sessions)
    sessions.push_back({{"id", id}, {"login", one.login}, {"client_id", one.client_id}});
  auto subscriptions = json::array();
  for (const auto& one : book.subscriptions)
    subscriptions.push_back(to_json(one, book.find_session(one.transport.target)));
  auto conduits = json::array();
  for (const auto& one : book.conduits) {
    auto shards = json::array();
    for (const auto& shard : one.shards)
      shards.push_back({{"status", shard.status}, {"target", shard.transport ? shard.transport->target : ""}});
    conduits.push_back({{"id", one.id}, {"client_id", one.client_id}, {"shards", std::move(shards)}});
  }
  const auto& x = server.events().count();
  const auto& posted = server.webhooks().count();
  const auto& pubsub = server.pubsub().count();
  return {{"sessions", std::move(sessions)},
          {"subscriptions", std::move(subscriptions)},
          {"conduits", std::move(conduits)},
          {"counters",
           {{"sessions", x.sessions},
            {"moves", x.moves},
            {"messages", x.messages},
            {"unused", x.unused},
            {"too_late", x.too_late},
            {"inbound", x.inbound}}},
          {"webhooks",
           {{"posts", posted.posts},
            {"repetitions", posted.repetitions},
            {"acknowledged", posted.acknowledged},
            {"given_up", posted.given_up},
            {"verified", posted.verified},
            {"not_verified", posted.not_verified},
            {"revocations", posted.revocations},
            {"waiting", server.webhooks().waiting()}}},
          {"pubsub",
           {{"connections", pubsub.connections},
            {"topics", server.pubsub().topics()},
            {"listens", pubsub.listens},
            {"refused", pubsub.refused},
            {"pings", pubsub.pings},
            {"messages", pubsub.messages},
            {"unused", pubsub.unused}}}};
}

json faults(const engine& server) {
  auto list = json::array();
  for (const auto& what : server.chat().waiting_faults())
    list.push_back(to_json(what));
  return list;
}

std::string_view state_of(bool revoked, time_point expires) {
  return revoked ? "revoked" : expires <= clock::now() ? "expired" : "valid";
}

/// Nobody's secret: each token under its fingerprint.
json tokens(const engine& server) {
  auto list = json::array();
  const auto& book = server.chat().accounts().tokens();
  auto add = [&](std::string_view kind, const std::string& text, const auto& what) {
    json one{{"kind", kind},          {"fingerprint", fingerprint(text)},
             {"login", what.login},   {"client_id", what.client_id},
             {"scopes", what.scopes}, {"state", state_of(what.revoked, what.expires)}};
    if (what.expires != time_point::max())
      one["expires_in"] = std::chrono::duration<double>{what.expires - clock::now()}.count();
    list.push_back(std::move(one));
  };
  for (const auto& [text, what] : book.access())
    add("access", text, what);
  for (const auto& [text, what] : book.refresh())
    add("refresh", text, what);
  return list;
}

/// The token with this fingerprint; empty: there is none.
std::string token_with(std::string_view wanted, const token_book& book) {
  for (const auto& [text, what] : book.access())
    if (fingerprint(text) == wanted)
      return text;
  for (const auto& [text, what] : book.refresh())
    if (fingerprint(text) == wanted)
      return text;
  return {};
}

json clients(const engine& server) {
  auto list = json::array();
  for (const auto& [id, client] : server.web().id().clients().all())
    list.push_back({{"client_id", id},
                    {"name", client.name},
                    {"public", client.is_public()},
                    {"rotate", client.rotate},
                    {"redirect_uris", client.redirect_uris},
                    {"any_localhost", client.any_localhost}});
  return list;
}

json streams(const engine& server) {
  auto list = json::array();
  for (const auto& [login, facts] : server.web().helix().world().all_facts())
    list.push_back({{"channel", login},
                    {"live", facts.stream.has_value()},
                    {"viewers", facts.stream ? facts.stream->viewers : 0},
                    {"title", facts.title},
                    {"language", facts.language},
                    {"game_id", facts.game_id},
                    {"game_name", facts.game_name},
                    {"tags", facts.tags}});
  return list;
}

http_answer history_lines(engine& server, const parameters& query) {
  std::string body;
  for (const auto& line : server.log().lines(
         query_number(query, "from", 0), std::min<uint64_t>(query_number(query, "limit", history_page), history_page)))
    body.append(line).append("\n");
  return {200, std::move(body), "application/x-ndjson"};
}

http_answer look(engine& server, std::string_view path, const parameters& query) {
  if (path == "/")
    return {200, std::string{help}, "text/plain; charset=utf-8"};
  if (path == "/counters")
    return ok(to_json(server.chat().counters()));
  if (path == "/connections")
    return ok(connections(server));
  if (path == "/channels")
    return ok(channels(server));
  if (path == "/accounts")
    return ok(accounts(server));
  if (path == "/replays")
    return ok(replays(server));
  if (path == "/faults")
    return ok(faults(server));
  if (path == "/tokens")
    return ok(tokens(server));
  if (path == "/clients")
    return ok(clients(server));
  if (path == "/streams")
    return ok(streams(server));
  if (path == "/consent")
    return ok(to_json(server.web().id().consent()));
  if (path == "/settings")
    return ok(to_json(server.web().settings()));
  if (path == "/state")
    return ok({{"counters", to_json(server.chat().counters())},
               {"connections", connections(server)},
               {"channels", channels(server)},
               {"accounts", accounts(server)},
               {"replays", replays(server)},
               {"faults", faults(server)},
               {"tokens", tokens(server)},
               {"clients", clients(server)},
               {"streams", streams(server)},
               {"consent", to_json(server.web().id().consent())},
               {"settings", to_json(server.web().settings())}});
  if (path == "/eventsub")
    return ok(eventsub(server));
  if (path == "/history")
    return history_lines(server, query);
  if (path == "/scenario")
    return {200, default_scenario(), "application/yaml"};
  if (path == "/ca.pem")
    return {200, server.ca_certificate(), "application/x-pem-file"};
  return refused({std::string{path}, "there is no such page; / lists them"}, 404);
}

/// Reads a request, then carries it out: `read(json, place)` and `act(request)`, which return results.
template <class Read, class Act>
http_answer perform(const std::string& place, const json& body, Read read, Act act) {
  auto request = read(body, place);
  if (!request)
    return refused(request.error());
  auto done = act(std::move(*request));
  if (!done)
    return refused(done.error());
  if constexpr (std::is_same_v<std::decay_t<decltype(*done)>, bool>)
    return ok({{"done", true}});
  else
    return ok({{"done", true}, {"result", *done}});
}

http_answer act(engine& server, const std::string& path, const json& body) {
  auto now = clock::now();
  auto& chat = server.chat();
  if (path == "/accounts")
    return perform(path, body, read_account, [&](const auto& x) { return chat.apply(x, now); });
  if (path == "/channels")
    return perform(path, body, read_room, [&](const auto& x) { return chat.apply(x, now); });
  if (path == "/say")
    return perform(path, body, read_say, [&](const auto& x) { return chat.say(x, now); });
  if (path == "/notice")
    return perform(path, body, read_notice, [&](const auto& x) { return chat.notice(x, now); });
  if (path == "/clear")
    return perform(path, body, read_clear, [&](const auto& x) { return chat.clear(x, now); });
  if (path == "/faults")
    return perform(path, body, read_fault, [&](const auto& x) { return chat.cause(x, now); });
  if (path == "/clients")
    return perform(path, body, read_client, [&](const auto& x) { return server.web().id().apply(x, now); });
  if (path == "/consent")
    return perform(path, body, read_consent, [&](const auto& x) { return server.web().id().apply(x); });
  if (path == "/grants")
    return perform(path, body, read_grant, [&](const auto& x) -> result<json> {
      auto given = server.web().id().grant(x, now);
      if (!given)
        return given.error();
      return json{{"access_token", given->access_token}, {"refresh_token", given->refresh_token}};
    });
  if (path == "/settings")
    return perform(path, body, read_api_settings, [&](const auto& x) { return server.web().apply(x); });
  if (path == "/streams")
    return perform(path, body, read_stream, [&](const auto& x) { return server.web().helix().world().apply(x, now); });
  if (path == "/redemptions")
    return perform(path, body, read_redemption,
                   [&](const auto& x) { return server.web().helix().rewards().redeem(x, now); });
  if (path == "/events")
    return perform(path, body, read_trigger, [&](const auto& x) { return server.events().trigger(x, now); });
  if (path == "/pubsub")
    return perform(path, body, read_pubsub, [&](const auto& x) { return server.pubsub().publish(x, now); });
  if (path == "/pubsub_sockets")
    return perform(path, body, read_pubsub_sockets,
                   [&](const auto& x) { return result<size_t>{server.pubsub().apply(x, now)}; });
  if (path == "/revocations")
    return perform(path, body, read_revocation, [&](const auto& x) { return server.events().revoke(x, now); });
  if (path == "/webhooks")
    return perform(path, body, read_webhook_options, [&](const auto& x) {
      server.webhooks().set(x);
      return result<bool>{true};
    });
  if (path == "/event_sockets")
    return perform(path, body, read_event_sockets,
                   [&](const auto& x) { return result<size_t>{server.events().apply(x, now)}; });
  if (path == "/raid")
    return perform(path, body, read_raid, [&](auto x) { return server.raid(std::move(x)); });
  if (path == "/replays")
    return perform(path, body, read_replay, [&](auto x) -> result<uint64_t> {
      auto file = x.lines.empty() ? replay_file::load(x.file) : replay_file::parse(x.lines, "lines");
      if (!file)
        return file.error();
      return server.replay(std::make_shared<const replay_file>(std::move(*file)), std::move(x));
    });
  return refused({path, "there is nothing to be done; / lists what there is"}, 404);
}

http_answer remove(engine& server, std::string_view path, const parameters& query) {
  constexpr std::string_view tokens = "/tokens/";
  constexpr std::string_view replays = "/replays/";
  if (path == "/faults") {
    server.chat().clear_faults(clock::now());
    return ok({{"done", true}});
  }
  if (path == "/tokens" && query.has("login")) {
    auto count = server.chat().revoke_all(lower(query.get("login")), query.get("client_id"), clock::now());
    return ok({{"done", true}, {"result", count}});
  }
  auto done = false;
  if (path == "/tokens" && query.has("fingerprint")) {
    auto text = token_with(query.get("fingerprint"), server.chat().accounts().tokens());
    done = !text.empty() && server.chat().revoke(text, clock::now());
  } else if (path.starts_with(tokens)) {
    done = server.chat().revoke(path.substr(tokens.size()), clock::now());
  } else if (path.starts_with(replays)) {
    uint64_t number = 0;
    auto text = path.substr(replays.size());
    std::from_chars(text.data(), text.data() + text.size(), number);
    done = server.stop_replay(number);
  }
  return done ? ok({{"done", true}}) : refused({std::string{path}, "is nothing that could be removed"}, 404);
}

} // namespace

http_answer answer(engine& server, const http_request& request) {
  // Web pages that somebody visits can make the browser send requests here, but not without naming their origin.
  if (!request.origin.empty())
    return refused({request.origin, "web pages have no business here"}, 403);
  const auto& path = request.path;
  if (request.method == "GET" || request.method == "HEAD")
    return look(server, path, request.query);
  if (request.method == "DELETE")
    return remove(server, path, request.query);
  if (request.method != "POST")
    return refused({request.method, "only GET, POST and DELETE are known"}, 405);
  auto body = json::parse(request.body.empty() ? "{}" : request.body, nullptr, false);
  if (body.is_discarded())
    return refused({path, "the body is no JSON"});
  return act(server, path, body);
}

} // namespace creamery::simulator
