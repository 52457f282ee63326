#define CAF_SUITE simulator.replay_player

#include "simulator/replay_player.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/chat_fixture.hpp"

#include <set>

using namespace creamery::simulator;
using namespace std::chrono_literals;
using speed = replay_request::speed_kind;

namespace {

struct player_fixture : test::chat_fixture {
  std::shared_ptr<const replay_file> file;
  replay_request request;

  player_fixture() {
    std::vector<std::string> lines;
    for (int i = 0; i < 10; ++i)
      lines.push_back("@id=x" + std::to_string(i) + ";tmi-sent-ts=" + std::to_string(1000 + 100 * i)
                      + " :ann!ann@ann PRIVMSG #one :line " + std::to_string(i));
    auto parsed = replay_file::parse(lines, "test");
    REQUIRE(parsed);
    file = std::make_shared<const replay_file>(std::move(*parsed));
  }

  replay_player make() {
    return {1, file, request, 1000};
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(player_fixture)

SCENARIO("a replay at its own speed") {
  auto& bot = enter("mybot", "one");
  auto player = make();
  player.play(chat, 1000, now);
  CHECK_EQ(bot.lines.size(), 1u);
  CHECK(player.next() == now + 100ms);
  player.play(chat, 1000, now + 99ms);
  CHECK_EQ(bot.lines.size(), 1u);
  player.play(chat, 1000, now + 450ms);
  CHECK_EQ(bot.lines.size(), 5u);
  player.play(chat, 1000, now + 1s);
  CHECK_EQ(bot.lines.size(), 10u);
  CHECK(player.is_over());
  auto status = player.status(now + 5s);
  CHECK_EQ(status.state, "done");
  CHECK_EQ(status.sent, 10u);
  CHECK(status.elapsed == 1s);
}

SCENARIO("a replay at ten times its speed, or a fixed one") {
  auto& bot = enter("mybot", "one");
  request.factor = 10;
  auto tenfold = make();
  tenfold.play(chat, 1000, now);
  tenfold.play(chat, 1000, now + 45ms);
  CHECK_EQ(bot.lines.size(), 5u);
  bot.forget();
  request.speed = speed::fixed;
  request.rate = 1000;
  auto fixed = make();
  fixed.play(chat, 1000, now);
  fixed.play(chat, 1000, now + 4ms);
  CHECK_EQ(bot.lines.size(), 5u);
}

SCENARIO("each round has its own ids") {
  auto& bot = enter("mybot", "one");
  request.speed = speed::fastest;
  request.rounds = 3;
  auto player = make();
  player.play(chat, 1000, now);
  CHECK_EQ(bot.lines.size(), 30u);
  std::set<std::string> ids;
  for (const auto& line : bot.lines)
    ids.insert(line.substr(0, line.find(';')));
  CHECK_EQ(ids.size(), 30u);
  WHEN("a line of it is answered") {
    chat.find_parents_with([&](std::string_view id) { return player.find(id); });
    auto& ann = enter("reader", "one");
    auto id = bot.lines[13].substr(4, 36);
    type(bot, "@reply-parent-msg-id=" + id + " PRIVMSG #one :yes");
    THEN("the answer knows what it answers") {
      CHECK(ann.last("yes").find("reply-parent-msg-body=line\\s3;reply-parent-msg-id=" + id) != std::string::npos);
    }
  }
}

SCENARIO("a replay waits for somebody to join") {
  request.speed = speed::fastest;
  request.channels = {"one", "two"};
  auto player = make();
  player.play(chat, 1000, now);
  auto& bot = enter("mybot", "one");
  now += 1s;
  player.play(chat, 1000, now);
  CHECK_EQ(player.status(now).state, "waiting");
  CHECK(player.next() > now);
  type(bot, "JOIN #two");
  bot.forget();
  now += 1s;
  player.play(chat, 1000, now);
  CHECK_EQ(bot.lines.size(), 10u);
  CHECK(bot.lines[0].ends_with("PRIVMSG #one :line 0"));
  CHECK(bot.lines[1].ends_with("PRIVMSG #two :line 1"));
}

SCENARIO("a replay to nobody skips its lines, but isn't busy with it") {
  request.speed = speed::fastest;
  request.wait_for_join = false;
  request.rounds = 0;
  auto player = make();
  player.play(chat, 1'000'000, now);
  CHECK(player.next() > now);
  CHECK(player.status(now).skipped < 100);
  player.stop(now);
  CHECK_EQ(player.status(now).state, "stopped");
  CHECK(player.next() == time_point::max());
}

SCENARIO("a replay waits for a slow client") {
  auto& slow = enter("slow", "one");
  auto& quick = enter("quick", "one");
  request.speed = speed::fastest;
  slow.waiting = 1001;
  auto player = make();
  player.play(chat, 1000, now);
  CHECK(player.waits_for_client());
  CHECK(quick.lines.empty());
  slow.waiting = 1000;
  player.play(chat, 1000, now);
  CHECK_EQ(quick.lines.size(), 10u);
  CHECK_EQ(slow.lines.size(), 10u);
}

SCENARIO("or it doesn't, and says what was missed") {
  auto& slow = enter("slow", "one");
  auto& quick = enter("quick", "one");
  request.speed = speed::fastest;
  request.wait_for_slow = false;
  slow.waiting = 1001;
  auto player = make();
  player.play(chat, 1000, now);
  CHECK_EQ(quick.lines.size(), 10u);
  CHECK(slow.lines.empty());
  CHECK_EQ(chat.counters().lines_dropped, 10u);
}

SCENARIO("replays that make no sense are refused") {
  request.factor = 0;
  CHECK(!replay_player::check(request));
  request.factor = 1;
  CHECK(replay_player::check(request));
  request.speed = speed::fixed;
  request.rate = -1;
  CHECK(!replay_player::check(request));
  request.rate = 1;
  request.channels = {"no channel"};
  CHECK(!replay_player::check(request));
}

END_FIXTURE_SCOPE()
