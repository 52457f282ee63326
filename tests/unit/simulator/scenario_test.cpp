#define CAF_SUITE simulator.scenario

#include "simulator/scenario.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

std::string mistake(const std::string& text) {
  auto read = parse_scenario(text, "file.yaml");
  return read ? "none" : creamery::to_string(read.error());
}

} // namespace

SCENARIO("the built-in scenario is sound") {
  auto read = parse_scenario(default_scenario(), "built-in");
  REQUIRE(read);
  CHECK(read->channels.size() >= 4);
  CHECK(read->timeline.size() >= 2);
}

SCENARIO("a scenario says what goes on") {
  auto read = parse_scenario(R"(
seed: 7
repeat: 2m
phrases: [one, two]
channels:
  chan:
    viewers: 5
    chatter: 2.5
    moderators: [mybot]
    settings: {slow: 3}
    commands: [{text: "!hello", every: 5s}]
    gifts: 250ms
  quiet:
timeline:
  - {at: 20s, raid: {channel: chan, viewers: 10, ramp: 2}}
  - {at: 10s, fault: {kind: reset, login: mybot}}
  - {at: 30s, clear_faults: true}
)",
                             "file.yaml");
  REQUIRE(read);
  CHECK_EQ(read->seed, 7u);
  CHECK(read->repeat == 2min);
  REQUIRE_EQ(read->channels.size(), 2u);
  const auto& chan = read->channels[0];
  CHECK_EQ(chan.viewers, 5u);
  CHECK_EQ(chan.phrases, (std::vector<std::string>{"one", "two"}));
  CHECK_EQ(chan.settings.slow.value_or(0), 3u);
  CHECK(chan.gifts == 250ms);
  CHECK(chan.commands.at(0).every == 5s);
  REQUIRE_EQ(read->timeline.size(), 3u);
  CHECK(read->timeline[0].at == 10s);
  CHECK(std::holds_alternative<scenario_event::trouble>(read->timeline[0].what));
  CHECK(std::get<raid_request>(read->timeline[1].what).ramp == 2s);
}

SCENARIO("mistakes are named with their line") {
  CHECK_EQ(mistake("[]"), "file.yaml: must be a map with channels and a timeline");
  CHECK(mistake("channels: {a: {chatter: many}}").starts_with("file.yaml:1: channel a: chatter must be a number"));
  CHECK(mistake("channels:\n  a:\n    colour: 3\n").starts_with("file.yaml:2: channel a: colour is unknown"));
  CHECK(mistake("channels:\n  A B: {}\n").find("1 to 25") != std::string::npos);
  CHECK(mistake("timeline:\n  - {at: 5s}\n").starts_with("file.yaml:2: needs one of raid"));
  CHECK(mistake("timeline:\n  - {at: soon, say: {channel: a, login: b, text: c}}\n")
          .starts_with("file.yaml:2: at must be a time"));
  CHECK(mistake("timeline:\n  - {at: 1, raid: {channel: a, viewers: 0}}\n").find("needs viewers") != std::string::npos);
  CHECK(mistake("timeline:\n  - {at: 1, fault: {kind: explode}}\n").find("kind must be reset") != std::string::npos);
  CHECK(mistake("a: [").starts_with("file.yaml:1: "));
  CHECK(mistake("channels: 5").find("must be a map") != std::string::npos);
}
