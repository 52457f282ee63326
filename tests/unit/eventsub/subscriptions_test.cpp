#define CAF_SUITE eventsub.subscriptions

#include "runtime/eventsub/subscriptions.hpp"

#include "tests/unit/fixture.hpp"

#include <algorithm>

using namespace creamery;
using namespace creamery::eventsub;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;
using places = std::vector<size_t>;
using state = subscriptions::state;
using meaning = subscriptions::meaning;

wanted_subscription wanted(std::string_view type, const std::string& channel = "red") {
  return {find_type(type), {{"broadcaster_user_id", channel}}, channel};
}

helix::answer made(const std::string& id) {
  return {false, {}, 202, R"({"data":[{"id":")" + id + R"(","status":"enabled"}],"total":1})"};
}

helix::answer made_pending(const std::string& id) {
  return {false, {}, 202, R"({"data":[{"id":")" + id + R"(","status":"webhook_callback_verification_pending"}]})"};
}

helix::subscription listed(const std::string& id, std::string_view type, const std::string& status = "enabled",
                           const std::string& channel = "red") {
  return {id, status, std::string{type}, std::string{find_type(type)->version}, 0, {{"broadcaster_user_id", channel}}};
}

helix::answer refused(uint32_t status, const std::string& text) {
  auto kind = status == 401 ? helix::error::kind::unauthorized : helix::error::kind::refused;
  return {true, {kind, status, text}, 0, {}};
}

helix::answer unavailable() {
  return {true, {helix::error::kind::unavailable, 503, "busy"}, 0, {}};
}

struct subscriptions_fixture : creamery::test::fixture {
  subscriptions::time_point now{1h};
  subscriptions it{calm(), 1};

  static subscriptions::options calm() {
    subscriptions::options x;
    x.retry.jitter = 0;
    return x;
  }

  meaning answer(size_t place, const helix::answer& what) {
    return it.answered(place, it.round(), what, now);
  }

  /// They are wanted, there is a transport, and all have been asked for.
  void ask_for(std::vector<wanted_subscription> all) {
    it.want(std::move(all), now);
    it.begin(now);
    it.next(now);
  }

  const subscriptions::entry& at(size_t place) const {
    return it.entries()[place];
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(subscriptions_fixture)

SCENARIO("subscriptions are made when there is a transport, a few at a time") {
  std::vector<wanted_subscription> all;
  for (int i = 0; i < 6; ++i)
    all.push_back(wanted("channel.raid", "c" + std::to_string(i)));
  CHECK(it.want(all, now).empty());
  CHECK(it.next(now).empty());
  CHECK(it.deadline() == subscriptions::time_point::max());
  it.begin(now);
  CHECK(it.next(now) == (places{0, 1, 2, 3}));
  CHECK(it.next(now).empty());
  CHECK(answer(1, made("s1")) == meaning::nothing);
  CHECK(it.next(now) == (places{4}));
  CHECK(!it.settled());
  for (size_t place : {0, 2, 3, 4})
    answer(place, made("s" + std::to_string(place)));
  CHECK(it.next(now) == (places{5}));
  answer(5, made("s5"));
  CHECK(it.settled());
  CHECK_EQ(it.count(state::enabled), 6u);
  CHECK_EQ(at(1).id, "s1");
}

SCENARIO("after a loss all are made again, by those who ask then") {
  ask_for({wanted("channel.raid"), wanted("stream.online")});
  answer(0, made("old"));
  auto round = it.round();
  it.end();
  CHECK(it.next(now).empty());
  CHECK(it.answered(1, round, made("late"), now) == meaning::nothing); // of a transport that is gone
  it.begin(now);
  CHECK(it.next(now) == (places{0, 1}));
  CHECK(it.answered(1, round, made("late"), now) == meaning::nothing);
  CHECK(at(1).is == state::asked);
  answer(0, made("new"));
  answer(1, made("new, too"));
  CHECK_EQ(at(0).id, "new");
}

SCENARIO("what is there already is as good as made") {
  ask_for({wanted("channel.raid")});
  auto conflict = refused(409, "subscription already exists");
  conflict.body = R"({"error":"Conflict","status":409,"message":"subscription already exists","id":"known"})";
  answer(0, conflict);
  CHECK(at(0).is == state::enabled);
  CHECK_EQ(at(0).id, "known");
}

SCENARIO("a removed version is never asked for again") {
  ask_for({wanted("channel.follow")});
  answer(0, refused(410, "gone"));
  CHECK(at(0).is == state::refused);
  CHECK_EQ(at(0).why, "Twitch has removed this version");
  CHECK(it.deadline() == subscriptions::time_point::max());
  it.begin(now);
  CHECK(it.next(now + 1000h).empty());
}

SCENARIO("what lacks a scope says which, and is asked for again after a while") {
  ask_for({wanted("channel.follow"), wanted("channel.raid")});
  answer(0, refused(403, "subscription missing proper authorization"));
  answer(1, refused(401, "Invalid OAuth token"));
  CHECK_EQ(at(0).why, "needs the scope moderator:read:followers, and a bot that is moderator of the channel "
                      "(subscription missing proper authorization)");
  CHECK_EQ(at(1).why, "Invalid OAuth token");
  CHECK(it.settled());
  CHECK(it.next(now).empty());
  it.begin(now); // a new session is no reason to ask sooner
  CHECK(it.next(now).empty());
  now += 30min;
  CHECK(it.deadline() <= now);
  CHECK(it.next(now) == (places{0, 1}));
}

SCENARIO("a session that Twitch doesn't know is of no use") {
  ask_for({wanted("channel.raid")});
  CHECK(answer(0, refused(400, "websocket transport session does not exist or has already disconnected"))
        == meaning::transport_is_unknown);
  CHECK(at(0).is == state::missing);
  CHECK(it.next(now) == (places{0})); // it may have moved, and another id is right
}

SCENARIO("a session that is one too many is not asked for in a loop") {
  ask_for({wanted("channel.raid"), wanted("stream.online")});
  CHECK(answer(0, refused(429, "number of websocket transports limit exceeded")) == meaning::too_many_transports);
  CHECK(at(0).is == state::missing);
  CHECK(it.next(now).empty());
  CHECK(it.wait_after_too_many() >= 10s);
  CHECK(it.wait_after_too_many() <= 30s);
  CHECK(it.deadline() == now + it.wait_after_too_many());
}

SCENARIO("when somebody has granted something, what was refused is asked for again at once, and a few times") {
  ask_for({wanted("channel.follow"), wanted("channel.raid"), wanted("stream.online")});
  auto refusal = refused(403, "subscription missing proper authorization");
  answer(0, refusal);
  answer(1, made("r"));
  answer(2, refused(410, "gone"));
  now += 1min;
  it.granted(now);
  CHECK(it.next(now) == (places{0})); // what was removed isn't there again, and what is there stays
  for (int i = 0; i < 3; ++i) {       // it wasn't what was missing, or isn't known everywhere yet
    answer(0, refusal);
    CHECK(it.deadline() == now + 5s);
    now += 5s;
    CHECK(it.next(now) == (places{0}));
  }
  answer(0, refusal);
  CHECK(it.deadline() == now + 30min);
  it.granted(now);
  CHECK(it.next(now) == (places{0}));
  answer(0, made("f"));
  CHECK(at(0).is == state::enabled);
}

SCENARIO("too many subscriptions are not asked for in a loop") {
  ask_for({wanted("channel.raid")});
  CHECK(answer(0, refused(429, "maximum total cost exceeded")) == meaning::nothing);
  CHECK(it.deadline() == now + 20s); // the session before may still be counted
  now += 1min;
  it.next(now);
  CHECK(answer(0, refused(429, "maximum total cost exceeded")) == meaning::nothing);
  CHECK(at(0).is == state::refused);
  CHECK(it.next(now + 29min).empty());
  CHECK(it.next(now + 30min) == (places{0}));
}

SCENARIO("a failure that isn't explained is tried again, with growing pauses") {
  ask_for({wanted("channel.raid")});
  for (auto pause : {1s, 2s, 4s, 8s}) {
    answer(0, unavailable());
    CHECK(at(0).is == state::missing);
    CHECK(!at(0).why.empty());
    CHECK(it.deadline() == now + pause);
    now += pause;
    CHECK(it.next(now) == (places{0}));
  }
  answer(0, made("s"));
  CHECK(at(0).why.empty());
}

SCENARIO("a revoked subscription is told, and tried again after a while") {
  ask_for({wanted("channel.raid"), wanted("channel.follow")});
  answer(0, made("a"));
  answer(1, made("b"));
  CHECK(it.revoked({"unknown", "user_removed", "channel.raid", "1"}, now) == nullptr);
  const auto* ended = it.revoked({"a", "authorization_revoked", "channel.raid", "1"}, now);
  REQUIRE(ended != nullptr);
  CHECK_EQ(to_string(ended->what), "channel.raid 1 in #red");
  CHECK(at(0).is == state::revoked);
  CHECK(it.next(now).empty());
  CHECK(it.next(now + 30min) == (places{0}));
  it.revoked({"b", "version_removed", "channel.follow", "2"}, now);
  CHECK(it.next(now + 1000h).empty());
}

SCENARIO("a subscription that ended because we didn't answer is made again at once") {
  ask_for({wanted("channel.raid")});
  answer(0, made("a"));
  it.revoked({"a", "notification_failures_exceeded", "channel.raid", "1"}, now);
  CHECK(at(0).is == state::revoked);
  CHECK(it.next(now + 5s) == (places{0}));
}

SCENARIO("of several subscriptions for the same the best one counts") {
  it.want({wanted("channel.raid")}, now);
  it.begin(now);
  auto useless =
    it.compare({listed("a", "channel.raid", "user_removed"),
                listed("b", "channel.raid", "webhook_callback_verification_pending"), listed("c", "channel.raid", "x")},
               now);
  CHECK(useless == (strings{"a", "c"}));
  CHECK_EQ(at(0).id, "b");
}

SCENARIO("what is wanted can change") {
  ask_for({wanted("channel.raid"), wanted("stream.online")});
  answer(0, made("a"));
  answer(1, made("b"));
  CHECK(it.want({wanted("stream.online"), wanted("channel.cheer")}, now) == (strings{"a"}));
  CHECK(at(0).is == state::enabled);
  CHECK_EQ(at(0).id, "b");
  CHECK(it.next(now) == (places{1}));
  WHEN("an answer is on its way meanwhile") {
    auto round = it.round();
    it.want({wanted("channel.cheer")}, now);
    CHECK(it.answered(1, round, made("c"), now) == meaning::nothing);
    CHECK(it.next(now) == (places{0})); // asked for again: Twitch says that it is there
  }
}

SCENARIO("a callback is there once Twitch has found it") {
  ask_for({wanted("channel.raid"), wanted("stream.online")});
  answer(0, made_pending("a"));
  CHECK(at(0).is == state::unverified);
  CHECK(!it.settled());
  it.verified("a");
  CHECK(at(0).is == state::enabled);
  it.verified("b"); // before Twitch has told that it has made it
  answer(1, made_pending("b"));
  CHECK(at(1).is == state::enabled);
  CHECK(it.settled());
}

SCENARIO("Twitch's own list says what there is") {
  it.want({wanted("channel.raid"), wanted("stream.online"), wanted("channel.cheer")}, now);
  it.begin(now);
  auto useless = it.compare({listed("a", "channel.raid"), listed("a2", "channel.raid"), listed("x", "channel.ban"),
                             listed("b", "stream.online", "webhook_callback_verification_pending"),
                             listed("c", "channel.cheer", "notification_failures_exceeded"),
                             listed("d", "channel.raid", "enabled", "blue")},
                            now);
  CHECK(useless == (strings{"a2", "x", "c", "d"}));
  CHECK(at(0).is == state::enabled);
  CHECK_EQ(at(0).id, "a");
  CHECK(at(1).is == state::unverified);
  CHECK(it.next(now) == (places{2}));
  WHEN("the answer to a question is on its way") {
    CHECK(it.compare({listed("a", "channel.raid"), listed("b", "stream.online"), listed("new", "channel.cheer")}, now)
          == strings{});
    CHECK(at(1).is == state::enabled);
  }
  WHEN("something isn't in the list any more") {
    answer(2, made("new"));
    it.compare({listed("b", "stream.online"), listed("new", "channel.cheer")}, now);
    CHECK(at(0).is == state::missing);
    CHECK(it.next(now) == (places{0}));
    answer(0, made("again"));
  }
  WHEN("Twitch didn't reach the callback, or has ended a subscription") {
    CHECK(it.compare({listed("again", "channel.raid", "webhook_callback_verification_failed"),
                      listed("b", "stream.online"), listed("new", "channel.cheer", "authorization_revoked")},
                     now)
          == (strings{"again", "new"}));
    CHECK(at(0).is == state::refused);
    CHECK(at(0).why.find("didn't reach the callback") != std::string::npos);
    CHECK(at(2).is == state::revoked);
    CHECK_EQ(at(2).why, "authorization_revoked");
    CHECK(it.next(now).empty());
    CHECK(it.next(now + 1s) == (places{0}));
  }
}

SCENARIO("a table tells people how they stand and what helps") {
  ask_for({wanted("channel.raid"), wanted("channel.raid", "blue"), wanted("channel.cheer")});
  answer(0, made("a"));
  answer(1, made("b"));
  answer(2, refused(403, "subscription missing proper authorization"));
  CHECK_EQ(describe(it, "ann"), "2 of 3 subscriptions\n"
                                "  channel.raid 1   subscribed (#red #blue)\n"
                                "  channel.cheer 1  refused: needs the scope bits:read (subscription missing proper "
                                "authorization); what helps: creamery auth ann --channel red (#red)");
}

END_FIXTURE_SCOPE()
