#define CAF_SUITE simulator.scenario_player

#include "simulator/scenario_player.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/chat_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct scenario_fixture : test::chat_fixture {
  std::vector<raid_request> raids;

  scenario_player make(const std::string& text) {
    auto read = parse_scenario(text, "test");
    if (!read)
      FAIL(creamery::to_string(read.error()));
    return {std::move(*read), now};
  }

  void play(scenario_player& player, duration time) {
    for (auto end = now + time; now < end; wait(10ms))
      for (auto& raid : player.play(chat, 1000, now))
        raids.push_back(std::move(raid));
  }

  static size_t count(const test::fake_client& who, std::string_view text) {
    return static_cast<size_t>(std::count_if(who.lines.begin(), who.lines.end(),
                                             [&](const auto& x) { return x.find(text) != std::string::npos; }));
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(scenario_fixture)

SCENARIO("viewers chat about as often as they should, and commands come regularly") {
  auto& bot = enter("mybot", "chan");
  auto player =
    make("{seed: 3, channels: {chan: {chatter: 10, phrases: [blah], commands: [{text: '!hello', every: 5s}]}}}");
  play(player, 60s);
  auto chatter = count(bot, ":blah");
  CHECK(chatter > 500);
  CHECK(chatter < 700);
  CHECK_EQ(count(bot, ":!hello"), 11u);
}

SCENARIO("everything that can happen does") {
  auto& bot = enter("mybot", "chan");
  auto player = make("{seed: 3, channels: {chan: {chatter: 5, subs: 2s, resubs: 2s, gifts: 2s, cheers: 2s, "
                     "announcements: 2s, timeouts: 2s, deletions: 2s}}}");
  play(player, 60s);
  for (auto text : {";msg-id=sub;", ";msg-id=resub;", ";msg-id=submysterygift;", ";msg-id=subgift;",
                    ";bits=", ";msg-id=announcement;", " CLEARCHAT #chan :", " CLEARMSG #chan :"})
    CHECK(count(bot, text) > 5);
}

SCENARIO("a channel without a script is played when somebody joins it") {
  auto player = make("{seed: 3, channels: {'*': {chatter: 10}}}");
  play(player, 1s);
  auto& bot = enter("mybot", "anything");
  play(player, 10s);
  CHECK(count(bot, "PRIVMSG #anything") > 50);
}

SCENARIO("the timeline begins again") {
  auto& bot = enter("mybot", "chan");
  auto player =
    make("{seed: 3, repeat: 10s, channels: {'*': {chatter: 0}}, timeline: [{at: 2s, say: {channel: chan, login: ann, "
         "text: now}}, "
         "{at: 3s, raid: {channel: '*', from: friend}}, {at: 4s, fault: {kind: reconnect, login: mybot, grace: 1h}}]}");
  play(player, 35s);
  CHECK_EQ(count(bot, ":now"), 4u);
  REQUIRE_EQ(raids.size(), 4u);
  CHECK_EQ(raids[0].channel, "chan");
  CHECK(bot.saw("RECONNECT"));
}

SCENARIO("the same seed gives the same evening") {
  auto evening = [](const std::string& seed) {
    scenario_fixture twitch;
    auto& bot = twitch.enter("mybot", "creamery_cafe");
    auto read = parse_scenario(default_scenario() + "seed: " + seed + "\n", "test");
    REQUIRE(read);
    scenario_player player{std::move(*read), twitch.now};
    twitch.play(player, 30s);
    std::string all;
    for (const auto& line : bot.lines)
      if (auto body = line.find(" :"); body != std::string::npos)
        all += line.substr(body) + "\n";
    return all;
  };
  auto first = evening("1");
  CHECK(first.size() > 1000);
  CHECK(first == evening("1"));
  CHECK(first != evening("2"));
}

END_FIXTURE_SCOPE()
