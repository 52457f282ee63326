#define CAF_SUITE simulator.helix_polls

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct polls_fixture : test::web_fixture {
  const std::string own = "?broadcaster_id=" + id_of("ann");

  nlohmann::json poll() {
    return {{"broadcaster_id", id_of("ann")},
            {"title", "Tea?"},
            {"choices", {{{"title", "yes"}}, {{"title", "no"}}}},
            {"duration", 60}};
  }

  nlohmann::json prediction() {
    return {{"broadcaster_id", id_of("ann")},
            {"title", "Will it rain?"},
            {"outcomes", {{{"title", "yes"}}, {{"title", "no"}}}},
            {"prediction_window", 60}};
  }

  unsigned refused(const std::string& path, nlohmann::json body, const char* field, nlohmann::json value) {
    body[field] = std::move(value);
    return helix("POST", path, "sim-ann", body).status;
  }

  http_answer patch(const std::string& path, const std::string& id, const std::string& status,
                    nlohmann::json more = nlohmann::json::object()) {
    more.update({{"broadcaster_id", id_of("ann")}, {"id", id}, {"status", status}});
    return helix("PATCH", path, "sim-ann", more);
  }

  std::string start(const std::string& path, const nlohmann::json& body) {
    auto made = helix("POST", path, "sim-ann", body);
    REQUIRE_EQ(made.status, 200u);
    return json_of(made)["data"][0]["id"].get<std::string>();
  }

  std::string status(const std::string& path) {
    return json_of(helix("GET", path + own, "sim-ann"))["data"][0]["status"].get<std::string>();
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(polls_fixture)

SCENARIO("a poll runs for its time") {
  auto id = start("polls", poll());
  CHECK_EQ(status("polls"), "ACTIVE");
  CHECK_EQ(helix("POST", "polls", "sim-ann", poll()).status, 400u);
  now += 60s;
  CHECK_EQ(status("polls"), "COMPLETED");
  CHECK_EQ(patch("polls", id, "TERMINATED").status, 400u);
  CHECK_EQ(patch("polls", id, "ARCHIVED").status, 200u);
  CHECK_EQ(patch("polls", id, "ARCHIVED").status, 400u);
  (void)start("polls", poll());
  CHECK_EQ(json_of(helix("GET", "polls" + own, "sim-ann"))["data"].size(), 2u);
  CHECK_EQ(json_of(helix("GET", "polls" + own + "&id=" + id, "sim-ann"))["data"].size(), 1u);
  CHECK_EQ(helix("GET", "polls" + own + "&id=x", "sim-ann").status, 404u);
}

SCENARIO("a poll is ended before its time") {
  auto id = start("polls", poll());
  CHECK_EQ(patch("polls", id, "FINISHED").status, 400u);
  CHECK_EQ(patch("polls", "x", "TERMINATED").status, 404u);
  auto ended = json_of(patch("polls", id, "TERMINATED"))["data"][0];
  CHECK_EQ(ended["status"].get<std::string>(), "TERMINATED");
  CHECK_EQ(ended["ended_at"].get<std::string>().size(), 20u);
}

SCENARIO("polls that make no sense are refused") {
  CHECK_EQ(refused("polls", poll(), "title", ""), 400u);
  CHECK_EQ(refused("polls", poll(), "title", std::string(61, 'x')), 400u);
  CHECK_EQ(refused("polls", poll(), "duration", 14), 400u);
  CHECK_EQ(refused("polls", poll(), "duration", 1801), 400u);
  CHECK_EQ(refused("polls", poll(), "choices", nlohmann::json::array({{{"title", "one"}}})), 400u);
  CHECK_EQ(refused("polls", poll(), "choices", {{{"title", "one"}}, {{"title", std::string(26, 'x')}}}), 400u);
  CHECK_EQ(refused("polls", poll(), "choices", {{{"title", "one"}}, 2}), 400u);
  CHECK_EQ(refused("polls", poll(), "channel_points_voting_enabled", true), 400u);
  CHECK_EQ(refused("polls", poll(), "broadcaster_id", id_of("bob")), 401u);
  CHECK_EQ(helix("GET", "polls" + own, "sim-bob").status, 401u);
}

SCENARIO("a prediction is locked after its window, and then resolved") {
  auto id = start("predictions", prediction());
  CHECK_EQ(helix("POST", "predictions", "sim-ann", prediction()).status, 400u);
  now += 60s;
  auto shown = json_of(helix("GET", "predictions" + own, "sim-ann"))["data"][0];
  CHECK_EQ(shown["status"].get<std::string>(), "LOCKED");
  auto winner = shown["outcomes"][1]["id"].get<std::string>();
  CHECK_EQ(patch("predictions", id, "RESOLVED").status, 400u);
  CHECK_EQ(patch("predictions", id, "RESOLVED", {{"winning_outcome_id", "x"}}).status, 400u);
  CHECK_EQ(patch("predictions", id, "LOCKED").status, 400u);
  auto done = json_of(patch("predictions", id, "RESOLVED", {{"winning_outcome_id", winner}}))["data"][0];
  CHECK_EQ(done["winning_outcome_id"].get<std::string>(), winner);
  CHECK_EQ(patch("predictions", id, "CANCELED").status, 400u);
  id = start("predictions", prediction());
  CHECK_EQ(patch("predictions", id, "LOCKED").status, 200u);
  CHECK_EQ(patch("predictions", id, "CANCELED").status, 200u);
}

SCENARIO("predictions that make no sense are refused") {
  CHECK_EQ(refused("predictions", prediction(), "title", std::string(46, 'x')), 400u);
  CHECK_EQ(refused("predictions", prediction(), "prediction_window", 29), 400u);
  CHECK_EQ(refused("predictions", prediction(), "outcomes", nlohmann::json::array()), 400u);
  auto id = start("predictions", prediction());
  CHECK_EQ(patch("predictions", id, "OPEN").status, 400u);
}

END_FIXTURE_SCOPE()
