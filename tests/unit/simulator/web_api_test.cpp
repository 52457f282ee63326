#define CAF_SUITE simulator.web_api

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct api_fixture : test::web_fixture {
  void cause(fault_kind kind, const std::string& path, unsigned count = 1, unsigned status = 0) {
    fault what;
    what.kind = kind;
    what.path = path;
    what.count = count;
    what.status = status;
    what.latency = kind == fault_kind::http_slow ? 250ms : 0ms;
    if (auto done = chat.cause(what, now); !done)
      FAIL(to_string(done.error()));
  }

  http_answer refresh(const std::string& token) {
    return post("/oauth2/token", "grant_type=refresh_token&client_id=mine&client_secret=s&refresh_token=" + token);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(api_fixture)

SCENARIO("a status fault answers instead of Twitch, where and as often as it was told to") {
  auto text = token("ann", {});
  cause(fault_kind::http_status, "/helix/users", 2, 401);
  CHECK_EQ(helix("GET", "streams", text).status, 200u);
  auto refused = helix("GET", "users", text);
  CHECK_EQ(json_of(refused).dump(), R"({"error":"Unauthorized","message":"Invalid OAuth token","status":401})");
  CHECK_EQ(chat.counters().refused_token_uses, 0u);
  CHECK_EQ(helix("GET", "users", text).status, 401u);
  CHECK_EQ(chat.counters().refused_token_uses, 1u);
  CHECK_EQ(helix("GET", "users", text).status, 200u);
  CHECK_EQ(chat.counters().faults, 2u);
  CHECK_EQ(chat.counters().unauthorized, 2u);
  CHECK(
    logged("fault", "\"kind\":\"http_status\",\"path\":\"/helix/users\",\"client\":\"sim-client\",\"login\":\"ann\""));
  CHECK(logged("api_call", "\"path\":\"/helix/users\",\"status\":401,\"client\":\"sim-client\",\"login\":\"ann\""));
}

SCENARIO("a status fault at the identity server has its kind of body") {
  cause(fault_kind::http_status, "/oauth2", 1, 503);
  CHECK_EQ(json_of(get("/oauth2/validate")).dump(), R"({"message":"Service Unavailable","status":503})");
}

SCENARIO("a 429 tells when to come back") {
  fault what;
  what.kind = fault_kind::http_status;
  what.status = 429;
  what.reset = 7s;
  what.text = "slow down";
  REQUIRE(chat.cause(what, now));
  auto answer = helix("GET", "users", "sim-ann");
  CHECK_EQ(message_of(answer), "slow down");
  CHECK_EQ(header(answer, "Ratelimit-Remaining"), "0");
  CHECK_EQ(header(answer, "Ratelimit-Reset"), std::to_string((now + 7s).time_since_epoch() / 1s));
  CHECK_EQ(chat.counters().too_many_requests, 1u);
}

SCENARIO("a lost answer is that of a request that was carried out") {
  register_client("mine", "s", true);
  auto given = grant("ann", {}, "mine");
  cause(fault_kind::http_lost, "/oauth2/token");
  auto lost = refresh(given.refresh_token);
  CHECK(lost.fate == answer_fate::lost);
  CHECK_EQ(chat.counters().answers_lost, 1u);
  CHECK_EQ(chat.counters().refresh_tokens_rotated, 1u);
  CHECK_EQ(message_of(refresh(given.refresh_token)), "Invalid refresh token");
  CHECK(logged("api_call", "\"answer\":\"lost\""));
}

SCENARIO("a cut strikes before anything is done, or in the middle of the answer") {
  register_client("mine", "s", true);
  auto given = grant("ann", {}, "mine");
  cause(fault_kind::http_cut, "/oauth2/token");
  CHECK(refresh(given.refresh_token).fate == answer_fate::dropped);
  CHECK_EQ(chat.counters().refresh_tokens_rotated, 0u);
  CHECK_EQ(chat.counters().requests_dropped, 1u);
  fault middle;
  middle.kind = fault_kind::http_cut;
  middle.at = cut_place::middle;
  middle.count = 1;
  REQUIRE(chat.cause(middle, now));
  auto half = refresh(given.refresh_token);
  CHECK(half.fate == answer_fate::cut);
  CHECK_EQ(half.status, 200u);
  CHECK_EQ(chat.counters().answers_cut, 1u);
}

SCENARIO("a slow answer is held back") {
  cause(fault_kind::http_slow, "");
  CHECK(get("/oauth2/validate").delay == 250ms);
  CHECK(get("/oauth2/validate").delay == 0ms);
}

SCENARIO("faults know clients and accounts") {
  register_client("mine", "s");
  fault what;
  what.kind = fault_kind::http_status;
  what.status = 500;
  what.client = "mine";
  REQUIRE(chat.cause(what, now));
  CHECK_EQ(post("/oauth2/token", "client_id=sim-client").status, 400u);
  CHECK_EQ(post("/oauth2/token", "client_id=mine").status, 500u);
  chat.clear_faults(now);
  what.client.clear();
  what.login = "ann";
  REQUIRE(chat.cause(what, now));
  CHECK_EQ(helix("GET", "users", "sim-bob").status, 200u);
  CHECK_EQ(helix("GET", "users", "sim-ann").status, 500u);
  auto given = grant("ann", {}, "mine");
  CHECK_EQ(refresh(given.refresh_token).status, 500u);
}

SCENARIO("who goes on with a token that was refused is counted") {
  auto text = token("ann", {});
  REQUIRE(chat.revoke(text, now));
  for (int i = 0; i < 3; ++i)
    CHECK_EQ(helix("GET", "users", text).status, 401u);
  CHECK_EQ(chat.counters().refused_token_uses, 2u);
  CHECK_EQ(chat.counters().api.at("ann").refused_token_uses, 2u);
  CHECK_EQ(chat.counters().api.at("ann").unauthorized, 3u);
  CHECK_EQ(chat.counters().api.at("ann").helix_calls, 3u);
  // A scope that is missing says nothing against the token.
  auto other = token("bob", {});
  for (int i = 0; i < 2; ++i)
    CHECK_EQ(helix("GET", "channels/vips?broadcaster_id=1", other).status, 401u);
  CHECK_EQ(chat.counters().api.at("bob").refused_token_uses, 0u);
}

SCENARIO("settings that make no sense are refused") {
  api_settings_request settings;
  settings.token_life = 0s;
  CHECK(!web.apply(settings));
  settings.token_life = 1s;
  settings.rate_limit = 3;
  REQUIRE(web.apply(settings));
  CHECK_EQ(web.settings().rate_limit, 3u);
  CHECK(web.settings().token_life == 1s);
}

END_FIXTURE_SCOPE()
