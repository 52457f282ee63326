#define CAF_SUITE simulator.helix_channels

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/web_fixture.hpp"

using namespace creamery::simulator;

namespace {

struct channels_fixture : test::web_fixture {
  void go_live(const std::string& channel, unsigned viewers) {
    stream_request request;
    request.channel = channel;
    request.live = true;
    request.viewers = viewers;
    request.title = "playing";
    REQUIRE(web.helix().world().apply(request, now));
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(channels_fixture)

SCENARIO("a broadcaster changes what the channel shows") {
  auto own = "channels?broadcaster_id=" + id_of("ann");
  auto change = [&](const nlohmann::json& body, const std::string& token = "sim-ann") {
    return helix("PATCH", own, token, body).status;
  };
  CHECK_EQ(change({{"title", "New title"}, {"tags", {"one", "two"}}, {"game_id", "33"}, {"delay", 5}}), 204u);
  auto shown = json_of(helix("GET", own, "sim-bob"))["data"][0];
  CHECK_EQ(shown["title"].get<std::string>(), "New title");
  CHECK_EQ(shown["tags"].dump(), R"(["one","two"])");
  CHECK_EQ(shown["game_id"].get<std::string>(), "33");
  CHECK_EQ(shown["broadcaster_login"].get<std::string>(), "ann");
  CHECK_EQ(change({{"title", ""}}), 400u);
  CHECK_EQ(change({{"title", std::string(141, 'x')}}), 400u);
  CHECK_EQ(change({{"title", 7}}), 400u);
  CHECK_EQ(change({{"tags", {"has space"}}}), 400u);
  CHECK_EQ(change({{"delay", 901}}), 400u);
  CHECK_EQ(change(nlohmann::json::object()), 400u);
  CHECK_EQ(change({{"title", "x"}}, "sim-bob"), 401u);
  CHECK_EQ(helix("GET", "channels", "sim-bob").status, 400u);
  CHECK_EQ(json_of(helix("GET", "channels?broadcaster_id=999", "sim-bob"))["data"].size(), 0u);
}

SCENARIO("streams are those that are live, the most watched first") {
  go_live("ann", 5);
  go_live("bob", 50);
  auto all = json_of(helix("GET", "streams", "sim-cat"))["data"];
  REQUIRE_EQ(all.size(), 2u);
  CHECK_EQ(all[0]["user_login"].get<std::string>(), "bob");
  CHECK_EQ(all[0]["viewer_count"].get<int>(), 50);
  CHECK_EQ(all[1]["type"].get<std::string>(), "live");
  CHECK_EQ(json_of(helix("GET", "streams?user_login=ann", "sim-cat"))["data"].size(), 1u);
  CHECK_EQ(json_of(helix("GET", "streams?user_id=" + id_of("ann") + "&user_login=bob", "sim-cat"))["data"].size(), 2u);
  CHECK_EQ(json_of(helix("GET", "streams?game_id=1", "sim-cat"))["data"].size(), 0u);
  CHECK_EQ(helix("GET", "streams?type=rerun", "sim-cat").status, 400u);
  stream_request off;
  off.channel = "ann";
  off.live = false;
  REQUIRE(web.helix().world().apply(off, now));
  CHECK_EQ(json_of(helix("GET", "streams?user_login=ann", "sim-cat"))["data"].size(), 0u);
  off.viewers = 3;
  CHECK(!web.helix().world().apply(off, now));
}

SCENARIO("clips are made of live streams only") {
  auto own = "clips?broadcaster_id=" + id_of("ann");
  CHECK_EQ(helix("POST", own, "sim-bob").status, 404u);
  go_live("ann", 1);
  auto made = helix("POST", own, "sim-bob");
  CHECK_EQ(made.status, 202u);
  auto id = json_of(made)["data"][0]["id"].get<std::string>();
  auto shown = json_of(helix("GET", "clips?id=" + id, "sim-bob"))["data"];
  REQUIRE_EQ(shown.size(), 1u);
  CHECK_EQ(shown[0]["creator_id"].get<std::string>(), id_of("bob"));
  CHECK_EQ(json_of(helix("GET", own, "sim-bob"))["data"].size(), 1u);
  CHECK_EQ(helix("GET", "clips", "sim-bob").status, 400u);
  CHECK_EQ(helix("GET", own + "&id=" + id, "sim-bob").status, 400u);
}

END_FIXTURE_SCOPE()
