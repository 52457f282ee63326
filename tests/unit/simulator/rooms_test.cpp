#define CAF_SUITE simulator.rooms

#include "simulator/rooms.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct rooms_fixture {
  room where{"chan"};
  time_point now{400'000h};

  verdict judge(std::string_view login, std::string_view text, bool only_emotes = false) {
    return where.judge(login, text, only_emotes, 30s, now).what;
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(rooms_fixture)

SCENARIO("the same text twice is refused for thirty seconds") {
  where.remember("ann", "hi", now);
  now += 29'999ms;
  CHECK(judge("ann", "hi") == verdict::duplicate);
  CHECK(judge("ann", "hi \U000E0000") == verdict::delivered);
  CHECK(judge("bob", "hi") == verdict::delivered);
  now += 1ms;
  CHECK(judge("ann", "hi") == verdict::delivered);
  for (auto login : {"mod", "vip", "chan"}) {
    where.change_role("mod").moderator = true;
    where.change_role("vip").vip = true;
    where.remember(login, "hi", now);
    CHECK(judge(login, "hi") == verdict::delivered);
  }
}

SCENARIO("modes keep ordinary people out, and let others in") {
  where.change_role("mod").moderator = true;
  where.change_role("sub").subscriber = true;
  where.change_role("fan").follower = true;
  GIVEN("subscribers only") {
    where.settings.subscribers_only = true;
    CHECK(judge("ann", "hi") == verdict::subscribers_only);
    CHECK(judge("sub", "hi") == verdict::delivered);
    CHECK(judge("mod", "hi") == verdict::delivered);
  }
  GIVEN("followers only") {
    where.settings = {};
    where.settings.followers_only = 10;
    CHECK(judge("ann", "hi") == verdict::followers_only);
    CHECK(judge("fan", "hi") == verdict::delivered);
  }
  GIVEN("emotes only") {
    where.settings = {};
    where.settings.emote_only = true;
    CHECK(judge("ann", "hi") == verdict::emote_only);
    CHECK(judge("ann", "Kappa", true) == verdict::delivered);
  }
  GIVEN("unique chat") {
    where.settings = {};
    where.settings.unique_chat = true;
    where.remember("bob", "hi", now);
    CHECK(judge("ann", "hi") == verdict::unique_chat);
    CHECK(judge("ann", "hello") == verdict::delivered);
  }
  GIVEN("slow mode") {
    where.settings = {};
    where.settings.slow = 10;
    where.remember("ann", "hi", now);
    now += 4500ms;
    auto judged = where.judge("ann", "other", false, 30s, now);
    CHECK(judged.what == verdict::slow);
    CHECK_EQ(judged.number, 6);
    now += 5500ms;
    CHECK(judge("ann", "other") == verdict::delivered);
  }
}

SCENARIO("who is banned stays silent, for a while or for ever") {
  where.change_role("ann").banned_until = now + 600s;
  where.change_role("bob").banned_until = time_point::max();
  auto judged = where.judge("ann", "hi", false, 30s, now + 1s);
  CHECK(judged.what == verdict::timed_out);
  CHECK_EQ(judged.number, 599);
  CHECK(judge("bob", "hi") == verdict::banned);
  now += 600s;
  CHECK(judge("ann", "hi") == verdict::delivered);
}

SCENARIO("a room forgets rather than grows") {
  for (int i = 0; i < 100'000; ++i)
    where.remember("user" + std::to_string(i), "hi", now);
  CHECK(judge("user99999", "hi") == verdict::duplicate);
}

END_FIXTURE_SCOPE()
