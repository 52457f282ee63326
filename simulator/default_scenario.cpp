#include "simulator/scenario.hpp"

namespace creamery::simulator {

// In the program rather than in a file, so that a demo works wherever the program was copied to.
const std::string& default_scenario() {
  static const std::string text =
    R"yaml(# An evening on a small Twitch: chatter in four channels, commands now and then, and a raid every two minutes.
# The channels are those of config/demo.yaml; any other channel that somebody joins is played as `*`.
channels:
  creamery_cafe:
    viewers: 60
    chatter: 4
    moderators: [creamy_bot]
    commands:
      - {text: "!hello", every: 5s}
    subs: 40s
    resubs: 25s
    gifts: 70s
    cheers: 30s
    announcements: 3m
    timeouts: 80s
    deletions: 60s
  stable_talk:
    viewers: 40
    chatter: 2
    moderators: [creamy_bot, horse_bot]
    commands:
      - {text: "!hello", every: 9s}
      - {text: "$horse", every: 7s}
    resubs: 45s
    cheers: 50s
  race_track:
    viewers: 200
    chatter: 12
    vips: [horse_bot]
    commands:
      - {text: "$horse", every: 6s}
    subs: 30s
    gifts: 90s
    timeouts: 60s
  library_corner:
    viewers: 12
    chatter: 0.3
    commands:
      - {text: "!hello", every: 20s}
  "*":
    viewers: 30
    chatter: 2
    commands:
      - {text: "!hello", every: 10s}
      - {text: "$horse", every: 15s}
    resubs: 60s
timeline:
  - {at: 45s, room: {channel: library_corner, slow: 5}}
  - {at: 60s, raid: {channel: creamery_cafe, from: grand_gelato, viewers: 5000, peak: 800, ramp: 5s, lasts: 10s, commands: ["!hello"], command_every: 200}}
  - {at: 75s, room: {channel: library_corner, slow: 0}}
  - {at: 100s, raid: {channel: race_track, from: derby_day, viewers: 900, peak: 150, ramp: 3s, lasts: 8s, commands: ["$horse"], command_every: 100}}
repeat: 2m
)yaml";
  return text;
}

} // namespace creamery::simulator
