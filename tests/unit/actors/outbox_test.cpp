#define CAF_SUITE actors.outbox

#include "actors/outbox.hpp"

#include "tests/unit/actors/doubles.hpp"

using namespace creamery;
using namespace std::chrono_literals;

namespace {

using kind = membership_change::kind;

/// A line that was written, and when.
struct written_line {
  caf::timespan at;
  std::string channel;
  std::string text;
  std::string nonce;
};

using written_lines = std::vector<written_line>;

std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  auto first = text.find(begin);
  if (first == std::string::npos)
    return {};
  first += begin.size();
  return text.substr(first, text.find(end, first) - first);
}

constexpr std::string_view invisible_suffix = " \xF3\xA0\x80\x80";

/// A double of a chat connection: remembers what it was to write.
chat_writer_actor::behavior_type writer(chat_writer_actor::pointer self, std::shared_ptr<written_lines> written) {
  auto begin = self->clock().now();
  return {[self, written, begin](const outgoing_line& line) -> caf::result<bool> {
    auto text = between(line.line, " :", "\r\n");
    if (text.ends_with(invisible_suffix)) // so that Twitch doesn't refuse it as a repetition
      text.erase(text.size() - invisible_suffix.size());
    written->push_back({self->clock().now() - begin, line.channel, text, between(line.line, "client-nonce=", " ")});
    return true;
  }};
}

int64_t milliseconds(say_queue::time_point when) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

kept<outbox_memory> memory(const say_queue::options& options,
                           std::shared_ptr<allowance_log> spent = std::make_shared<allowance_log>(account_limits{}),
                           say_queue::time_point now = {}) {
  return kept<outbox_memory>::make(options, std::move(spent), now, milliseconds);
}

struct outbox_fixture : creamery::test::timed_fixture {
  std::shared_ptr<written_lines> written = std::make_shared<written_lines>();
  chat_writer_actor connection = sys.spawn(writer, written);
  outbox_actor box = sys.spawn<outbox>("creamybot", std::vector<std::string>{}, store_actor{}, memory({}));
  uint64_t said = 0;

  outbox_fixture() {
    sched.run();
  }

  ~outbox_fixture() {
    caf::anon_send_exit(box, caf::exit_reason::user_shutdown);
    caf::anon_send_exit(connection, caf::exit_reason::user_shutdown);
  }

  bool say_in(const std::string& channel, const std::string& text, const std::string& bot = "bot",
              delivery_promise promise = delivery_promise::at_most_once, uint32_t max_age_ms = 3'600'000) {
    return ask<bool>(box, say{.bot = bot,
                              .channel = channel,
                              .text = text,
                              .reply_to = {},
                              .promise = promise,
                              .max_age_ms = max_age_ms,
                              .cog = "cog",
                              .numbering = 1,
                              .number = ++said,
                              .caused_at = 0});
  }

  void member(const std::string& channel, kind what, const std::string& bot = "bot") {
    tell(box, membership_change{bot, channel, what, "irc-1#1"}, connection);
  }

  send_counters report() {
    auto x = ask<outbox_report>(box, caf::get_atom_v).messages;
    CHECK_EQ(x.accepted, x.confirmed + x.refused + x.unconfirmed + x.aged_out + x.abandoned + x.waiting + x.in_flight);
    return x;
  }

  std::vector<std::string> texts() const {
    std::vector<std::string> result;
    for (const auto& one : *written)
      result.push_back(one.text);
    return result;
  }

  /// The most lines that were written within any period of this length.
  size_t most_within(caf::timespan period) const {
    size_t most = 0;
    for (const auto& first : *written)
      most = std::max(most, static_cast<size_t>(std::count_if(written->begin(), written->end(), [&](const auto& x) {
                        return x.at >= first.at && x.at < first.at + period;
                      })));
    return most;
  }

  /// Asks for permission to log in; the result counts the answers.
  std::shared_ptr<size_t> want_login() {
    auto given = std::make_shared<size_t>(0);
    sys.spawn([given, box = box](caf::event_based_actor* asker) {
      asker->request(box, caf::infinite, login_atom_v).then([given] { ++*given; });
    });
    sched.run();
    return given;
  }

  /// Asks for permission to join; the result is what was given.
  std::shared_ptr<uint64_t> want_joins(uint64_t count) {
    auto given = std::make_shared<uint64_t>(0);
    sys.spawn([given, count, box = box](caf::event_based_actor* asker) {
      asker->request(box, caf::infinite, join_atom_v, count).then([given](uint64_t n) { *given += n; });
    });
    sched.run();
    return given;
  }
};

using strings = std::vector<std::string>;

} // namespace

BEGIN_FIXTURE_SCOPE(outbox_fixture)

SCENARIO("messages in one channel are written in order, with Twitch's pause between them") {
  GIVEN("a bot in a channel where it is nobody special") {
    member("chan", kind::joined);
    WHEN("it says three things at once") {
      say_in("chan", "one");
      say_in("chan", "two");
      say_in("chan", "three");
      THEN("the first is written at once") {
        CHECK_EQ(texts(), (strings{"one"}));
      }
      pass(1199ms);
      THEN("the second isn't written before the pause is over") {
        CHECK_EQ(texts(), (strings{"one"}));
      }
      pass(1ms);
      CHECK_EQ(texts(), (strings{"one", "two"}));
      pass(1200ms);
      THEN("all were written in the order they were said") {
        CHECK_EQ(texts(), (strings{"one", "two", "three"}));
        CHECK_EQ(report().waiting, 0u);
      }
    }
  }
}

SCENARIO("no period of thirty seconds sees more messages than Twitch allows, whatever waits") {
  GIVEN("a bot in forty channels") {
    for (int i = 0; i < 40; ++i)
      member("chan" + std::to_string(i), kind::joined);
    WHEN("it says three things in each") {
      for (int round = 0; round < 3; ++round)
        for (int i = 0; i < 40; ++i)
          say_in("chan" + std::to_string(i), "text " + std::to_string(round));
      pass(10min);
      THEN("all are written, never more than twenty in thirty seconds") {
        CHECK_EQ(written->size(), 120u);
        CHECK_LE(most_within(30s), 20u);
      }
      AND("the budget is used, not wasted") {
        REQUIRE_EQ(written->size(), 120u);
        CHECK_LT(written->back().at, 6 * 33s);
      }
    }
  }
}

SCENARIO("two bots on one account share one budget") {
  member("one", kind::joined, "first");
  member("two", kind::joined, "second");
  for (int i = 0; i < 30; ++i) {
    say_in("one", "a" + std::to_string(i), "first");
    say_in("two", "b" + std::to_string(i), "second");
  }
  pass(5min);
  CHECK_EQ(written->size(), 60u);
  CHECK_LE(most_within(30s), 20u);
}

SCENARIO("two bots on one account in the same channel keep one pause between them") {
  member("chan", kind::joined, "first");
  member("chan", kind::joined, "second");
  say_in("chan", "a", "first");
  say_in("chan", "b", "second");
  CHECK_EQ(texts(), (strings{"a"}));
  pass(1200ms);
  CHECK_EQ(texts(), (strings{"a", "b"}));
}

SCENARIO("where the bot moderates the larger limits hold, also when the small budget is used up") {
  member("plain", kind::joined);
  member("own", kind::joined);
  tell(box, own_state{"bot", "own", true, {}, {}});
  for (int i = 0; i < 60; ++i)
    say_in("own", "text " + std::to_string(i));
  CHECK_EQ(written->size(), 60u);
  say_in("plain", "later");
  pass(29s);
  CHECK_EQ(written->size(), 60u);
  pass(10s);
  CHECK_EQ(written->back().text, "later");
  for (int i = 0; i < 300; ++i)
    say_in("own", "more " + std::to_string(i));
  pass(10min);
  CHECK_EQ(written->size(), 361u);
  CHECK_LE(most_within(30s), 100u);
}

SCENARIO("a message waits until the bot is in the channel") {
  say_in("chan", "hello");
  pass(10s);
  CHECK(written->empty());
  CHECK_EQ(report().waiting, 1u);
  member("chan", kind::joined);
  CHECK_EQ(texts(), (strings{"hello"}));
}

SCENARIO("nothing is sent to a channel that was left") {
  GIVEN("a bot with a backlog in one channel") {
    member("chan", kind::joined);
    member("other", kind::joined);
    for (int i = 0; i < 5; ++i)
      say_in("chan", "text " + std::to_string(i));
    WHEN("it leaves the channel") {
      member("chan", kind::left);
      pass(1min);
      THEN("the rest is counted as abandoned") {
        CHECK_EQ(written->size(), 1u);
        CHECK_EQ(report().abandoned, 4u);
      }
      AND("what a cog still says there isn't sent either, and what it says elsewhere is") {
        say_in("chan", "too late", "bot", delivery_promise::at_most_once, 5'000);
        say_in("other", "in time");
        pass(1min);
        CHECK_EQ(written->size(), 2u);
        CHECK_EQ(written->back().text, "in time");
        CHECK_EQ(report().aged_out, 1u);
      }
    }
  }
}

SCENARIO("one bot's leaving doesn't silence another bot of the account in the same channel") {
  member("chan", kind::joined, "first");
  member("chan", kind::joined, "second");
  member("chan", kind::left, "first");
  say_in("chan", "still here", "second");
  CHECK_EQ(texts(), (strings{"still here"}));
}

SCENARIO("Twitch's answers decide about what was written") {
  GIVEN("three messages that were written") {
    member("chan", kind::joined);
    tell(box, own_state{"bot", "chan", true, {}, {}});
    say_in("chan", "one");
    say_in("chan", "two");
    say_in("chan", "three");
    REQUIRE_EQ(written->size(), 3u);
    CHECK_EQ(report().in_flight, 3u);
    WHEN("one is confirmed by its nonce, one is refused, and one is never answered") {
      tell(box, own_state{"bot", "chan", true, "id", written->at(0).nonce});
      tell(box, channel_notice{"bot", "chan", "msg_duplicate", "identical"});
      THEN("they are counted so, the last one after the time-out") {
        CHECK_EQ(report().confirmed, 1u);
        CHECK_EQ(report().refused, 1u);
        CHECK_EQ(report().in_flight, 1u);
        pass(9s);
        CHECK_EQ(report().in_flight, 1u);
        pass(1s);
        CHECK_EQ(report().unconfirmed, 1u);
        CHECK_EQ(report().in_flight, 0u);
      }
    }
  }
}

SCENARIO("a notice that refuses nothing, or the state told at a JOIN, confirms nothing") {
  member("chan", kind::joined);
  say_in("chan", "one");
  tell(box, channel_notice{"bot", "chan", "slow_on", "This room is now in slow mode"});
  tell(box, channel_notice{"bot", "elsewhere", "msg_banned", "You are banned"});
  tell(box, own_state{"bot", "chan", false, {}, {}});
  tell(box, own_state{"bot", "chan", false, "id", "somebody-else's-nonce"});
  auto x = report();
  CHECK_EQ(x.in_flight, 1u);
  CHECK_EQ(x.refused + x.confirmed, 0u);
}

SCENARIO("what has waited for too long is dropped and counted apart") {
  member("chan", kind::joined);
  for (int i = 0; i < 10; ++i)
    say_in("chan", "text " + std::to_string(i), "bot", delivery_promise::at_most_once, 5'000);
  pass(1min);
  // At 0, 1.2, 2.4, 3.6 and 4.8 s.
  CHECK_EQ(written->size(), 5u);
  CHECK_EQ(report().aged_out, 5u);
}

SCENARIO("a message that nothing is left of, or that finds the queue full, is refused and counted") {
  CHECK(!say_in("chan", "  \r\n\t "));
  CHECK_EQ(report().rejected, 1u);
  size_t accepted = 0;
  while (accepted < 3'000 && say_in("chan", "text"))
    ++accepted;
  CHECK_EQ(accepted, say_queue::options{}.capacity);
  CHECK_EQ(report().rejected, 2u);
}

SCENARIO("an anonymous account says nothing and counts what it was to say") {
  say_queue::options options;
  options.read_only = true;
  kill(box);
  box = sys.spawn<outbox>("creamybot", std::vector<std::string>{}, store_actor{}, memory(options));
  member("chan", kind::joined);
  CHECK(!say_in("chan", "hello"));
  CHECK(written->empty());
  CHECK_EQ(report().rejected, 1u);
}

SCENARIO("an outbox that takes the place of another one goes on with what is left of its allowance") {
  auto spent = std::make_shared<allowance_log>(account_limits{});
  say_queue::options options;
  auto begin_anew = [&] {
    kill(box);
    box = sys.spawn<outbox>("creamybot", std::vector<std::string>{}, store_actor{},
                            memory(options, spent, sched.clock().now()));
    member("chan", kind::joined);
    tell(box, own_state{"bot", "chan", true, {}, {}});
  };
  GIVEN("an outbox that has used up all of it") {
    begin_anew();
    for (size_t i = 0; i < options.limits.privileged_messages; ++i)
      say_in("chan", "hello " + std::to_string(i));
    for (size_t i = 0; i < options.limits.logins; ++i)
      want_login();
    want_joins(options.limits.joins);
    CHECK_EQ(written->size(), options.limits.privileged_messages);
    written->clear();
    WHEN("it is forgotten with all that it knew, and something is said, and a login and JOINs are asked for") {
      pass(1s);
      begin_anew();
      CHECK(say_in("chan", "hello"));
      auto logins = want_login();
      auto joins = want_joins(3);
      THEN("nothing happens before a full window has passed since then") {
        pass(options.limits.login_period - 1001ms);
        CHECK_EQ(*logins, 0u);
        CHECK_EQ(*joins, 0u);
        pass(2ms);
        CHECK_EQ(*logins, 1u);
        CHECK_EQ(*joins, 3u);
        pass(options.limits.message_period - options.limits.login_period - 2ms);
        CHECK(written->empty());
        pass(2ms);
        CHECK_EQ(texts(), std::vector<std::string>{"hello"});
      }
    }
  }
}

SCENARIO("an outbox that takes the place of another one doesn't wait without need") {
  auto spent = std::make_shared<allowance_log>(account_limits{});
  spent->record(allowance_log::kind::message, milliseconds(sched.clock().now()), 1);
  kill(box);
  box =
    sys.spawn<outbox>("creamybot", std::vector<std::string>{}, store_actor{}, memory({}, spent, sched.clock().now()));
  member("chan", kind::joined);
  say_in("chan", "hello");
  pass(account_limits{}.channel_pause - 1ms); // the last message may have been in this channel
  CHECK(written->empty());
  pass(1ms);
  CHECK_EQ(texts(), std::vector<std::string>{"hello"});
}

SCENARIO("a clock that was set back makes nobody wait for longer than a window") {
  auto spent = std::make_shared<allowance_log>(account_limits{});
  spent->record(allowance_log::kind::message, milliseconds(sched.clock().now() + 24h), 100);
  kill(box);
  box =
    sys.spawn<outbox>("creamybot", std::vector<std::string>{}, store_actor{}, memory({}, spent, sched.clock().now()));
  member("chan", kind::joined);
  say_in("chan", "hello");
  pass(account_limits{}.message_period);
  CHECK_EQ(texts(), std::vector<std::string>{"hello"});
}

SCENARIO("what a cog says can't be more than one line of a message") {
  member("chan", kind::joined);
  say_in("chan", "hello\r\nPRIVMSG #other :evil");
  REQUIRE_EQ(written->size(), 1u);
  CHECK_EQ(written->front().text, "hello PRIVMSG #other :evil");
}

SCENARIO("a lost connection follows each message's promise") {
  GIVEN("a message that may be lost and one that may not, both written") {
    member("chan", kind::joined);
    tell(box, own_state{"bot", "chan", true, {}, {}});
    say_in("chan", "perhaps");
    say_in("chan", "surely", "bot", delivery_promise::at_least_once);
    REQUIRE_EQ(written->size(), 2u);
    WHEN("the connection is lost and the bot is back in the channel") {
      member("chan", kind::lost);
      pass(3s);
      CHECK_EQ(written->size(), 2u);
      say_in("chan", "afterwards");
      member("chan", kind::joined);
      pass(2s); // until Twitch says so again, the bot is nobody special there
      THEN("only the second one is written again, before what came later") {
        CHECK_EQ(texts(), (strings{"perhaps", "surely", "surely", "afterwards"}));
        CHECK_EQ(report().unconfirmed, 1u);
      }
    }
  }
}

SCENARIO("a connection that was replaced has no say any more") {
  member("chan", kind::joined);
  auto other = std::make_shared<written_lines>();
  auto successor = sys.spawn(writer, other);
  sched.run();
  tell(box, membership_change{"bot", "chan", kind::joined, "irc-1#2"}, successor);
  member("chan", kind::lost); // the old one's last words
  say_in("chan", "hello");
  CHECK(written->empty());
  CHECK_EQ(other->size(), 1u);
  caf::anon_send_exit(successor, caf::exit_reason::user_shutdown);
}

SCENARIO("nothing is written to a connection that has died without a word") {
  GIVEN("a bot in a channel, and one message that isn't confirmed yet") {
    member("chan", kind::joined);
    tell(box, own_state{"bot", "chan", true, {}, {}});
    say_in("chan", "before", "bot", delivery_promise::at_least_once);
    WHEN("the connection's actor is killed and a cog goes on talking") {
      kill(connection);
      say_in("chan", "between");
      pass(20s);
      THEN("what was said waits, and the promise is kept on the next connection") {
        CHECK_EQ(report().waiting, 2u);
        auto next = std::make_shared<written_lines>();
        connection = sys.spawn(writer, next);
        sched.run();
        member("chan", kind::joined);
        pass(2s);
        REQUIRE_EQ(next->size(), 2u);
        CHECK_EQ(next->at(0).text, "before");
        CHECK_EQ(next->at(1).text, "between");
      }
    }
  }
}

SCENARIO("logins are permitted in order, as many as Twitch allows within its period") {
  std::vector<std::shared_ptr<size_t>> asked;
  for (int i = 0; i < 45; ++i)
    asked.push_back(want_login());
  auto given = [&] {
    size_t count = 0;
    while (count < asked.size() && *asked[count] == 1)
      ++count;
    // Nobody who came later was served earlier.
    for (auto i = count; i < asked.size(); ++i)
      CHECK_EQ(*asked[i], 0u);
    return count;
  };
  CHECK_EQ(given(), 20u);
  pass(10s);
  CHECK_EQ(given(), 20u);
  pass(1s);
  CHECK_EQ(given(), 40u);
  pass(11s);
  CHECK_EQ(given(), 45u);
}

SCENARIO("permission to join is given as soon as there is any, and never for more than the window") {
  auto first = want_joins(5);
  auto second = want_joins(50);
  auto third = want_joins(1);
  CHECK_EQ(*first, 5u);
  CHECK_EQ(*second, 15u);
  CHECK_EQ(*third, 0u);
  pass(10999ms);
  CHECK_EQ(*third, 0u);
  pass(1ms);
  CHECK_EQ(*third, 1u);
}

SCENARIO("an outbox that is busy for hours doesn't gather alarms") {
  member("chan", kind::joined);
  for (int minute = 0; minute < 120; ++minute) {
    for (int i = 0; i < 10; ++i)
      say_in("chan", "text " + std::to_string(minute * 10 + i), "bot", delivery_promise::at_most_once, 600'000);
    pass(1min);
  }
  CHECK_EQ(written->size(), 1'200u);
  CHECK_LE(timers(), 5u);
}

SCENARIO("the latency of an answer is measured without the time in the limiter") {
  GIVEN("a channel with a pause, and two answers to a line that was read 40 ms ago") {
    member("chan", kind::joined);
    auto answer = say{.bot = "bot",
                      .channel = "chan",
                      .text = "a",
                      .reply_to = {},
                      .cog = "cog",
                      .numbering = 1,
                      .number = 1,
                      .caused_at = nanoseconds()};
    pass(40ms);
    ask<bool>(box, answer);
    answer.text = "b";
    ++answer.number;
    ask<bool>(box, answer);
    pass(10s);
    THEN("both took 40 ms") {
      CHECK_EQ(ask<outbox_report>(box, caf::get_atom_v).latencies_us, (std::vector<uint32_t>{40'000, 40'000}));
    }
  }
}

END_FIXTURE_SCOPE()
