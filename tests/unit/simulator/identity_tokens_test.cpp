#define CAF_SUITE simulator.identity_tokens

#include "simulator/scopes.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct tokens_fixture : test::web_fixture {
  http_answer refresh(const std::string& token, const std::string& client = "client_id=sim-client"
                                                                            "&client_secret=sim-secret") {
    return post("/oauth2/token", "grant_type=refresh_token&refresh_token=" + url_encoded(token) + "&" + client);
  }

  http_answer validate(const std::string& token, const std::string& scheme = "OAuth ") {
    return ask("GET", "/oauth2/validate", scheme + token);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(tokens_fixture)

SCENARIO("requests that lack something are told what") {
  struct {
    std::string form;
    unsigned status;
    std::string message;
  } const cases[] = {
    {"", 400, "missing client id"},
    {"client_id=nobody&grant_type=refresh_token", 400, "invalid client"},
    {"client_id=sim-client&client_secret=sim-secret", 400, "missing grant type"},
    {"client_id=sim-client&grant_type=refresh_token", 400, "missing client secret"},
    {"client_id=sim-client&grant_type=client_credentials", 400, "missing client secret"},
    {"client_id=sim-client&client_secret=x&grant_type=client_credentials", 403, "invalid client secret"},
    {"client_id=sim-public&client_secret=x&grant_type=refresh_token", 403, "invalid client secret"},
    {"client_id=sim-client&client_secret=sim-secret&grant_type=magic", 400, "invalid grant type"},
    {"client_id=sim-client&client_secret=sim-secret&grant_type=refresh_token", 400, "missing refresh token"},
    {"client_id=sim-client&client_secret=sim-secret&grant_type=authorization_code", 400, "missing code"},
    {"client_id=sim-client&client_secret=sim-secret&grant_type=authorization_code&code=x", 400, "missing redirect uri"},
    {"client_id=sim-public&grant_type=client_credentials", 400, "invalid client"},
    {"client_id=sim-public&grant_type=authorization_code&code=x", 400, "invalid client"},
  };

  for (const auto& [form, status, message] : cases) {
    auto answer = post("/oauth2/token", form);
    CHECK_EQ(answer.status, status);
    CHECK_EQ(json_of(answer).dump(), (nlohmann::json{{"status", status}, {"message", message}}.dump()));
  }
}

SCENARIO("a refresh gives a new access token and keeps the refresh token") {
  auto given = grant("ann", {"chat:read"});
  auto made = refresh(given.refresh_token);
  REQUIRE_EQ(made.status, 200u);
  auto body = json_of(made);
  CHECK_EQ(body["refresh_token"].get<std::string>(), given.refresh_token);
  CHECK_NE(body["access_token"].get<std::string>(), given.access_token);
  CHECK_EQ(body["scope"].dump(), R"(["chat:read"])");
  CHECK_EQ(validate(given.access_token).status, 200u);
  CHECK_EQ(validate(body["access_token"].get<std::string>()).status, 200u);
  CHECK_EQ(chat.counters().refreshes, 1u);
  CHECK_EQ(chat.counters().refresh_tokens_rotated, 0u);
  CHECK_EQ(chat.counters().api.at("ann").refreshes, 1u);
  CHECK(logged("refresh", "\"verdict\":\"granted\",\"status\":200,\"rotated\":false"));
  CHECK(!logged("refresh", given.refresh_token));
}

SCENARIO("fifty tokens of one refresh token are good, the oldest ends") {
  auto given = grant("ann", {});
  for (int i = 0; i < 50; ++i)
    CHECK_EQ(refresh(given.refresh_token).status, 200u);
  CHECK_EQ(validate(given.access_token).status, 401u);
}

SCENARIO("a client that rotates gets another refresh token each time, and the old one ends") {
  register_client("mine", "s", true);
  auto given = grant("ann", {}, "mine");
  const std::string who = "client_id=mine&client_secret=s";
  auto next = json_of(refresh(given.refresh_token, who))["refresh_token"].get<std::string>();
  CHECK_NE(next, given.refresh_token);
  CHECK_EQ(chat.counters().refresh_tokens_rotated, 1u);
  CHECK(logged("refresh", "\"rotated\":true"));
  auto again = refresh(given.refresh_token, who);
  CHECK_EQ(again.status, 400u);
  CHECK_EQ(json_of(again).dump(), R"({"error":"Bad Request","message":"Invalid refresh token","status":400})");
  CHECK_EQ(chat.counters().api.at("ann").refreshes_refused, 1u);
  CHECK_EQ(chat.counters().refused_refresh_token_uses, 0u);
  (void)refresh(given.refresh_token, who);
  CHECK_EQ(chat.counters().api.at("ann").refused_refresh_token_uses, 1u);
  CHECK_EQ(refresh(next, who).status, 200u);
}

SCENARIO("public clients always rotate, without a secret, and not after 30 days") {
  auto given = grant("ann", {}, "sim-public");
  auto next = json_of(refresh(given.refresh_token, "client_id=sim-public"))["refresh_token"].get<std::string>();
  CHECK_NE(next, given.refresh_token);
  CHECK_EQ(refresh(given.refresh_token, "client_id=sim-public").status, 400u);
  now += 24h * 30;
  CHECK_EQ(message_of(refresh(next, "client_id=sim-public")), "Invalid refresh token");
}

SCENARIO("refresh tokens of others are invalid, and a bad secret costs nothing") {
  register_client("mine", "s", true);
  auto given = grant("ann", {}, "mine");
  CHECK_EQ(message_of(refresh(given.refresh_token)), "Invalid refresh token");
  CHECK_EQ(refresh(given.refresh_token, "client_id=mine&client_secret=wrong").status, 403u);
  CHECK_EQ(message_of(refresh("made up")), "Invalid refresh token");
  CHECK_EQ(chat.counters().refreshes_refused, 3u);
  CHECK_EQ(chat.counters().api.at("").refreshes_refused, 1u);
  CHECK_EQ(refresh(given.refresh_token, "client_id=mine&client_secret=s").status, 200u);
}

SCENARIO("app tokens are nobody's and can't be refreshed") {
  auto text = app_token();
  auto body = json_of(validate(text));
  CHECK_EQ(body["client_id"].get<std::string>(), "sim-client");
  CHECK(body["scopes"].is_null());
  CHECK(!body.contains("login"));
  CHECK_EQ(body["expires_in"].get<int>(), 58 * 24 * 3600);
  CHECK_EQ(refresh(text).status, 400u);
  auto& bot = connect();
  type(bot, "PASS oauth:" + text);
  type(bot, "NICK ann");
  CHECK(bot.saw("Login authentication failed"));
}

SCENARIO("validating tells whose token it is and what it may") {
  auto body = json_of(validate(token("ann", {"chat:read"}), "Bearer "));
  CHECK_EQ(body["login"].get<std::string>(), "ann");
  CHECK_EQ(body["user_id"].get<std::string>(), id_of("ann"));
  CHECK_EQ(body["client_id"].get<std::string>(), "sim-client");
  CHECK_EQ(body["scopes"].dump(), R"(["chat:read"])");
  CHECK_EQ(body["expires_in"].get<int>(), 14'400);
  CHECK_EQ(json_of(validate("sim-bob"))["scopes"].size(), all_scopes().size());
  CHECK_EQ(json_of(validate("nonsense")).dump(), R"({"message":"invalid access token","status":401})");
  CHECK_EQ(get("/oauth2/validate").status, 401u);
  CHECK_EQ(chat.counters().validations, 4u);
  CHECK_EQ(chat.counters().unauthorized, 2u);
}

SCENARIO("expired tokens are refused everywhere") {
  api_settings_request settings;
  settings.token_life = 3s;
  REQUIRE(web.apply(settings));
  auto text = json_of(refresh(grant("ann", {"chat:read"}).refresh_token))["access_token"].get<std::string>();
  CHECK_EQ(json_of(validate(text))["expires_in"].get<int>(), 3);
  now += 3s;
  CHECK_EQ(validate(text).status, 401u);
  CHECK_EQ(message_of(helix("GET", "users", text)), "Invalid OAuth token");
  CHECK_EQ(message_of(post("/oauth2/revoke", "client_id=sim-client&token=" + text)), "Invalid token");
  auto& bot = connect();
  type(bot, "PASS oauth:" + text);
  type(bot, "NICK ann");
  CHECK(bot.saw("Login authentication failed"));
}

SCENARIO("a revoked token is refused everywhere, and its connection is thrown out") {
  auto given = grant("ann", {"chat:read"});
  auto& bot = connect();
  type(bot, "PASS oauth:" + given.access_token);
  type(bot, "NICK ann");
  REQUIRE(bot.saw(" 001 "));
  auto done = post("/oauth2/revoke", "client_id=sim-client&token=" + given.access_token);
  CHECK_EQ(done.status, 200u);
  CHECK_EQ(done.body, "");
  CHECK(bot.saw("Login authentication failed"));
  CHECK(bot.finished);
  CHECK_EQ(validate(given.access_token).status, 401u);
  CHECK_EQ(message_of(post("/oauth2/revoke", "client_id=sim-client&token=" + given.access_token)), "Invalid token");
  THEN("its refresh token is still good") {
    CHECK_EQ(refresh(given.refresh_token).status, 200u);
  }
}

SCENARIO("revoking needs the right client") {
  register_client("mine", "s");
  auto text = token("ann", {});
  auto revoke = [&](const std::string& form) { return post("/oauth2/revoke", form); };
  CHECK_EQ(message_of(revoke("token=" + text)), "missing client id");
  CHECK_EQ(message_of(revoke("client_id=sim-client")), "missing oauth token");
  CHECK_EQ(revoke("client_id=nobody&token=" + text).status, 404u);
  CHECK_EQ(message_of(revoke("client_id=nobody&token=" + text)), "client does not exist");
  CHECK_EQ(message_of(revoke("client_id=mine&token=" + text)), "Invalid token");
  CHECK_EQ(message_of(revoke("client_id=sim-client&token=none")), "Invalid token");
  CHECK_EQ(validate(text).status, 200u);
}

SCENARIO("an account that disconnects an application takes all its tokens away") {
  auto given = grant("ann", {"chat:read"});
  auto& bot = enter("ann");
  CHECK_EQ(chat.revoke_all("ann", {}, now), 2u);
  CHECK(bot.finished);
  CHECK_EQ(validate("sim-ann").status, 401u);
  CHECK_EQ(refresh(given.refresh_token).status, 400u);
  CHECK_EQ(chat.counters().tokens_revoked, 2u);
}

SCENARIO("grants that can't be are refused with a reason") {
  auto refused = [&](grant_request request) {
    auto given = web.id().grant(request, now);
    return given ? std::string{} : to_string(given.error());
  };
  CHECK_EQ(refused({"ann", "nobody", {}, {}}), "grant to 'nobody': there is no such client");
  CHECK_EQ(refused({"not a login", "sim-client", {}, {}}), "grant to 'sim-client': there is no account 'not a login'");
  CHECK_EQ(refused({"ann", "sim-client", {"all"}, {}}), "grant to 'sim-client': 'all' is no scope");
}

END_FIXTURE_SCOPE()
