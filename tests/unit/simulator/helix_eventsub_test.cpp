#define CAF_SUITE simulator.helix_eventsub

#include "messages/eventsub/subscription_types.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;

namespace {

struct eventsub_fixture : test::web_fixture {
  eventsub_book& book = web.helix().eventsub().book();

  nlohmann::json webhook(const std::string& callback = "https://bot.example.org/callback") {
    return {{"method", "webhook"}, {"callback", callback}, {"secret", "a secret of some length"}};
  }

  nlohmann::json websocket(const std::string& id) {
    return {{"method", "websocket"}, {"session_id", id}};
  }

  http_answer subscribe(const std::string& token, const std::string& type, const std::string& version,
                        const nlohmann::json& condition, const nlohmann::json& transport) {
    return helix("POST", "eventsub/subscriptions", token,
                 {{"type", type}, {"version", version}, {"condition", condition}, {"transport", transport}});
  }

  /// A raid to somebody, over a webhook.
  http_answer watch_raids(const std::string& login, const std::string& callback = "https://bot.example.org/callback") {
    return subscribe(app_token(), "channel.raid", "1",
                     {{"to_broadcaster_user_id", id_of(login)}, {"from_broadcaster_user_id", ""}}, webhook(callback));
  }

  http_answer follow(const std::string& token, const std::string& channel, const std::string& moderator,
                     const nlohmann::json& transport) {
    return subscribe(token, "channel.follow", "2",
                     {{"broadcaster_user_id", id_of(channel)}, {"moderator_user_id", id_of(moderator)}}, transport);
  }

  nlohmann::json list(const std::string& token, const std::string& query = {}) {
    return json_of(helix("GET", "eventsub/subscriptions" + query, token));
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(eventsub_fixture)

SCENARIO("a webhook subscription is made, listed and deleted by an app") {
  auto made = watch_raids("ann");
  REQUIRE_EQ(made.status, 202u);
  auto body = json_of(made);
  CHECK_EQ(body["total"].get<int>(), 1);
  CHECK_EQ(body["max_total_cost"].get<int>(), 10'000);
  CHECK_EQ(body["total_cost"].get<int>(), 1);
  auto one = body["data"][0];
  CHECK_EQ(one["status"].get<std::string>(), "webhook_callback_verification_pending");
  CHECK_EQ(one["condition"].dump(), R"({"to_broadcaster_user_id":")" + id_of("ann") + "\"}");
  CHECK(made.body.find("a secret") == std::string::npos);
  auto id = one["id"].get<std::string>();
  auto app = app_token();
  CHECK_EQ(list(app)["data"].size(), 1u);
  CHECK_EQ(list(app, "?type=channel.raid")["data"].size(), 1u);
  CHECK_EQ(list(app, "?type=channel.follow")["data"].size(), 0u);
  CHECK_EQ(list(app, "?user_id=" + id_of("ann"))["data"].size(), 1u);
  CHECK_EQ(list(app, "?subscription_id=x")["data"].size(), 0u);
  CHECK_EQ(list(app, "?status=enabled&type=x")["status"].get<int>(), 400);
  CHECK_EQ(list("sim-ann")["data"].size(), 0u);
  CHECK_EQ(helix("DELETE", "eventsub/subscriptions?id=" + id, "sim-ann").status, 404u);
  CHECK_EQ(helix("DELETE", "eventsub/subscriptions", app).status, 400u);
  CHECK_EQ(helix("DELETE", "eventsub/subscriptions?id=" + id, app).status, 204u);
  CHECK_EQ(helix("DELETE", "eventsub/subscriptions?id=" + id, app).status, 404u);
}

SCENARIO("a WebSocket subscription needs a session, and one user for it") {
  auto refused = follow("sim-ann", "ann", "ann", websocket("s1"));
  CHECK_EQ(message_of(refused), "websocket transport session does not exist or has already disconnected");
  book.open_session("s1", now);
  auto made = follow("sim-ann", "ann", "ann", websocket("s1"));
  REQUIRE_EQ(made.status, 202u);
  CHECK_EQ(json_of(made)["max_total_cost"].get<int>(), 10);
  CHECK_EQ(json_of(made)["data"][0]["status"].get<std::string>(), "enabled");
  CHECK(json_of(made)["data"][0]["transport"].contains("connected_at"));
  auto other = follow("sim-bob", "bob", "bob", websocket("s1"));
  CHECK_EQ(message_of(other), "websocket transport cannot have subscriptions created by different users");
  book.close_session("s1", "websocket_disconnected");
  CHECK_EQ(list("sim-ann")["data"][0]["status"].get<std::string>(), "websocket_disconnected");
}

SCENARIO("transports need the right kind of token") {
  book.open_session("s1", now);
  const std::string wrong = "invalid transport and auth combination";
  CHECK_EQ(message_of(follow("sim-ann", "ann", "ann", webhook())), wrong);
  CHECK_EQ(message_of(follow(app_token(), "ann", "ann", websocket("s1"))), wrong);
  CHECK_EQ(
    message_of(subscribe("sim-ann", "user.authorization.grant", "1", {{"client_id", "sim-client"}}, websocket("s1"))),
    wrong);
  CHECK_EQ(subscribe(app_token(), "user.authorization.grant", "1", {{"client_id", "sim-client"}}, webhook()).status,
           202u);
  CHECK_EQ(subscribe(app_token(), "user.authorization.grant", "1", {{"client_id", "other"}}, webhook()).status, 403u);
}

SCENARIO("transports that make no sense are refused") {
  auto with = [&](const nlohmann::json& transport) {
    return subscribe(app_token(), "stream.online", "1", {{"broadcaster_user_id", id_of("ann")}}, transport).status;
  };
  for (auto callback :
       {"http://bot.example.org/", "https://bot.example.org:8443/", "https:///x", "ftp://localhost", "https://a b/"})
    CHECK_EQ(with(webhook(callback)), 400u);
  CHECK_EQ(with({{"method", "webhook"}, {"callback", "https://a.example.org/"}, {"secret", "short"}}), 400u);
  CHECK_EQ(with({{"method", "webhook"}, {"callback", "https://a.example.org/"}}), 400u);
  CHECK_EQ(with({{"method", "pigeon"}}), 400u);
  CHECK_EQ(with(nlohmann::json::object()), 400u);
  CHECK_EQ(with({{"method", "conduit"}}), 400u);
  CHECK_EQ(with({{"method", "conduit"}, {"conduit_id", "x"}}), 400u);
  CHECK_EQ(with({{"method", "websocket"}}), 400u);
  CHECK_EQ(with(webhook("https://bot.example.org:443/x")), 202u);
  CHECK_EQ(with(webhook("http://localhost:8080/x")), 202u);
}

SCENARIO("types, versions and conditions are checked") {
  auto app = app_token();
  auto status = [&](const std::string& type, const std::string& version, const nlohmann::json& condition) {
    return subscribe(app, type, version, condition, webhook()).status;
  };
  auto ann = nlohmann::json{{"broadcaster_user_id", id_of("ann")}};
  CHECK_EQ(status("channel.follow", "1", ann), 410u);
  CHECK_EQ(status("channel.unheard_of", "1", ann), 400u);
  CHECK_EQ(status("stream.online", "2", ann), 400u);
  CHECK_EQ(status("stream.online", "1", nlohmann::json::object()), 400u);
  CHECK_EQ(status("stream.online", "1", {{"broadcaster_user_id", "999"}}), 400u);
  CHECK_EQ(status("stream.online", "1", {{"broadcaster_user_id", 7}}), 400u);
  CHECK_EQ(status("stream.online", "1", {{"broadcaster_user_id", id_of("ann")}, {"other", "x"}}), 400u);
  CHECK_EQ(
    status("channel.raid", "1", {{"to_broadcaster_user_id", id_of("ann")}, {"from_broadcaster_user_id", id_of("bob")}}),
    400u);
  CHECK_EQ(helix("POST", "eventsub/subscriptions", app, {{"type", "stream.online"}}).status, 400u);
  CHECK_EQ(helix("POST", "eventsub/subscriptions", app, {{"type", "stream.online"}, {"version", "1"}}).status, 400u);
}

SCENARIO("every type of the bot's table is what Twitch knows: condition, scopes, cost and batches") {
  namespace ours = creamery::eventsub;
  grant("ann", {"chat:read"}); // she knows the application
  book.open_session("s1", now);
  for (const auto& type : ours::subscription_types()) {
    CAF_MESSAGE(std::string{type.name} + " " + std::string{type.version});
    auto ask = [&](const std::string& who, const std::string& token, bool is_batched) {
      auto by = ours::grantor_of(type);
      auto application = type.about == ours::subject::client || type.about == ours::subject::conduit
                           ? "sim-client"
                           : "an organization or extension";
      auto condition =
        ours::make_condition(type, {.broadcaster = id_of(who), .self = id_of(who), .client = application});
      nlohmann::json body{{"type", type.name},
                          {"version", type.version},
                          {"condition", condition},
                          {"transport", by == ours::grantor::application ? webhook() : websocket("s1")}};
      if (is_batched)
        body["is_batching_enabled"] = true;
      return helix("POST", "eventsub/subscriptions", by == ours::grantor::application ? app_token() : token, body);
    };
    const auto scopes = ours::missing_scopes(type, {});
    auto made = ask("ann", token("ann", scopes), type.is_batched);
    CHECK_EQ(made.status, 202u);
    if (made.status == 202u)
      CHECK_EQ(json_of(made)["data"][0]["cost"].get<unsigned>(), ours::cost_of(type, true));
    book.subscriptions.clear();
    for (const auto& missing : scopes) {
      auto others = scopes;
      std::erase(others, missing);
      CHECK_EQ(ask("ann", token("ann", others), type.is_batched).status, 403u);
    }
    if (type.is_batched)
      CHECK_EQ(ask("ann", "", false).status, 400u);
    if (ours::grantor_of(type) == ours::grantor::nobody) { // of a stranger
      auto dear = ask("bob", token("ann", {}), type.is_batched);
      REQUIRE_EQ(dear.status, 202u);
      CHECK_EQ(json_of(dear)["data"][0]["cost"].get<unsigned>(), ours::cost_of(type, false));
      book.subscriptions.clear();
    }
  }
}

SCENARIO("events need the consent of whom they are about") {
  const std::string refusal = "subscription missing proper authorization";
  auto app = app_token();
  auto refused = follow(app, "ann", "mod", webhook());
  CHECK_EQ(refused.status, 403u);
  CHECK_EQ(message_of(refused), refusal);
  (void)grant("mod", {"moderator:read:followers"});
  CHECK_EQ(message_of(follow(app, "ann", "mod", webhook())), refusal);
  make("ann", "mod", "moderator");
  auto made = follow(app, "ann", "mod", webhook());
  CHECK_EQ(made.status, 202u);
  CHECK_EQ(json_of(made)["data"][0]["cost"].get<int>(), 0);
  WHEN("a user's token is used") {
    book.open_session("s1", now);
    auto weak = token("mod", {"chat:read"});
    CHECK_EQ(message_of(follow(weak, "ann", "mod", websocket("s1"))), refusal);
    CHECK_EQ(message_of(follow("sim-ann", "ann", "mod", websocket("s1"))), refusal);
    CHECK_EQ(follow("sim-mod", "ann", "mod", websocket("s1")).status, 202u);
  }
}

SCENARIO("reading chat needs more with an app's token, and isn't for the banned") {
  auto app = app_token();
  auto read = [&](const std::string& token, const nlohmann::json& transport) {
    return subscribe(token, "channel.chat.message", "1",
                     {{"broadcaster_user_id", id_of("chan")}, {"user_id", id_of("bot")}}, transport)
      .status;
  };
  (void)grant("bot", {"user:read:chat"});
  CHECK_EQ(read(app, webhook()), 403u);
  (void)grant("bot", {"user:bot"});
  CHECK_EQ(read(app, webhook()), 403u);
  (void)grant("chan", {"channel:bot"});
  CHECK_EQ(read(app, webhook()), 202u);
  book.open_session("s1", now);
  CHECK_EQ(read("sim-bot", websocket("s1")), 202u);
  make("chan", "bot", "banned");
  book.open_session("s2", now);
  CHECK_EQ(read("sim-bot", websocket("s2")), 403u);
}

SCENARIO("the same again is a conflict, and alike ones are limited") {
  auto first = watch_raids("ann");
  REQUIRE_EQ(first.status, 202u);
  auto again = watch_raids("ann");
  CHECK_EQ(again.status, 409u);
  CHECK_EQ(message_of(again), "subscription already exists");
  CHECK_EQ(json_of(again)["id"], json_of(first)["data"][0]["id"]);
  CHECK_EQ(watch_raids("ann", "https://bot.example.org/2").status, 202u);
  CHECK_EQ(watch_raids("ann", "https://bot.example.org/3").status, 202u);
  auto fourth = watch_raids("ann", "https://bot.example.org/4");
  CHECK_EQ(fourth.status, 429u);
  CHECK_EQ(message_of(fourth), "maximum subscriptions with type and condition exceeded");
}

SCENARIO("WebSockets are limited in number and in cost") {
  for (auto id : {"s1", "s2", "s3", "s4"})
    book.open_session(id, now);
  auto text = token("ann", {});
  auto online = [&](const std::string& login, const std::string& session) {
    return subscribe(text, "stream.online", "1", {{"broadcaster_user_id", id_of(login)}}, websocket(session));
  };
  for (auto id : {"s1", "s2", "s3"})
    CHECK_EQ(online("ann", id).status, 202u);
  CHECK_EQ(message_of(online("ann", "s4")), "maximum subscriptions with type and condition exceeded");
  CHECK_EQ(message_of(online("bob", "s4")), "number of websocket transports limit exceeded");
  for (int i = 0; i < 10; ++i)
    CHECK_EQ(online("stranger" + std::to_string(i), "s1").status, 202u);
  CHECK_EQ(message_of(online("one_more", "s1")), "maximum total cost exceeded");
}

SCENARIO("conduits are made, resized and removed by their client") {
  auto app = app_token();
  auto conduits = [&](const std::string& method, const nlohmann::json& body = nullptr, const std::string& query = {}) {
    return helix(method, "eventsub/conduits" + query, app, body);
  };
  auto made = conduits("POST", {{"shard_count", 2}});
  REQUIRE_EQ(made.status, 200u);
  auto id = json_of(made)["data"][0]["id"].get<std::string>();
  CHECK_EQ(json_of(conduits("PATCH", {{"id", id}, {"shard_count", 5}}))["data"][0]["shard_count"].get<int>(), 5);
  CHECK_EQ(json_of(conduits("GET"))["data"].size(), 1u);
  CHECK_EQ(conduits("PATCH", {{"id", "x"}, {"shard_count", 5}}).status, 404u);
  CHECK_EQ(conduits("PATCH", {{"shard_count", 5}}).status, 400u);
  CHECK_EQ(conduits("POST", {{"shard_count", 0}}).status, 400u);
  CHECK_EQ(conduits("POST", {{"shard_count", 20'001}}).status, 400u);
  CHECK_EQ(conduits("POST", nlohmann::json::object()).status, 400u);
  CHECK_EQ(json_of(conduits("PATCH", nullptr, "?shard_count=7&id=" + id))["data"][0]["shard_count"].get<int>(), 7);
  CHECK_EQ(conduits("PATCH", nullptr, "?shard_count=many&id=" + id).status, 400u);
  for (int i = 1; i < 5; ++i)
    CHECK_EQ(conduits("POST", {{"shard_count", 1}}).status, 200u);
  CHECK_EQ(conduits("POST", {{"shard_count", 1}}).status, 429u);
  CHECK_EQ(subscribe(app, "stream.online", "1", {{"broadcaster_user_id", id_of("ann")}},
                     {{"method", "conduit"}, {"conduit_id", id}})
             .status,
           202u);
  CHECK_EQ(list(app, "?conduit_id=" + id)["data"].size(), 1u);
  CHECK_EQ(conduits("DELETE").status, 400u);
  CHECK_EQ(conduits("DELETE", nullptr, "?id=" + id).status, 204u);
  CHECK_EQ(conduits("DELETE", nullptr, "?id=" + id).status, 404u);
  CHECK_EQ(list(app)["data"].size(), 0u);
}

SCENARIO("shards are set one by one, and what is wrong with some is told") {
  auto app = app_token();
  auto id = json_of(helix("POST", "eventsub/conduits", app, {{"shard_count", 2}}))["data"][0]["id"].get<std::string>();
  book.open_session("s1", now);
  auto answer = helix("PATCH", "eventsub/conduits/shards", app,
                      {{"conduit_id", id},
                       {"shards",
                        {{{"id", "0"}, {"transport", websocket("s1")}},
                         {{"id", "1"}, {"transport", webhook()}},
                         {{"id", "2"}, {"transport", webhook()}},
                         {{"id", "00"}, {"transport", webhook()}},
                         {{"id", "1"}, {"transport", websocket("gone")}},
                         "nonsense"}}});
  CHECK_EQ(answer.status, 202u);
  CHECK_EQ(json_of(answer)["data"].size(), 2u);
  REQUIRE_EQ(json_of(answer)["errors"].size(), 4u);
  CHECK_EQ(json_of(answer)["errors"][0]["id"].get<std::string>(), "2");
  CHECK_EQ(json_of(answer)["errors"][2]["message"].get<std::string>(),
           "websocket transport session does not exist or has already disconnected");
  auto shards = json_of(helix("GET", "eventsub/conduits/shards?conduit_id=" + id, app))["data"];
  REQUIRE_EQ(shards.size(), 2u);
  CHECK_EQ(shards[0]["transport"]["session_id"].get<std::string>(), "s1");
  CHECK_EQ(shards[1]["status"].get<std::string>(), "webhook_callback_verification_pending");
  auto enabled = helix("GET", "eventsub/conduits/shards?status=enabled&conduit_id=" + id, app);
  CHECK_EQ(json_of(enabled)["data"].size(), 1u);
  book.close_session("s1", "websocket_disconnected");
  shards = json_of(helix("GET", "eventsub/conduits/shards?conduit_id=" + id, app))["data"];
  CHECK_EQ(shards[0]["status"].get<std::string>(), "websocket_disconnected");
  CHECK_EQ(helix("GET", "eventsub/conduits/shards?conduit_id=x", app).status, 404u);
  CHECK_EQ(helix("GET", "eventsub/conduits/shards", app).status, 400u);
  CHECK_EQ(helix("PATCH", "eventsub/conduits/shards", app, {{"conduit_id", "x"}}).status, 404u);
  CHECK_EQ(helix("PATCH", "eventsub/conduits/shards", app, {{"conduit_id", id}}).status, 400u);
}

END_FIXTURE_SCOPE()
