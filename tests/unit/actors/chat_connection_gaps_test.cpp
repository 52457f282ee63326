#define CAF_SUITE actors.chat_connection_gaps

#include "tests/unit/actors/connection_fixture.hpp"

using namespace creamery;
using namespace creamery::test;
using namespace std::chrono_literals;

namespace {

struct gap_fixture : connection_fixture {
  captured_log log;

  /// The present time, in milliseconds since 1970.
  int64_t now() {
    return settings.wall_clock(sched.clock().now());
  }

  /// Somebody says something in #one, at this time by Twitch's clock.
  void chat_at(link_id id, int64_t when) {
    ++messages;
    receive(id, {"@id=" + std::to_string(messages) + ";tmi-sent-ts=" + std::to_string(when)
                 + " :ann!ann@ann.tmi.twitch.tv PRIVMSG #one :hi"});
  }

  /// The gaps of a channel, without that before the first time.
  std::vector<reading_gap> gaps_of(const std::string& channel) {
    auto all = report().gaps;
    std::erase_if(all, [&](const auto& x) { return x.channel != channel || x.from == 0; });
    return all;
  }
};

using gaps = std::vector<reading_gap>;

} // namespace

BEGIN_FIXTURE_SCOPE(gap_fixture)

SCENARIO("while a connection is down its channels have a gap, from the last line that was read to the next JOIN") {
  start({"one", "two"});
  settle(1, {"one", "two"});
  CHECK_EQ(gaps_of("one"), gaps{});
  pass(10s);
  auto last = now() - 123;
  chat_at(1, last);
  pass(5s);
  GIVEN("a connection that was lost") {
    close(1);
    CHECK_EQ(gaps_of("one"), (gaps{{"one", "", last, 0}}));
    CHECK_EQ(gaps_of("two"), (gaps{{"two", "", last, 0}})); // what came by the same socket was complete until then
    WHEN("it is there again") {
      pass(3s);
      settle(2, {"one"});
      auto joined = now();
      pass(1s);
      roomstate(2, "two");
      THEN("each gap ends with its channel's JOIN, and is told of") {
        CHECK_EQ(gaps_of("one"), (gaps{{"one", "", last, joined}}));
        CHECK_EQ(gaps_of("two"), (gaps{{"two", "", last, joined + 1'000}}));
        CHECK_EQ(log.count("in #one again: what was said there between " + utc_time(last) + " and " + utc_time(joined)),
                 1u);
      }
    }
  }
}

SCENARIO("what a dead socket had read and the router doesn't have yet is no part of the gap") {
  w->router_answers = false;
  start({"one"});
  settle(1, {"one"});
  pass(10s);
  chat_at(1, now());
  auto last = now();
  close(1);
  CHECK_EQ(gaps_of("one"), (gaps{{"one", "", last, 0}}));
  CHECK(report().channels.at(0).read_until < last); // but if the process ended now, it would be lost
  answer_router();
  CHECK_EQ(report().channels.at(0).read_until, last);
}

SCENARIO("in quiet channels the last answer to a PING counts") {
  start({"one"});
  settle(1, {"one"});
  auto joined = now();
  pass(settings.session.ping_after + 1ms);
  auto asked = now() - 1;
  REQUIRE(link(1).has_sent("PING :creamery\r\n"));
  close(1);
  CHECK_EQ(gaps_of("one"), (gaps{{"one", "", joined, 0}}));
  pass(3s);
  settle(2, {"one"});
  joined = now();
  pass(settings.session.ping_after);
  asked = now();
  receive(2, {":tmi.twitch.tv PONG tmi.twitch.tv :creamery"});
  pass(20s);
  close(2);
  CHECK_EQ(gaps_of("one").back(), (reading_gap{"one", "", asked, 0}));
}

SCENARIO("RECONNECT makes no gap") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  settle(2, {"one"});
  flushed(1);
  close(1);
  CHECK_EQ(gaps_of("one"), gaps{});
}

SCENARIO("an old link that was dead already when the successor came leaves a gap") {
  start({"one", "two"});
  settle(1, {"one", "two"});
  pass(10s);
  chat_at(1, now());
  auto last = now();
  receive(1, {reconnect});
  pass(3s); // nothing comes by the old one any more
  settle(2, {"one"});
  auto joined = now();
  pass(1s);
  chat(2, {"only the successor hears this"});
  GIVEN("an old link that ends without a word") {
    close(1);
    THEN("what was said until the successor had joined is missing, and what it isn't in still is") {
      CHECK_EQ(gaps_of("one"), (gaps{{"one", "", last, joined}}));
      CHECK_EQ(gaps_of("two"), (gaps{{"two", "", last, 0}}));
      CHECK_EQ(log.count("may not have been read by this connection"), 1u);
    }
  }
}

SCENARIO("a successor that takes over when the overlap ends has the same gaps") {
  start({"one", "two"});
  settle(1, {"one", "two"});
  pass(10s);
  chat_at(1, now());
  auto last = now();
  receive(1, {reconnect});
  pass(3s);
  settle(2, {"one"});
  auto joined = now();
  link(1).paused = true; // or its silence would end it before
  pass(settings.overlap);
  CHECK(link(1).closed);
  CHECK_EQ(gaps_of("one"), (gaps{{"one", "", last, joined}}));
  CHECK_EQ(gaps_of("two"), (gaps{{"two", "", last, 0}}));
}

SCENARIO("when all that a connection knew is forgotten, the gap isn't") {
  w->router_answers = false;
  start({"one"});
  settle(1, {"one"});
  pass(10s);
  answer_router();
  auto joined = now();
  chat_at(1, now()); // the router never gets it
  kill(connection);
  memory.forget("irc-1");
  start({"one"});
  CHECK_LT(gaps_of("one").back().from, joined);
  CHECK_EQ(gaps_of("one").back().to, 0);
}

SCENARIO("a channel that the successor can't join has a gap when the old link ends") {
  start({"one", "two"});
  settle(1, {"one", "two"});
  receive(1, {reconnect});
  open(2);
  welcome(2);
  roomstate(2, "one");
  pass(10s);
  chat_at(1, now());
  auto last = now();
  close(1);
  CHECK_EQ(gaps_of("one"), gaps{});
  CHECK_EQ(gaps_of("two"), (gaps{{"two", "", last, 0}}));
}

SCENARIO("a channel that Twitch removes us from has a gap, one that is left has none") {
  start({"one", "two"});
  settle(1, {"one", "two"});
  pass(10s);
  chat_at(1, now());
  receive(1, {":creamybot!creamybot@creamybot.tmi.twitch.tv PART #two"});
  CHECK_EQ(gaps_of("two"), (gaps{{"two", "", now(), 0}}));
  tell(connection, channels_atom_v, strings{"one"});
  CHECK_EQ(gaps_of("two"), gaps{});
}

SCENARIO("gaps are remembered by the actor that comes after one that has ended") {
  start({"one"});
  settle(1, {"one"});
  chat_at(1, now());
  auto last = now();
  close(1);
  kill(connection);
  start({"one"});
  CHECK_EQ(gaps_of("one"), (gaps{{"one", "", last, 0}}));
}

SCENARIO("a connection that is asked to end begins its gaps") {
  start({"one"});
  settle(1, {"one"});
  chat_at(1, now());
  auto last = now();
  caf::anon_send_exit(connection, caf::exit_reason::user_shutdown);
  pass({});
  CHECK_EQ(reading->gaps().back(), (reading_gap{"one", "", last, 0}));
}

SCENARIO("when the end is near, nothing counts as read any more") {
  start({"one"});
  settle(1, {"one"});
  chat_at(1, now());
  auto last = now();
  CHECK(ask<bool>(connection, drain_atom_v));
  pass(10s);
  chat_at(1, now());
  CHECK_EQ(report().channels.at(0).read_until, last);
  CHECK_EQ(report().lines_discarded, 1u);
}

END_FIXTURE_SCOPE()
