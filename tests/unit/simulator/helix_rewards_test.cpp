#define CAF_SUITE simulator.helix_rewards

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;

namespace {

struct rewards_fixture : test::web_fixture {
  const std::string path = "channel_points/custom_rewards?broadcaster_id=" + id_of("ann");
  const std::string redemptions = "channel_points/custom_rewards/redemptions?broadcaster_id=" + id_of("ann");

  http_answer make_reward(nlohmann::json body) {
    return helix("POST", path, "sim-ann", body);
  }

  std::string reward(const std::string& title) {
    return json_of(make_reward({{"title", title}, {"cost", 100}}))["data"][0]["id"].get<std::string>();
  }

  unsigned change(const std::string& id, const nlohmann::json& body) {
    return helix("PATCH", path + "&id=" + id, "sim-ann", body).status;
  }

  creamery::result<std::string> redeem(const std::string& id, const std::string& input = {}) {
    return web.helix().rewards().redeem({"ann", "viewer", id, input}, now);
  }

  http_answer settle(const std::string& reward, const std::string& ids, const std::string& status) {
    return helix("PATCH", redemptions + "&reward_id=" + reward + ids, "sim-ann", {{"status", status}});
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(rewards_fixture)

SCENARIO("rewards are made, shown, changed and removed") {
  auto id = reward("Hydrate");
  CHECK_EQ(json_of(helix("GET", path, "sim-ann"))["data"].size(), 1u);
  CHECK_EQ(change(id, {{"cost", 5}, {"is_global_cooldown_enabled", true}, {"global_cooldown_seconds", 60}}), 200u);
  auto shown = json_of(helix("GET", path + "&id=" + id, "sim-ann"))["data"][0];
  CHECK_EQ(shown["cost"].get<int>(), 5);
  CHECK_EQ(shown["global_cooldown_setting"]["global_cooldown_seconds"].get<int>(), 60);
  CHECK_EQ(shown["title"].get<std::string>(), "Hydrate");
  CHECK_EQ(helix("DELETE", path + "&id=" + id, "sim-ann").status, 204u);
  CHECK_EQ(helix("DELETE", path + "&id=" + id, "sim-ann").status, 404u);
  CHECK_EQ(helix("GET", path + "&id=" + id, "sim-ann").status, 404u);
  CHECK_EQ(helix("DELETE", path, "sim-ann").status, 400u);
}

SCENARIO("rewards that make no sense are refused") {
  auto id = reward("Hydrate");
  CHECK_EQ(make_reward({{"title", "Hydrate"}, {"cost", 1}}).status, 400u);
  CHECK_EQ(make_reward({{"title", std::string(46, 'x')}, {"cost", 1}}).status, 400u);
  CHECK_EQ(make_reward({{"title", "x"}, {"cost", 0}}).status, 400u);
  CHECK_EQ(make_reward({{"title", "x"}}).status, 400u);
  CHECK_EQ(make_reward({{"cost", 1}}).status, 400u);
  CHECK_EQ(make_reward({{"title", "x"}, {"cost", 1}, {"prompt", std::string(201, 'x')}}).status, 400u);
  CHECK_EQ(make_reward({{"title", "x"}, {"cost", 1}, {"is_max_per_stream_enabled", true}}).status, 400u);
  CHECK_EQ(change(id, {{"cost", "much"}}), 400u);
  CHECK_EQ(change("x", {{"cost", 1}}), 404u);
  CHECK_EQ(helix("GET", path, "sim-bob").status, 401u);
  for (int i = 1; i < 50; ++i)
    CHECK_EQ(make_reward({{"title", std::to_string(i)}, {"cost", 1}}).status, 200u);
  CHECK_EQ(make_reward({{"title", "x"}, {"cost", 1}}).status, 400u);
}

SCENARIO("only the client that made a reward may change it") {
  auto id = reward("Hydrate");
  register_client("mine", "s");
  auto other = grant("ann", {"channel:manage:redemptions"}, "mine").access_token;
  auto ask_other = [&](const std::string& method, const std::string& target) {
    return ask(method, "/helix/" + target, "Bearer " + other, "mine", "{}");
  };
  CHECK_EQ(ask_other("PATCH", path + "&id=" + id).status, 403u);
  CHECK_EQ(ask_other("DELETE", path + "&id=" + id).status, 403u);
  CHECK_EQ(ask_other("GET", redemptions + "&status=UNFULFILLED&reward_id=" + id).status, 403u);
  CHECK_EQ(json_of(ask_other("GET", path))["data"].size(), 1u);
  CHECK_EQ(json_of(ask_other("GET", path + "&only_manageable_rewards=true"))["data"].size(), 0u);
}

SCENARIO("redemptions wait until they are fulfilled or canceled") {
  auto id = reward("Hydrate");
  auto first = redeem(id, "now");
  auto second = redeem(id);
  REQUIRE(first);
  REQUIRE(second);
  auto waiting = json_of(helix("GET", redemptions + "&status=UNFULFILLED&reward_id=" + id, "sim-ann"))["data"];
  REQUIRE_EQ(waiting.size(), 2u);
  CHECK_EQ(waiting[0]["user_input"].get<std::string>(), "now");
  CHECK_EQ(waiting[0]["reward"]["title"].get<std::string>(), "Hydrate");
  CHECK_EQ(settle(id, "&id=" + *first, "FULFILLED").status, 200u);
  CHECK_EQ(settle(id, "&id=" + *first, "CANCELED").status, 404u);
  CHECK_EQ(settle(id, "&id=" + *second, "DONE").status, 400u);
  CHECK_EQ(settle(id, "", "CANCELED").status, 400u);
  CHECK_EQ(json_of(settle(id, "&id=" + *first + "&id=" + *second, "CANCELED"))["data"].size(), 1u);
  CHECK_EQ(helix("GET", redemptions + "&reward_id=" + id, "sim-ann").status, 400u);
  CHECK_EQ(helix("GET", redemptions + "&status=OPEN&reward_id=" + id, "sim-ann").status, 400u);
  CHECK_EQ(helix("GET", redemptions + "&reward_id=" + id + "&id=x", "sim-ann").status, 404u);
}

SCENARIO("what can't be redeemed isn't") {
  CHECK(!redeem("x"));
  auto id = reward("Hydrate");
  CHECK(!redeem("x"));
  CHECK_EQ(change(id, {{"is_user_input_required", true}}), 200u);
  CHECK(!redeem(id));
  CHECK(redeem(id, "text"));
  CHECK_EQ(change(id, {{"is_paused", true}}), 200u);
  CHECK(!redeem(id, "text"));
}

END_FIXTURE_SCOPE()
