#define CAF_SUITE simulator.helix_api

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

BEGIN_FIXTURE_SCOPE(test::web_fixture)

SCENARIO("a call needs a token, a good one, and the client it belongs to") {
  auto refused = [&](const std::string& authorization, const std::string& client) {
    auto answer = ask("GET", "/helix/users", authorization, client);
    CHECK_EQ(answer.status, 401u);
    return message_of(answer);
  };
  CHECK_EQ(refused("", "sim-client"), "OAuth token is missing");
  CHECK_EQ(refused("OAuth sim-ann", "sim-client"), "OAuth token is missing");
  CHECK_EQ(refused("Bearer nonsense", "sim-client"), "Invalid OAuth token");
  CHECK_EQ(refused("Bearer sim-ann", "other"), "Client ID and OAuth token do not match");
  CHECK_EQ(refused("Bearer sim-ann", ""), "Client ID and OAuth token do not match");
  CHECK_EQ(ask("GET", "/helix/users", "Bearer sim-ann", "sim-client").status, 200u);
}

SCENARIO("a call needs the right kind of token and a scope") {
  CHECK_EQ(message_of(helix("GET", "moderation/moderators?broadcaster_id=1", app_token())), "Missing User OAUTH Token");
  CHECK_EQ(message_of(helix("GET", "eventsub/conduits", "sim-ann")), "App access token required");
  auto text = token("ann", {"chat:read"});
  auto answer = helix("GET", "moderation/moderators?broadcaster_id=" + id_of("ann"), text);
  CHECK_EQ(answer.status, 401u);
  CHECK_EQ(message_of(answer), "Missing scope: moderation:read or channel:manage:moderators");
}

SCENARIO("what isn't there is answered as on Twitch") {
  for (auto target : {"nothing", "users/", "", "users/me"}) {
    auto answer = helix("GET", target, "sim-ann");
    CHECK_EQ(json_of(answer).dump(), R"({"error":"Not Found","message":"","status":404})");
    CHECK_EQ(header(answer, "Ratelimit-Limit"), "800");
  }
  CHECK_EQ(helix("DELETE", "users", "sim-ann").status, 404u);
  CHECK_EQ(get("/helix").status, 404u);
}

SCENARIO("a body must be a JSON object") {
  for (auto body : {"no json", "[1]", "3"}) {
    auto answer = ask("POST", "/helix/chat/messages", "Bearer sim-ann", "sim-client", body);
    CHECK_EQ(answer.status, 400u);
    CHECK_EQ(message_of(answer), "The request's body is not a JSON object.");
  }
}

SCENARIO("a body may be nested as deep as it likes") {
  std::string deep(100'000, '[');
  deep.append(100'000, ']');
  for (auto name : {"condition", "transport", "message", "data"}) {
    auto body = R"({"type": "stream.online", "version": "1", ")" + std::string{name} + "\": " + deep + "}";
    for (auto path : {"eventsub/subscriptions", "chat/messages"})
      CHECK_EQ(ask("POST", "/helix/" + std::string{path}, "Bearer sim-ann", "sim-client", body).status, 400u);
  }
}

SCENARIO("each client and user has a bucket of points, and every answer tells what is in it") {
  api_settings_request settings;
  settings.rate_limit = 3;
  REQUIRE(web.apply(settings));
  CHECK_EQ(header(helix("GET", "users", "sim-ann"), "Ratelimit-Remaining"), "2");
  CHECK_EQ(header(helix("GET", "users", "sim-ann"), "Ratelimit-Remaining"), "1");
  CHECK_EQ(helix("GET", "users", "sim-ann").status, 200u);
  auto empty = helix("GET", "users", "sim-ann");
  CHECK_EQ(empty.status, 429u);
  CHECK_EQ(header(empty, "Ratelimit-Limit"), "3");
  CHECK_EQ(header(empty, "Ratelimit-Remaining"), "0");
  CHECK_EQ(header(empty, "Ratelimit-Reset"), std::to_string((now + 60s).time_since_epoch() / 1s));
  CHECK_EQ(helix("GET", "users", "sim-bob").status, 200u);
  CHECK_EQ(helix("GET", "users?login=ann", app_token()).status, 200u);
  CHECK_EQ(chat.counters().too_many_requests, 1u);
  now += 20s;
  CHECK_EQ(helix("GET", "users", "sim-ann").status, 200u);
  CHECK_EQ(helix("GET", "users", "sim-ann").status, 429u);
}

SCENARIO("sending messages has a bucket of its own") {
  api_settings_request settings;
  settings.rate_limit = 0;
  settings.send_rate_limit = 5;
  REQUIRE(web.apply(settings));
  auto answer = helix("POST", "chat/messages", "sim-ann",
                      {{"broadcaster_id", id_of("ann")}, {"sender_id", id_of("ann")}, {"message", "hi"}});
  CHECK_EQ(answer.status, 200u);
  CHECK_EQ(header(answer, "Ratelimit-Limit"), "5");
  CHECK_EQ(helix("GET", "users", "sim-ann").status, 429u);
}

SCENARIO("long lists come in pages") {
  for (int i = 0; i < 25; ++i)
    make("ann", "mod" + std::to_string(i), "moderator");
  auto base = "moderation/moderators?broadcaster_id=" + id_of("ann");
  std::string cursor;
  size_t count = 0;
  std::vector<size_t> sizes;
  do {
    auto page = json_of(helix("GET", base + (cursor.empty() ? "" : "&after=" + cursor), "sim-ann"));
    sizes.push_back(page["data"].size());
    count += page["data"].size();
    cursor = page["pagination"].value("cursor", std::string{});
  } while (!cursor.empty());
  CHECK_EQ(sizes, (std::vector<size_t>{20, 5}));
  CHECK_EQ(json_of(helix("GET", base + "&first=100", "sim-ann"))["data"].size(), 25u);
  for (auto bad : {"&first=0", "&first=101", "&first=x", "&after=tomorrow"})
    CHECK_EQ(helix("GET", base + bad, "sim-ann").status, 400u);
}

END_FIXTURE_SCOPE()
