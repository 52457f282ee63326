#define CAF_SUITE simulator.raid_player

#include "simulator/raid_player.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/chat_fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct raid_fixture : test::chat_fixture {
  raid_request request;

  raid_fixture() {
    setup.membership_delay = 100ms;
    request.channel = "chan";
    request.viewers = 50;
    request.peak = 100;
    request.ramp = 2s;
    request.lasts = 4s;
    request.commands = {"!hello"};
    request.command_every = 10;
  }

  /// Lines with this in it.
  static size_t count(const test::fake_client& who, std::string_view text) {
    return static_cast<size_t>(std::count_if(who.lines.begin(), who.lines.end(),
                                             [&](const auto& x) { return x.find(text) != std::string::npos; }));
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(raid_fixture)

SCENARIO("a raid comes, peaks and goes") {
  auto& bot = enter("mybot", "chan");
  raid_player raid{request, 7, now};
  auto lines_in = [&](duration time) {
    auto before = count(bot, "PRIVMSG");
    for (auto end = now + time; now < end; raid.play(chat, 10'000, now))
      wait(10ms);
    return count(bot, "PRIVMSG") - before;
  };
  raid.play(chat, 10'000, now);
  auto notice = bot.last("USERNOTICE");
  CHECK(notice.find(";msg-id=raid;") != std::string::npos);
  CHECK(notice.find(";msg-param-viewerCount=50;") != std::string::npos);
  CHECK_EQ(lines_in(1s), 25u); // a quarter of the ramp's area
  CHECK_EQ(count(bot, " JOIN #chan"), 50u);
  CHECK_EQ(lines_in(1s), 75u);
  CHECK_EQ(lines_in(4s), 400u);
  CHECK_EQ(lines_in(2s), 100u);
  CHECK_EQ(count(bot, ":!hello"), 60u);
  (void)lines_in(200ms);
  CHECK(raid.is_over());
  CHECK_EQ(count(bot, " PART #chan"), 50u);
  CHECK(raid.next(now) == time_point::max());
}

SCENARIO("the same seed gives the same raid") {
  auto play = [&](uint64_t seed) {
    test::chat_fixture twitch;
    auto& bot = twitch.enter("mybot", "chan");
    raid_player raid{request, seed, twitch.now};
    for (int i = 0; i < 900; ++i) {
      raid.play(twitch.chat, 10'000, twitch.now);
      twitch.now += 10ms;
    }
    std::string all;
    for (const auto& line : bot.lines)
      if (auto body = line.find(" :"); body != std::string::npos)
        all += line.substr(body);
    return all;
  };
  auto first = play(1);
  CHECK(first == play(1));
  CHECK(first != play(2));
}

SCENARIO("a hundred thousand viewers are no more than a number") {
  auto& bot = enter("mybot", "chan");
  request.viewers = 100'000;
  request.peak = 50'000;
  request.ramp = 0s;
  request.lasts = 1s;
  raid_player raid{request, 7, now};
  now += 1s;
  raid.play(chat, 1000, now);
  CHECK_EQ(count(bot, "PRIVMSG"), 1000u);
  CHECK(raid.next(now) == now);
  raid.play(chat, 100'000, now);
  CHECK_EQ(count(bot, "PRIVMSG"), 50'000u);
  CHECK(raid.is_over());
}

SCENARIO("raids that make no sense are refused") {
  CHECK(raid_player::check(request));
  for (auto change : std::vector<void (*)(raid_request&)>{
         [](auto& x) { x.viewers = 0; },
         [](auto& x) { x.peak = -1; },
         [](auto& x) { x.ramp = -1s; },
         [](auto& x) { x.from = "no login"; },
         [](auto& x) { x.commands = {""}; },
         [](auto& x) { x.phrases = {"a\nb"}; },
       }) {
    auto broken = request;
    change(broken);
    CHECK(!raid_player::check(broken));
  }
}

SCENARIO("invented people have names that Twitch would take") {
  for (uint64_t i = 0; i < 10'000; ++i)
    CHECK(is_login(viewer_login(i * 7919)));
}

END_FIXTURE_SCOPE()
