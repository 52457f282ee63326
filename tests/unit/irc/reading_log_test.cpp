#define CAF_SUITE irc.reading_log

#include "runtime/irc/reading_log.hpp"
#include "tests/unit/fixture.hpp"

#include <algorithm>
#include <random>

using namespace creamery;

namespace {

using gaps = std::vector<reading_gap>;

/// A connection that is to read these channels, and these gaps of it.
connection_report reader(const std::vector<std::string>& channels, gaps unread) {
  connection_report result;
  for (const auto& channel : channels)
    result.channels.push_back({channel, true, 0, {}, 0});
  result.gaps = std::move(unread);
  return result;
}

/// Random gaps of #red within 100 milliseconds, the first one from the beginning, the last one perhaps without an end.
gaps random_gaps(std::mt19937& random) {
  gaps result;
  int64_t time = 0;
  while (time < 100) {
    auto to = time + 1 + static_cast<int64_t>(random() % 20);
    result.push_back({"red", "", time, to < 100 ? to : 0});
    time = to + 1 + static_cast<int64_t>(random() % 20);
  }
  return result;
}

/// Whether these gaps say that nobody reads at a time, and somebody did before.
bool is_unread(const gaps& all, int64_t time) {
  return std::any_of(all.begin(), all.end(),
                     [time](const auto& x) { return x.from <= time && (x.to == 0 || time < x.to); });
}

} // namespace

SCENARIO("a gap begins with the last thing that was read and ends when the channel is joined again") {
  reading_log log;
  CHECK(!log.joined("red", 1'000)); // the first time ends no gap
  log.read(5'000, 5'000);
  log.read(4'000, 4'000); // Twitch's servers don't agree to the millisecond
  log.lost("red");
  CHECK_EQ(log.gaps().back(), (reading_gap{"red", "", 5'000, 0}));
  log.lost("red"); // told twice
  auto gap = log.joined("red", 9'000);
  REQUIRE(gap);
  CHECK_EQ(*gap, (reading_gap{"red", "", 5'000, 9'000}));
  CHECK(!log.joined("red", 9'500));
}

SCENARIO("a channel that was quiet since it was joined was read until then at least") {
  reading_log log;
  log.joined("red", 1'000);
  log.read(2'000, 2'000);
  log.joined("blue", 3'000);
  log.lost("blue");
  CHECK_EQ(log.gaps().back(), (reading_gap{"blue", "", 3'000, 0}));
}

SCENARIO("what the router lacks doesn't count as read, not even after the channel was lost or joined again") {
  reading_log log{{{"old", 300}, {"never", 0}}};
  log.joined("red", 1'000);
  log.read(5'000, 5'000);
  CHECK_EQ(log.read_until("red"), 5'000);
  CHECK_EQ(log.read_until("old"), 300);
  CHECK_EQ(log.read_until("never"), 0);
  CHECK_EQ(log.read_until("other"), 0);
  log.router_lacks(log.complete_until());
  log.read(6'000, 6'000);
  CHECK_EQ(log.read_until("red"), 5'000);
  log.lost("red");
  CHECK_EQ(log.gaps().back(), (reading_gap{"red", "", 6'000, 0})); // it will get it, if nothing else happens
  CHECK_EQ(log.read_until("red"), 5'000);
  log.joined("red", 7'000);
  CHECK_EQ(log.read_until("red"), 5'000);
  log.router_lacks(std::nullopt);
  CHECK_EQ(log.read_until("red"), 7'000);
}

SCENARIO("when whoever read is forgotten, all channels are lost, with what the router lacked") {
  reading_log log;
  log.joined("red", 1'000);
  log.read(5'000, 5'000);
  log.router_lacks(log.complete_until());
  log.read(6'000, 6'000);
  log.abandon();
  CHECK_EQ(log.gaps().back(), (reading_gap{"red", "", 5'000, 0}));
  CHECK_EQ(*log.joined("red", 9'000), (reading_gap{"red", "", 5'000, 9'000}));
  log.read(10'000, 10'000);
  log.abandon();
  CHECK_EQ(log.gaps().back(), (reading_gap{"red", "", 10'000, 0}));
}

SCENARIO("a reader that takes over without the last word of the one before it has read since it joined") {
  reading_log log;
  log.joined("red", 1'000);
  log.read(5'000, 5'000);
  CHECK(!log.changed_hands("red", 4'000)); // both were there
  auto gap = log.changed_hands("red", 8'000);
  REQUIRE(gap);
  CHECK_EQ(*gap, (reading_gap{"red", "", 5'000, 8'000}));
  log.lost("red");
  CHECK_EQ(log.gaps().back(), (reading_gap{"red", "", 8'000, 0}));
  CHECK(!log.changed_hands("red", 9'000)); // nobody reads it
}

SCENARIO("a line's time that lies in the future hides nothing for long") {
  reading_log log;
  log.joined("red", 1'000);
  log.read(999'999'999, 5'000);
  log.lost("red");
  CHECK_EQ(log.gaps().back(), (reading_gap{"red", "", 65'000, 0}));
}

SCENARIO("a clock that differs from Twitch's makes no gap shorter than it was") {
  reading_log log;
  log.joined("red", 1'000);
  log.read(35'000, 5'000); // ours is half a minute behind
  log.lost("red");
  CHECK_EQ(*log.joined("red", 8'000), (reading_gap{"red", "", 35'000, 38'000}));
}

SCENARIO("a channel that isn't wanted any more has no gap") {
  reading_log log;
  log.joined("red", 1'000);
  log.lost("red");
  log.left("red");
  for (const auto& gap : log.gaps())
    CHECK_EQ(gap.from, 0);          // what came before it was joined
  CHECK(!log.joined("red", 9'000)); // begins anew
}

SCENARIO("what an earlier process has read is where the gap begins") {
  reading_log log{{{"red", 700}}};
  CHECK_EQ(log.gaps(), (gaps{{"red", "", 700, 0}}));
  log.lost("red"); // it never was joined here
  CHECK_EQ(*log.joined("red", 1'000), (reading_gap{"red", "", 700, 1'000}));
}

SCENARIO("a channel that was never joined is one that nobody has read") {
  reading_log log{{{"red", 0}}};
  CHECK_EQ(log.gaps(), (gaps{{"red", "", 0, 0}}));
  log.want("blue");
  CHECK_EQ(log.gaps().size(), 2u);
  auto never = reader({"red"}, log.gaps());
  CHECK_EQ(common_gaps({reader({"red"}, {{"red", "", 0, 10}, {"red", "", 20, 30}}), never}),
           (gaps{{"red", "", 20, 30}})); // the other one is no help
}

SCENARIO("only so many gaps are remembered") {
  reading_log log;
  for (int64_t i = 0; i < 3'000; ++i) {
    log.joined("red", 10 * i + 10);
    log.read(10 * i + 15, 10 * i + 15);
    log.lost("red");
  }
  CHECK_EQ(log.gaps().size(), reading_log::max_gaps + 1);
  CHECK_EQ(log.gaps().back(), (reading_gap{"red", "", 30'005, 0}));
}

SCENARIO("with one reader its gaps are the bot's, but for what came before the first time") {
  CHECK_EQ(common_gaps({reader({"red"}, {{"red", "", 0, 10}, {"red", "", 20, 30}, {"red", "", 40, 0}})}),
           (gaps{{"red", "", 20, 30}, {"red", "", 40, 0}}));
}

SCENARIO("with two readers a gap is when neither reads") {
  auto first = reader({"red"}, {{"red", "", 0, 10}, {"red", "", 20, 30}, {"red", "", 50, 70}, {"red", "", 90, 0}});
  auto second = reader({"red"}, {{"red", "", 0, 25}, {"red", "", 60, 80}, {"red", "", 95, 0}});
  CHECK_EQ(common_gaps({first, second}), (gaps{{"red", "", 20, 25}, {"red", "", 60, 70}, {"red", "", 95, 0}}));
  CHECK_EQ(common_gaps({second, first}), common_gaps({first, second}));
}

SCENARIO("losing one of two readers makes no gap, not even while the other is there for the first time") {
  CHECK_EQ(
    common_gaps({reader({"red"}, {{"red", "", 0, 10}, {"red", "", 20, 30}}), reader({"red"}, {{"red", "", 0, 15}})}),
    gaps{});
}

SCENARIO("readers of different channels have nothing to do with each other") {
  CHECK_EQ(common_gaps({reader({"red"}, {{"red", "", 20, 30}}), reader({"blue"}, {{"blue", "", 10, 0}})}),
           (gaps{{"blue", "", 10, 0}, {"red", "", 20, 30}}));
}

SCENARIO("whoever counts millisecond by millisecond finds the same gaps") {
  std::mt19937 random{7};
  for (auto round = 0; round < 500; ++round) {
    std::vector<connection_report> readers;
    for (size_t i = 0; i < 1 + random() % 3; ++i)
      readers.push_back(reader({"red"}, random_gaps(random)));
    auto found = common_gaps(readers);
    auto known = false; // somebody has read it
    for (int64_t time = 0; time < 200; ++time) {
      auto unread = std::all_of(readers.begin(), readers.end(), [&](const auto& x) { return is_unread(x.gaps, time); });
      known |= !unread;
      if (is_unread(found, time) != (unread && known))
        FAIL("round " << round << ", millisecond " << time);
    }
  }
}
