#define CAF_SUITE actors.chat_connection

#include "tests/unit/actors/connection_fixture.hpp"

using namespace creamery;
using namespace creamery::test;
using namespace std::chrono_literals;

BEGIN_FIXTURE_SCOPE(connection_fixture)

// -- setting up -----------------------------------------------------------------------------------------------------------

SCENARIO("a connection is set up step by step") {
  GIVEN("a connection that doesn't know an outbox yet") {
    start({"one", "two"}, false);
    pass(1h);
    THEN("it doesn't dial") {
      CHECK(w->events.empty());
      CHECK(links->empty());
      CHECK_EQ(report().state, "waiting");
    }
    WHEN("it is told of one which has no login to give") {
      w->permits_logins = false;
      tell(connection, use_atom_v, hub);
      tell(connection, use_atom_v, box);
      THEN("it waits for the permission, without credentials and without a socket") {
        CHECK_EQ(w->events, (strings{"login"}));
        CHECK(links->empty());
        CHECK_EQ(report().state, "dialling");
      }
    }
    WHEN("the permission comes") {
      permit_logins();
      THEN("it asks for the credentials and opens a link, and says nothing yet") {
        CHECK_EQ(w->events, (strings{"login", "credentials"}));
        REQUIRE_EQ(links->size(), 1u);
        CHECK(link(1).sent.empty());
        CHECK_EQ(report().state, "dialling");
      }
    }
    WHEN("the link is open") {
      open(1);
      THEN("it logs in") {
        CHECK_EQ(std::accumulate(link(1).sent.begin(), link(1).sent.end(), std::string{}),
                 "CAP REQ :twitch.tv/tags twitch.tv/commands twitch.tv/membership\r\nPASS oauth:secret1\r\nNICK "
                 "creamybot\r\n");
        CHECK_EQ(report().state, "logging in");
      }
    }
    WHEN("it is welcomed") {
      w->joins_at_once = 0;
      link(1).sent.clear();
      welcome(1);
      THEN("it asks for JOINs, tells its login, and joins nothing without permission") {
        CHECK_EQ(w->events.back(), "joins");
        CHECK_EQ(w->joins_asked, (std::vector<uint64_t>{2}));
        CHECK_EQ(w->own_logins, (strings{"creamybot"}));
        CHECK(link(1).sent.empty());
        CHECK_EQ(report().state, "open");
        CHECK_EQ(report().login, "creamybot");
      }
    }
    WHEN("both JOINs are permitted") {
      permit_joins(2);
      THEN("they are sent in one line") {
        CHECK_EQ(link(1).sent, (strings{"JOIN #one,#two\r\n"}));
        CHECK(w->ready.empty());
      }
    }
    WHEN("the first channel answers") {
      roomstate(1, "one");
      THEN("its membership is told, and the connection isn't ready yet") {
        CHECK_EQ(w->events.back(), "joined one");
        CHECK(w->ready.empty());
      }
    }
    WHEN("the second channel answers") {
      roomstate(1, "two");
      THEN("the bot is told") {
        CHECK_EQ(w->events.back(), "joined two");
        REQUIRE_EQ(w->ready.size(), 1u);
        CHECK_EQ(w->ready[0].first, "bot/irc-1");
        CHECK_EQ(w->ready[0].second, (bot_ready{"creamybot", {"one", "two"}}));
      }
      AND("the report shows it") {
        auto x = report();
        CHECK_EQ(x.name, "bot/irc-1");
        CHECK_EQ(x.state, "open");
        CHECK_EQ(x.dials, 1u);
        CHECK_EQ(x.reconnects, 0u);
        CHECK_EQ(x.last_error, "");
        REQUIRE_EQ(x.channels.size(), 2u);
        CHECK(x.channels[0].joined);
        CHECK(x.channels[1].joined);
        CHECK_EQ(x.lines_in, 5u);
      }
    }
  }
}

SCENARIO("credentials are asked for at each dial") {
  start({"chan"});
  settle(1, {"chan"});
  w->token = "secret2";
  close(1);
  pass(5s);
  REQUIRE_EQ(links->size(), 2u);
  open(2);
  CHECK(link(1).has_sent("PASS oauth:secret1"));
  CHECK(link(2).has_sent("PASS oauth:secret2"));
  CHECK_EQ(w->count("credentials"), 2u);
  CHECK_EQ(w->count("login"), 2u);
}

SCENARIO("permissions that come piece by piece are all used") {
  GIVEN("fifty channels, and an outbox that permits twenty JOINs at a time") {
    strings channels;
    for (int i = 0; i < 50; ++i)
      channels.push_back("chan" + std::to_string(i));
    w->joins_at_once = 20;
    start(channels);
    open(1);
    welcome(1);
    THEN("all are joined, and none is asked for twice") {
      size_t joins = 0;
      for (const auto& line : link(1).sent)
        if (line.starts_with("JOIN"))
          joins += static_cast<size_t>(std::count(line.begin(), line.end(), '#'));
      CHECK_EQ(joins, 50u);
      CHECK_EQ(w->joins_asked, (std::vector<uint64_t>{50, 30, 10}));
    }
  }
}

SCENARIO("a channel that doesn't answer is missing, shown with the reason, and tried again") {
  GIVEN("a channel that answers, one that is banned and one that stays silent") {
    start({"good", "banned", "silent"});
    open(1);
    welcome(1);
    roomstate(1, "good");
    receive(1, {"@msg-id=msg_channel_suspended :tmi.twitch.tv NOTICE #banned :This channel has been suspended."});
    CHECK(w->ready.empty());
    WHEN("the time-out of a JOIN is over") {
      pass(15s);
      THEN("the bot is ready without them") {
        REQUIRE_EQ(w->ready.size(), 1u);
        CHECK_EQ(w->ready[0].second, (bot_ready{"creamybot", {"good"}}));
      }
      AND("the report says why") {
        for (const auto& one : report().channels) {
          CHECK_EQ(one.joined, one.channel == "good");
          if (one.channel == "banned")
            CHECK(one.problem.find("msg_channel_suspended") != std::string::npos);
          if (one.channel == "silent")
            CHECK(one.problem.find("no answer") != std::string::npos);
          if (one.channel != "good")
            CHECK_EQ(one.attempts, 1u);
        }
      }
    }
    WHEN("it is time to try again and the channel exists by now") {
      auto before = w->joins_asked.size();
      pass(31s);
      CHECK_GT(w->joins_asked.size(), before);
      roomstate(1, "silent");
      THEN("it is joined, and the bot isn't told a second time that it is ready") {
        CHECK_EQ(w->events.back(), "joined silent");
        CHECK_EQ(w->ready.size(), 1u);
      }
    }
  }
}

SCENARIO("hours of failing JOINs are neither many JOINs nor many log lines") {
  creamery::test::captured_log log;
  start({"nowhere"});
  open(1);
  welcome(1);
  for (int i = 0; i < 24 * 60; ++i) {
    pass(1min);
    receive(1, {"PING :tmi.twitch.tv"});
  }
  CHECK_LE(w->joins_asked.size(), 24u * 6 + 10);
  CHECK_GE(w->joins_asked.size(), 100u);
  CHECK_LE(log.count("can't join"), 10u);
  CHECK_LE(timers(), 5u);
}

// -- lines ----------------------------------------------------------------------------------------------------------------

SCENARIO("a PING is answered with what it said") {
  start({});
  open(1);
  welcome(1);
  receive(1, {"PING :tmi.twitch.tv"}, 30);
  CHECK_EQ(link(1).sent.back(), "PONG :tmi.twitch.tv\r\n");
  CHECK(w->batches.empty());
}

SCENARIO("lines are forwarded as one batch, and credit is given back only after the router has answered") {
  start({"chan"});
  settle(1, {"chan"});
  auto before = link(1).released;
  auto batches = w->batches.size();
  w->router_answers = false;
  WHEN("three lines arrive in one read") {
    chat(1, {"a", "b", "c"}, 300);
    THEN("they go to the router together") {
      REQUIRE_EQ(w->batches.size(), batches + 1);
      CHECK_EQ(w->batches.back().lines.size(), 3u);
      CHECK_EQ(w->batches.back().connection, "bot/irc-1");
      CHECK_EQ(w->batches.back().read_at, nanoseconds());
      CHECK_EQ(link(1).released, before);
      CHECK_EQ(report().lines_pending, 3u);
    }
  }
  WHEN("lines without interest for others arrive") {
    receive(1, {"PING :tmi.twitch.tv"}, 20);
    THEN("their credit is given back at once") {
      CHECK_EQ(link(1).released, before + 20);
    }
  }
  WHEN("the router has answered") {
    answer_router();
    THEN("so is theirs") {
      CHECK_EQ(link(1).released, before + 320);
      CHECK_EQ(report().lines_pending, 0u);
      CHECK_EQ(report().lines_forwarded, 4u); // with the ROOMSTATE
    }
  }
}

SCENARIO("batches are numbered one by one") {
  start({});
  open(1);
  welcome(1);
  for (int i = 0; i < 5; ++i)
    chat(1, {"text"});
  for (size_t i = 0; i < 5; ++i)
    CHECK_EQ(w->batches.at(i).number, i + 1);
}

SCENARIO("bad lines are counted and logged, and their neighbours aren't affected") {
  creamery::test::captured_log log;
  start({});
  open(1);
  welcome(1);
  receive(1, {"@tags-only", privmsg("1", "good"), "   ", privmsg("2", "good too")});
  CHECK_EQ(w->texts(), (strings{"good", "good too"}));
  CHECK_EQ(report().bad_lines, 2u);
  CHECK_EQ(report().lines_in, 7u);
  CHECK_EQ(log.count("@tags-only"), 1u);
}

SCENARIO("a bad line can't write into the terminal of whoever reads the log") {
  creamery::test::captured_log log;
  start({});
  open(1);
  welcome(1);
  receive(1, {"@\x1B[2Jevil"});
  CHECK_EQ(log.count("evil"), 1u);
  CHECK_EQ(log.count("\x1B"), 0u);
}

SCENARIO("a server that sends nothing but bad lines doesn't fill the disk") {
  creamery::test::captured_log log;
  start({});
  open(1);
  welcome(1);
  for (int i = 0; i < 2'000; ++i)
    receive(1, {"@bad-line-" + std::to_string(i)});
  CHECK_EQ(report().bad_lines, 2'000u);
  CHECK_LE(log.count("@bad-line-"), 20u);
}

SCENARIO("what a message needs is written to the connection, and Twitch's answers reach the outbox") {
  start({"chan"});
  settle(1, {"chan"});
  write(1, "chan", "PRIVMSG #chan :hello\r\n");
  CHECK_EQ(link(1).sent.back(), "PRIVMSG #chan :hello\r\n");
  receive(1, {"@badges=moderator/1;client-nonce=abc;id=42;mod=1 :tmi.twitch.tv USERSTATE #chan",
              "@msg-id=msg_ratelimit :tmi.twitch.tv NOTICE #chan :too quickly"});
  REQUIRE_EQ(w->own_states.size(), 1u);
  CHECK_EQ(w->own_states[0].bot, "bot");
  CHECK_EQ(w->own_states[0].channel, "chan");
  CHECK(w->own_states[0].privileged);
  CHECK_EQ(w->own_states[0].message_id, "42");
  CHECK_EQ(w->own_states[0].nonce, "abc");
  REQUIRE_EQ(w->notices.size(), 1u);
  CHECK_EQ(w->notices[0].msg_id, "msg_ratelimit");
}

SCENARIO("nothing is written to a channel that the connection isn't in") {
  start({"chan"});
  open(1);
  welcome(1);
  auto before = link(1).sent.size();
  write(1, "chan", "PRIVMSG #chan :hello\r\n");
  write(1, "other", "PRIVMSG #other :hello\r\n");
  CHECK_EQ(link(1).sent.size(), before);
}

// -- the router and the outbox are replaced -----------------------------------------------------------------------------------

SCENARIO("a new router gets all that the old one hadn't accounted for, in order, and its login") {
  GIVEN("four batches, one of which the router has accounted for") {
    start({});
    open(1);
    welcome(1);
    chat(1, {"one"}, 10);
    w->router_answers = false;
    chat(1, {"two"}, 10);
    chat(1, {"three"}, 10);
    auto before = link(1).released;
    WHEN("the router dies, and more arrives before there is another one") {
      end_router();
      chat(1, {"four"}, 10);
      CHECK_EQ(link(1).released, before);
      w->batches.clear();
      w->own_logins.clear();
      w->router_answers = true;
      hub = sys.spawn(router_double, w);
      tell(connection, use_atom_v, hub);
      THEN("the new one gets the three others, once") {
        CHECK_EQ(w->texts(), (strings{"two", "three", "four"}));
        CHECK_EQ(w->own_logins, (strings{"creamybot"}));
      }
      AND("their credit is given back") {
        CHECK_EQ(link(1).released, before + 30);
        CHECK_EQ(report().lines_pending, 0u);
      }
    }
  }
}

SCENARIO("lines that arrive before there is a router are kept") {
  start({}, false);
  tell(connection, use_atom_v, box);
  open(1);
  welcome(1);
  chat(1, {"early"});
  CHECK_EQ(report().lines_pending, 1u);
  tell(connection, use_atom_v, hub);
  CHECK_EQ(w->texts(), (strings{"early"}));
  CHECK_EQ(report().lines_pending, 0u);
}

SCENARIO("lines of a connection that was lost meanwhile still reach the next router") {
  start({});
  open(1);
  welcome(1);
  w->router_answers = false;
  chat(1, {"last words"});
  close(1);
  end_router();
  w->batches.clear();
  w->router_answers = true;
  hub = sys.spawn(router_double, w);
  tell(connection, use_atom_v, hub);
  CHECK_EQ(w->texts(), (strings{"last words"}));
}

SCENARIO("a new outbox is told where we are and who, and asked for what is still needed") {
  GIVEN("a connection that is in one channel and waits for permission to join another") {
    w->joins_at_once = 1;
    start({"one", "two"});
    open(1);
    w->joins_at_once = 0;
    welcome(1);
    permit_joins(1);
    roomstate(1, "one");
    receive(1, {"@badges=moderator/1;mod=1 :tmi.twitch.tv USERSTATE #one"});
    WHEN("the outbox is replaced") {
      end_outbox();
      w->events.clear();
      w->own_states.clear();
      w->joins_asked.clear();
      w->joins_at_once = 100;
      box = sys.spawn(outbox_double, w);
      tell(connection, use_atom_v, box);
      THEN("it learns the membership and that the larger limits hold") {
        CHECK_EQ(w->count("joined one"), 1u);
        REQUIRE_EQ(w->own_states.size(), 1u);
        CHECK(w->own_states[0].privileged);
        CHECK(w->own_states[0].nonce.empty());
      }
      AND("the permission is asked for again and used") {
        CHECK_EQ(w->joins_asked, (std::vector<uint64_t>{1}));
        CHECK(link(1).has_sent("JOIN #two"));
        CHECK_EQ(w->count("login"), 0u);
        CHECK(!link(1).closed);
      }
    }
  }
}

SCENARIO("a login that was asked for when the outbox died is asked for again") {
  w->permits_logins = false;
  start({});
  CHECK_EQ(w->count("login"), 1u);
  end_outbox();
  w->permits_logins = true;
  box = sys.spawn(outbox_double, w);
  tell(connection, use_atom_v, box);
  pass(5s);
  CHECK_EQ(w->count("login"), 2u);
  CHECK_EQ(links->size(), 1u);
}

// -- failures -------------------------------------------------------------------------------------------------------------

SCENARIO("a refused login is told, and not hammered") {
  creamery::test::captured_log log;
  start({"chan"});
  size_t refused = 0;
  auto dials_in = [&](caf::timespan time) {
    auto before = links->size();
    for (auto end = sched.clock().now() + time; sched.clock().now() < end; pass(1s)) {
      while (refused < links->size()) {
        auto id = ++refused;
        open(id);
        receive(id, {refusal});
        close(id, "closed by the server");
      }
    }
    return links->size() - before;
  };
  auto first_minute = dials_in(1min);
  CHECK_LE(first_minute, 6u);
  CHECK_EQ(w->events.at(2), "refused bot/irc-1: Login authentication failed");
  auto first_day = dials_in(24h);
  CHECK_LE(first_day, 24u * 8 + 12);
  CHECK_GE(first_day, 24u * 4 - 4);
  CHECK_EQ(open_links(), 0u);
  CHECK_LE(log.count("the login was refused"), 12u);
  CHECK(report().last_error.find("Login authentication failed") != std::string::npos);
  CHECK_LE(timers(), 5u);
}

SCENARIO("a token that was repaired is used at the next dial, and the long waits are forgotten") {
  start({});
  for (link_id id = 1; id <= 5; ++id) {
    open(id);
    receive(id, {refusal});
    pass(15min);
  }
  w->token = "repaired";
  auto id = links->size();
  open(id);
  CHECK(link(id).has_sent("PASS oauth:secret1")); // asked for when it was dialled
  receive(id, {refusal});
  pass(15min);
  id = links->size();
  open(id);
  CHECK(link(id).has_sent("PASS oauth:repaired"));
  welcome(id);
  receive(id, {refusal}); // revoked in the middle of the session
  pass(11s);
  CHECK_EQ(links->size(), id + 1);
}

SCENARIO("a lost connection is dialled again after waits that grow up to two minutes") {
  creamery::test::captured_log log;
  start({"chan"});
  GIVEN("a network that is down for a day") {
    size_t closed = 0;
    std::vector<caf::timespan> dials;
    auto begin = sched.clock().now();
    while (sched.clock().now() < begin + 24h) {
      while (closed < links->size()) {
        dials.push_back(sched.clock().now() - begin);
        close(++closed, "connection refused");
      }
      pass(250ms);
    }
    THEN("the first retry comes within a second or so, none later than two minutes after the one before") {
      REQUIRE(dials.size() > 20);
      CHECK_LE(dials[1], caf::timespan{1250ms});
      for (size_t i = 1; i < dials.size(); ++i)
        CHECK_LE(dials[i] - dials[i - 1], caf::timespan{120'250ms});
      for (size_t i = 10; i < dials.size(); ++i)
        CHECK_GE(dials[i] - dials[i - 1], caf::timespan{59s});
    }
    AND("a day without a network is a dozen log lines") {
      CHECK_GE(log.count("dialling again"), 5u);
      CHECK_LE(log.count("dialling again"), 14u);
    }
    AND("the report names the dials and the reason") {
      CHECK_EQ(report().dials, links->size());
      CHECK(report().last_error.find("connection refused") != std::string::npos);
      CHECK_LE(timers(), 5u);
    }
  }
}

SCENARIO("reasons that alternate don't make log lines of every failure") {
  creamery::test::captured_log log;
  start({});
  size_t closed = 0;
  for (auto begin = sched.clock().now(); sched.clock().now() < begin + 24h; pass(1s))
    while (closed < links->size()) {
      ++closed;
      close(closed, closed % 2 == 0 ? "network is unreachable" : "connection refused");
    }
  CHECK_LE(log.count("dialling again"), 16u);
}

SCENARIO("a connection that was healthy is dialled again quickly, one that fails at once isn't") {
  start({});
  link_id id = 1;
  auto wait = [&] {
    auto before = links->size();
    auto begin = sched.clock().now();
    while (links->size() == before)
      pass(250ms);
    id = links->size();
    return sched.clock().now() - begin;
  };
  for (int i = 0; i < 10; ++i) {
    open(id);
    welcome(id);
    close(id);
    wait();
  }
  open(id);
  welcome(id);
  close(id);
  CHECK_GE(wait(), caf::timespan{59s});
  WHEN("one has lived for an hour and is closed by the server") {
    open(id);
    welcome(id);
    for (int i = 0; i < 60; ++i) {
      receive(id, {"PING :tmi.twitch.tv"});
      pass(59s);
    }
    close(id);
    THEN("the next dial follows at once") {
      CHECK_LE(wait(), caf::timespan{1250ms});
    }
  }
}

SCENARIO("a connection that was healthy before it became half-open is dialled again quickly as well") {
  start({});
  link_id id = 1;
  for (int i = 0; i < 10; ++i) {
    close(id);
    pass(2min);
    id = links->size();
  }
  open(id);
  welcome(id);
  for (int i = 0; i < 60; ++i) {
    receive(id, {"PING :tmi.twitch.tv"});
    pass(59s);
  }
  pass(71s - 59s);
  CHECK(link(id).closed);
  pass(2s);
  CHECK_EQ(links->size(), id + 1);
}

SCENARIO("all channels of a lost connection are lost for the outbox, and joined again") {
  start({"one", "two"});
  settle(1, {"one", "two"});
  w->events.clear();
  close(1);
  CHECK_EQ(w->events, (strings{"lost one", "lost two"}));
  CHECK_EQ(report().state, "waiting");
  CHECK(!report().channels.at(0).joined);
  pass(2s);
  settle(2, {"one", "two"});
  CHECK_EQ(w->count("joined one"), 1u);
  CHECK_EQ(w->ready.size(), 2u);
}

SCENARIO("a half-open link is asked whether anybody is there, and then given up") {
  start({"chan"});
  settle(1, {"chan"});
  WHEN("nothing arrives for a minute") {
    pass(60s);
    THEN("it is asked") {
      CHECK_EQ(link(1).sent.back(), "PING :creamery\r\n");
      CHECK(!link(1).closed);
    }
  }
  WHEN("an answer comes") {
    pass(9s);
    receive(1, {":tmi.twitch.tv PONG tmi.twitch.tv :creamery"});
    pass(59s);
    THEN("it is kept") {
      CHECK(!link(1).closed);
    }
  }
  WHEN("the next time none comes") {
    pass(1s);
    CHECK_EQ(link(1).sent.back(), "PING :creamery\r\n");
    pass(10s);
    THEN("it is closed, its channels are lost, and another one is dialled") {
      CHECK(link(1).closed);
      CHECK_EQ(w->events.back(), "lost chan");
      pass(2s);
      CHECK_EQ(links->size(), 2u);
      CHECK(report().last_error.find("half-open") != std::string::npos);
    }
  }
  WHEN("the dead link's session ends at last") {
    auto dials = report().dials;
    close(1, "closed by us");
    pass(10s);
    THEN("that isn't a second failure") {
      CHECK_EQ(report().dials, dials);
    }
  }
}

SCENARIO("a server that opens but never welcomes is given up") {
  start({});
  open(1);
  pass(21s);
  CHECK(link(1).closed);
  pass(2s);
  CHECK_EQ(links->size(), 2u);
}

SCENARIO("silence isn't the server's fault while the router is stuck") {
  start({"chan"});
  settle(1, {"chan"});
  w->router_answers = false;
  chat(1, {"hello"});
  pass(10min);
  CHECK(!link(1).closed);
  CHECK_EQ(links->size(), 1u);
  WHEN("the router gets on, and the silence goes on") {
    answer_router();
    pass(72s);
    THEN("it is") {
      CHECK(link(1).closed);
    }
  }
}

SCENARIO("silence isn't the server's fault while its socket isn't read") {
  start({});
  open(1);
  welcome(1);
  link(1).paused = true;
  pass(10min);
  CHECK(!link(1).closed);
  link(1).paused = false;
  pass(72s);
  CHECK(link(1).closed);
}

SCENARIO("failed channels are tried again while the router is stuck, without haste") {
  start({"good", "bad"});
  open(1);
  welcome(1);
  roomstate(1, "good");
  receive(1, {"@msg-id=msg_room_not_found :tmi.twitch.tv NOTICE #bad :no such room"});
  w->router_answers = false;
  chat(1, {"hello"});
  pass(1min); // fails if the alarm rings for ever
  CHECK_EQ(w->joins_asked.size(), 2u);
  CHECK(!link(1).closed);
}

SCENARIO("a link that isn't welcomed is given up although the router is stuck") {
  start({});
  open(1);
  welcome(1);
  w->router_answers = false;
  chat(1, {"hello"});
  close(1);
  pass(2s);
  REQUIRE_EQ(links->size(), 2u);
  open(2);
  pass(21s);
  CHECK(link(2).closed);
}

// -- RECONNECT ------------------------------------------------------------------------------------------------------------

SCENARIO("RECONNECT opens a successor while the old link is still read") {
  start({"one", "two"});
  settle(1, {"one", "two"});
  w->events.clear();
  GIVEN("a RECONNECT") {
    receive(1, {reconnect});
    THEN("another link is opened at once, by the same rules, and the old one stays") {
      CHECK_EQ(w->events, (strings{"login", "credentials"}));
      REQUIRE_EQ(links->size(), 2u);
      CHECK(!link(1).closed);
      CHECK_EQ(report().state, "replacing");
      CHECK_EQ(report().reconnects, 1u);
    }
    WHEN("the successor is being set up") {
      open(2);
      welcome(2);
      roomstate(2, "one");
      chat(1, {"by the old link"});
      write(1, "one", "PRIVMSG #one :a\r\n");
      THEN("the old one is read and written to") {
        CHECK_EQ(w->said().back(), "by the old link");
        CHECK_EQ(link(1).sent.back(), "PRIVMSG #one :a\r\n");
        CHECK(!link(1).closed);
      }
    }
    WHEN("the successor is in its channels") {
      w->ready.clear();
      chat(2, {"after both"});
      roomstate(2, "two");
      chat(1, {"before both"});
      THEN("what the old one still has to tell comes first") {
        CHECK(!link(1).closed);
        CHECK_EQ(w->said().back(), "before both");
        CHECK_EQ(report().state, "replacing");
        CHECK_GE(report().lines_pending, 1u);
        flushed(1);
        CHECK_EQ(w->said().back(), "after both");
        CHECK_EQ(report().lines_pending, 0u);
      }
      AND("it takes over as soon as that has arrived, and the old one is closed") {
        CHECK(link(1).closed);
        CHECK(!link(2).closed);
        CHECK_EQ(w->ready.size(), 1u);
        CHECK_EQ(report().state, "open");
        write(2, "one", "PRIVMSG #one :b\r\n");
        CHECK_EQ(link(2).sent.back(), "PRIVMSG #one :b\r\n");
      }
      AND("what still arrives on the old one counts") {
        chat(1, {"last words"}, 5);
        CHECK_EQ(w->said().back(), "last words");
        CHECK_GE(link(1).released, 5u);
      }
    }
    WHEN("the old one ends") {
      close(1, "closed by us");
      pass(50s);
      THEN("nothing was lost and nobody dials") {
        CHECK_EQ(w->count("lost one"), 0u);
        CHECK_EQ(w->count("lost two"), 0u);
      }
    }
  }
}

SCENARIO("an old link that doesn't say that it has told everything is waited for only so long") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  settle(2, {"one"});
  auto released = link(2).released;
  chat(2, {"held back"}, 7);
  CHECK(w->said().empty());
  CHECK_EQ(link(2).released, released);
  pass(chat_settings{}.overlap + 1s);
  CHECK(link(1).closed);
  CHECK_EQ(w->said(), strings{"held back"});
  answer_router();
  CHECK_GE(link(2).released, released + 7);
}

SCENARIO("an old link that ends isn't waited for") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  settle(2, {"one"});
  chat(2, {"held back"});
  close(1);
  CHECK_EQ(w->said(), strings{"held back"});
  CHECK_EQ(report().state, "open");
  CHECK_EQ(w->count("lost one"), 0u);
}

SCENARIO("what a successor has read isn't lost with it") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  settle(2, {"one"});
  chat(2, {"held back"});
  close(2);
  CHECK_EQ(w->said(), strings{"held back"});
  CHECK(!link(1).closed);
}

SCENARIO("after the change nobody dials again because the old link has ended") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  settle(2, {"one"});
  close(1, "closed by us");
  pass(50s);
  CHECK_EQ(links->size(), 2u);
  CHECK_EQ(report().dials, 2u);
}

SCENARIO("a second RECONNECT before the successor is there opens no third link") {
  start({"one"});
  settle(1, {"one"});
  w->permits_logins = false;
  receive(1, {reconnect, reconnect});
  receive(1, {reconnect});
  permit_logins();
  receive(1, {reconnect});
  CHECK_EQ(links->size(), 2u);
  CHECK_EQ(w->count("login"), 2u);
  CHECK_EQ(report().reconnects, 1u);
}

SCENARIO("a successor that isn't in all channels when the overlap ends takes over all the same") {
  GIVEN("a successor that waits for permission to join its second channel") {
    start({"one", "two"});
    settle(1, {"one", "two"});
    w->joins_at_once = 0;
    receive(1, {reconnect});
    open(2);
    welcome(2);
    permit_joins(1);
    roomstate(2, "one");
    w->events.clear();
    WHEN("just less than the overlap is over") {
      pass(44s);
      CHECK(!link(1).closed);
      receive(2, {"PING :tmi.twitch.tv"});
    }
    WHEN("the overlap is over") {
      pass(2s);
      THEN("the old link is closed") {
        CHECK(link(1).closed);
        CHECK_EQ(report().state, "open");
      }
      AND("what is said in the channel that the new one isn't in yet waits in the outbox") {
        CHECK_EQ(w->count("lost two"), 1u);
        CHECK_EQ(w->count("lost one"), 0u);
      }
    }
    WHEN("the permission comes at last") {
      permit_joins(1);
      roomstate(2, "two");
      THEN("it is joined") {
        CHECK_EQ(w->events.back(), "joined two");
      }
    }
  }
}

SCENARIO("a successor that isn't even welcomed when the overlap ends doesn't push the old link out") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  open(2);
  for (int i = 0; i < 5; ++i) {
    pass(10s);
    receive(1, {"PING :tmi.twitch.tv"});
  }
  CHECK(!link(1).closed);
}

SCENARIO("a successor that fails is tried again while the old link is still read") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  close(2, "connection refused");
  CHECK(!link(1).closed);
  chat(1, {"still here"});
  CHECK_EQ(w->texts().back(), "still here");
  pass(2s);
  REQUIRE_EQ(links->size(), 3u);
  settle(3, {"one"});
  flushed(1);
  CHECK(link(1).closed);
  CHECK_EQ(report().state, "open");
  CHECK_EQ(w->count("lost one"), 0u);
}

SCENARIO("when the old link ends first, the successor is all there is and goes on") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  open(2);
  close(1);
  CHECK_EQ(w->events.back(), "lost one");
  CHECK_EQ(report().state, "logging in");
  welcome(2);
  roomstate(2, "one");
  CHECK_EQ(w->events.back(), "joined one");
  CHECK_EQ(w->ready.size(), 2u);
  pass(50s);
  CHECK_EQ(links->size(), 2u);
}

SCENARIO("when the old link ends while the successor's login is still to be permitted, one link is opened") {
  start({"one"});
  settle(1, {"one"});
  w->permits_logins = false;
  receive(1, {reconnect});
  close(1);
  pass(5s);
  w->permits_logins = true;
  permit_logins();
  REQUIRE_EQ(links->size(), 2u);
  settle(2, {"one"});
  pass(30s);
  CHECK_EQ(links->size(), 2u);
  CHECK_EQ(w->count("login"), 2u);
  CHECK_EQ(report().state, "open");
}

SCENARIO("when the old link is given up, the successor goes on, and no third one is opened") {
  GIVEN("a successor that takes long to connect") {
    start({"one"});
    settle(1, {"one"});
    receive(1, {reconnect});
    WHEN("the old link turns out to be half-open") {
      pass(71s);
      CHECK(link(1).closed);
      CHECK_EQ(w->events.back(), "lost one");
      CHECK_EQ(report().state, "dialling");
      pass(10s);
      THEN("the successor is all there is") {
        CHECK_EQ(links->size(), 2u);
        settle(2, {"one"});
        pass(30s);
        CHECK_EQ(links->size(), 2u);
        CHECK_EQ(report().state, "open");
      }
    }
  }
}

SCENARIO("a successor whose login is refused leaves the old link alone and waits for long") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  open(2);
  receive(2, {refusal});
  CHECK(link(2).closed);
  CHECK(!link(1).closed);
  pass(4s);
  CHECK_EQ(links->size(), 2u);
  pass(7s);
  CHECK_EQ(links->size(), 3u);
}

SCENARIO("the old link is refused when its token is revoked, while the successor is being set up") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  open(2);
  receive(1, {refusal});
  CHECK(link(1).closed);
  settle(2, {"one"});
  pass(50s);
  CHECK_EQ(links->size(), 2u);
  CHECK(!link(2).closed);
  CHECK_EQ(report().state, "open");
}

SCENARIO("a retiring link that is refused or goes silent is nobody's loss") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  settle(2, {"one"});
  receive(1, {refusal});
  pass(50s);
  CHECK_EQ(links->size(), 2u);
  CHECK_EQ(report().state, "open");
}

SCENARIO("a channel that the successor can't join is lost, so that nothing is said into the void") {
  start({"one", "two"});
  settle(1, {"one", "two"});
  receive(1, {reconnect});
  open(2);
  welcome(2);
  roomstate(2, "one");
  receive(2, {"@msg-id=msg_banned :tmi.twitch.tv NOTICE #two :You are permanently banned"});
  flushed(1);
  CHECK(link(1).closed);
  CHECK_EQ(w->count("lost two"), 1u);
}

SCENARIO("a bot isn't told twice that it is ready by a link that retires") {
  start({"one", "two"});
  open(1);
  welcome(1);
  roomstate(1, "one");
  receive(1, {reconnect});
  settle(2, {"one", "two"});
  REQUIRE_EQ(w->ready.size(), 1u);
  roomstate(1, "two");
  CHECK_EQ(w->ready.size(), 1u);
  flushed(1);
  CHECK_EQ(w->ready.size(), 1u);
}

// -- channels -------------------------------------------------------------------------------------------------------------

SCENARIO("the channels of a connection can be changed") {
  start({"one", "two"});
  settle(1, {"one", "two"});
  w->events.clear();
  WHEN("one is taken away and another one is added") {
    tell(connection, channels_atom_v, strings{"two", "three"});
    THEN("the one is left and the other joined") {
      CHECK(link(1).has_sent("PART #one\r\n"));
      CHECK(link(1).has_sent("JOIN #three\r\n"));
      CHECK_EQ(w->count("left one"), 1u);
      roomstate(1, "three");
      CHECK_EQ(w->count("joined three"), 1u);
      auto x = report();
      REQUIRE_EQ(x.channels.size(), 2u);
      CHECK_EQ(x.channels[0].channel, "two");
      CHECK_EQ(x.channels[1].channel, "three");
    }
    AND("the server's answer to the PART changes nothing") {
      receive(1, {":creamybot!creamybot@creamybot.tmi.twitch.tv PART #one"});
      CHECK_EQ(w->count("lost one"), 0u);
    }
  }
  WHEN("the connection is lost") {
    close(1);
    pass(2s);
    settle(2, {"two", "three"});
    THEN("the new channels are joined") {
      CHECK(link(2).has_sent("JOIN #three,#two"));
    }
  }
}

SCENARIO("a channel that is taken away while there is no connection is left all the same") {
  start({"one", "two"});
  settle(1, {"one", "two"});
  close(1);
  w->events.clear();
  tell(connection, channels_atom_v, strings{"two"});
  CHECK_EQ(w->count("left one"), 1u);
}

SCENARIO("a channel that Twitch removes us from is lost, shown, and tried again") {
  start({"one"});
  settle(1, {"one"});
  w->joins_asked.clear();
  receive(1, {":creamybot!creamybot@creamybot.tmi.twitch.tv PART #one"});
  CHECK_EQ(w->events.back(), "lost one");
  CHECK(!report().channels.at(0).joined);
  CHECK(!report().channels.at(0).problem.empty());
  pass(31s);
  CHECK_EQ(w->joins_asked.size(), 1u);
}

SCENARIO("a connection that is asked to end closes its sockets") {
  start({"one"});
  settle(1, {"one"});
  receive(1, {reconnect});
  open(2);
  caf::anon_send_exit(connection, caf::exit_reason::user_shutdown);
  pass({});
  CHECK(link(1).closed);
  CHECK(link(2).closed);
  CHECK_EQ(w->count("lost one"), 1u);
}

// -- the actor is replaced, and the socket lives on ----------------------------------------------------------------------------

SCENARIO("a new actor goes on with the sockets of the one before, and loses and doubles nothing") {
  GIVEN("a connection in its channel, with a line that the router hasn't accounted for") {
    start({"one"});
    settle(1, {"one"});
    w->router_answers = false;
    chat(1, {"pending"}, 10);
    auto released = link(1).released;
    w->ready.clear();
    WHEN("its actor is killed and there is another one") {
      kill(connection);
      CHECK(!link(1).closed);
      w->router_answers = true;
      start({"one"});
      REQUIRE_EQ(link(1).attached.size(), 1u);
      CHECK(link(1).attached.back() == connection);
      THEN("it doesn't dial, logs in nowhere, and gives the router what was pending") {
        CHECK_EQ(links->size(), 1u);
        CHECK_EQ(w->said(), (strings{"pending", "pending"}));
        CHECK_EQ(w->batches.back().number, w->batches[w->batches.size() - 2].number);
        CHECK_EQ(link(1).released, released + 10);
        CHECK_EQ(report().state, "open");
        CHECK_EQ(report().login, "creamybot");
        CHECK_EQ(w->count("joined one"), 2u);
      }
      AND("what the socket delivers once more is not handled again, what is new is") {
        auto before = link(1).sent.size();
        auto lines = received[1];
        open(1);
        received[1] = lines - 1;
        receive(1, {privmsg("id-1", "pending")}, 10);
        received[1] = lines;
        chat(1, {"new"});
        CHECK_EQ(w->said(), (strings{"pending", "pending", "new"}));
        CHECK_EQ(link(1).sent.size(), before);
        CHECK_EQ(w->ready.size(), 1u); // the bot may be another one as well
      }
      AND("the end of the socket is noticed as ever") {
        close(1);
        pass(2s);
        CHECK_EQ(links->size(), 2u);
        CHECK_EQ(w->events.back(), "credentials");
      }
    }
  }
}

SCENARIO("an actor that is replaced while it dials is followed by one that dials") {
  w->permits_logins = false;
  start({"one"});
  CHECK_EQ(w->count("login"), 1u);
  kill(connection);
  w->permits_logins = true;
  start({"one"});
  CHECK_EQ(links->size(), 1u);
  settle(1, {"one"});
  CHECK_EQ(report().state, "open");
}

SCENARIO("a line for the outbox is written once, whichever actor was asked") {
  start({"one"});
  settle(1, {"one"});
  CHECK(write(1, "one", "PRIVMSG #one :a\r\n", 7));
  kill(connection);
  start({"one"});
  CHECK(write(1, "one", "PRIVMSG #one :a\r\n", 7));
  CHECK(write(1, "one", "PRIVMSG #one :b\r\n", 8));
  CHECK_EQ(std::count(link(1).sent.begin(), link(1).sent.end(), "PRIVMSG #one :a\r\n"), 1);
  CHECK_EQ(link(1).sent.back(), "PRIVMSG #one :b\r\n");
  CHECK(!write(2, "one", "PRIVMSG #one :c\r\n", 9)); // no such session
  CHECK(!write(1, "two", "PRIVMSG #two :d\r\n", 10));
  // An outbox that was replaced repeats what it doesn't know the fate of, perhaps behind newer lines of other channels.
  CHECK(write(1, "one", "PRIVMSG #one :e\r\n", 6));
  CHECK_EQ(link(1).sent.back(), "PRIVMSG #one :e\r\n");
  CHECK(write(1, "one", "PRIVMSG #one :e\r\n", 6));
  CHECK_EQ(std::count(link(1).sent.begin(), link(1).sent.end(), "PRIVMSG #one :e\r\n"), 1);
}

SCENARIO("what Twitch says of a message reaches the outbox that comes after one that has ended") {
  start({"one"});
  settle(1, {"one"});
  end_outbox();
  receive(1, {"@badges=;client-nonce=abc;id=42;mod=0 :tmi.twitch.tv USERSTATE #one",
              "@msg-id=msg_ratelimit :tmi.twitch.tv NOTICE #one :too quickly"});
  auto before = w->own_states.size();
  box = sys.spawn(outbox_double, w);
  tell(connection, use_atom_v, box);
  REQUIRE_GT(w->own_states.size(), before);
  CHECK_EQ(w->own_states.back().nonce, "abc");
  REQUIRE_EQ(w->notices.size(), 1u);
  WHEN("the next outbox is told as well") {
    auto told = w->own_states.size();
    end_outbox();
    box = sys.spawn(outbox_double, w);
    tell(connection, use_atom_v, box);
    THEN("what was heard isn't repeated, only who we are") {
      CHECK_EQ(w->notices.size(), 1u);
      CHECK_EQ(w->own_states.size(), told + 1);
      CHECK_EQ(w->own_states.back().nonce, "");
    }
  }
}

END_FIXTURE_SCOPE()
