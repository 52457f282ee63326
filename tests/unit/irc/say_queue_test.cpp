#define CAF_SUITE irc.say_queue

#include "runtime/irc/outgoing_text.hpp"
#include "runtime/irc/say_queue.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/lines.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <random>

using namespace creamery;
using creamery::test::owned_line;
using creamery::test::strings;
using namespace std::chrono_literals;

namespace {

using time_point = say_queue::time_point;

bool is_balanced(const send_counters& x) {
  return x.accepted == x.confirmed + x.refused + x.unconfirmed + x.aged_out + x.abandoned + x.waiting + x.in_flight;
}

owned_line read(const say_queue::transmission& sent) {
  CHECK(sent.line.ends_with("\r\n"));
  return owned_line{sent.line.substr(0, sent.line.size() - 2)};
}

std::string nonce_of(const say_queue::transmission& sent) {
  return read(sent).view().tag_text("client-nonce");
}

constexpr auto queue_patience = say_queue::clock::duration{90s};

struct queue_fixture : creamery::test::fixture {
  say_queue queue{{}, 1};
  time_point now{1h};

  static say message(std::string channel, std::string text) {
    return {.bot = "bot", .channel = std::move(channel), .text = std::move(text)};
  }

  bool accept(const std::string& channel, const std::string& text) {
    return queue.accept(message(channel, text), now);
  }

  /// What is written now, as "channel: text".
  strings written() {
    strings result;
    for (const auto& one : queue.next(now)) {
      queue.handed(one);
      last = one;
      result.push_back(one.channel + ": " + std::string{read(one).view().text()});
    }
    CHECK(is_balanced(queue.counters()));
    CHECK(queue.deadline() > now);
    return result;
  }

  /// Lets time pass to the deadline, after making sure that nothing is written before.
  strings written_at_deadline() {
    REQUIRE(queue.deadline() != time_point::max());
    auto deadline = queue.deadline();
    now = deadline - 1ns;
    CHECK_EQ(written(), strings{});
    now = deadline;
    return written();
  }

  /// How many seconds until something is written.
  std::chrono::milliseconds until_written() {
    auto begin = now;
    for (int i = 0; i < 10'000; ++i)
      if (!written_at_deadline().empty())
        return std::chrono::duration_cast<std::chrono::milliseconds>(now - begin);
    FAIL("nothing was written");
  }

  void confirm() {
    queue.own_state("bot", last.channel, false, "id", nonce_of(last));
  }

  say_queue::transmission last;
};

send_verdict verdict(uint64_t number, send_verdict::kind what) {
  return {"bot", "a", number, what, {}, {}};
}

} // namespace

BEGIN_FIXTURE_SCOPE(queue_fixture)

SCENARIO("a verdict names the message that it is about, whatever else is unanswered") {
  queue.joined("bot", "a");
  queue.own_state("bot", "a", true, "", "");
  accept("a", "one");
  accept("a", "two");
  accept("a", "three");
  CHECK_EQ(written().size(), 3u);
  auto third = last.number;
  CHECK(queue.decided(verdict(third, send_verdict::kind::refused)));
  CHECK(queue.decided(verdict(third - 2, send_verdict::kind::confirmed)));
  CHECK(queue.decided(verdict(third - 1, send_verdict::kind::unknown)));
  CHECK(!queue.decided(verdict(third - 1, send_verdict::kind::confirmed)));
  auto counted = queue.counters();
  CHECK_EQ(counted.refused, 1u);
  CHECK_EQ(counted.confirmed, 1u);
  CHECK_EQ(counted.unconfirmed, 1u);
  CHECK(is_balanced(counted));
}

SCENARIO("a message with the promise to be said is said again when nobody knows what became of it") {
  queue.joined("bot", "a");
  queue.own_state("bot", "a", true, "", "");
  auto important = message("a", "one");
  important.promise = delivery_promise::at_least_once;
  CHECK(queue.accept(important, now));
  CHECK_EQ(written().size(), 1u);
  CHECK(queue.decided(verdict(last.number, send_verdict::kind::unknown)));
  CHECK_EQ(written(), strings{"a: one"});
  CHECK_EQ(queue.counters().repeated, 1u);
}

SCENARIO("a message with the promise to be said survives a socket that is dead for a while before anybody notices") {
  queue.joined("bot", "a");
  auto important = message("a", "one");
  important.promise = delivery_promise::at_least_once;
  important.durable = 7;
  important.max_age_ms = 3'600'000;
  CHECK(queue.accept(important, now));
  CHECK_EQ(written(), strings{"a: one"});
  now += 75s; // until PING has had no answer
  CHECK_EQ(written(), strings{});
  CHECK_EQ(queue.counters().in_flight, 1u);
  WHEN("the session is lost then") {
    queue.lost("bot", "a");
    queue.joined("bot", "a");
    CHECK_EQ(written(), strings{"a: one"});
    CHECK_EQ(queue.take_ended(), std::vector<uint64_t>{});
    confirm();
    CHECK_EQ(queue.take_ended(), std::vector<uint64_t>{7});
  }
}

SCENARIO(
  "a message with the promise to be said that Twitch never answers on a living socket isn't waited for without end") {
  queue.joined("bot", "a");
  auto important = message("a", "one");
  important.promise = delivery_promise::at_least_once;
  CHECK(queue.accept(important, now));
  CHECK_EQ(written(), strings{"a: one"});
  auto begin = now;
  while (queue.counters().in_flight > 0)
    CHECK_EQ(written_at_deadline(), strings{});
  CHECK_EQ(now - begin, queue_patience);
  CHECK_EQ(queue.counters().unconfirmed, 1u);
}

SCENARIO("a message that comes again because its answer was lost is said once") {
  queue.joined("bot", "a");
  auto say_it = [this](const std::string& cog, uint64_t numbering, uint64_t number) {
    auto one = message("a", cog + " " + std::to_string(number));
    one.cog = cog;
    one.numbering = numbering;
    one.number = number;
    CHECK(queue.accept(one, now));
    return queue.counters().accepted;
  };
  CHECK_EQ(say_it("x", 7, 1), 1u);
  CHECK_EQ(say_it("x", 7, 2), 2u);
  CHECK_EQ(say_it("x", 7, 1), 2u);
  CHECK_EQ(say_it("x", 7, 2), 2u);
  CHECK_EQ(say_it("y", 7, 1), 3u); // another cog has numbers of its own
  CHECK_EQ(say_it("x", 7, 3), 4u);
  CHECK_EQ(say_it("x", 8, 1), 5u); // its numbers have begun anew
  CHECK_EQ(say_it("x", 8, 1), 5u);
}

SCENARIO("what a socket didn't take waits again, in its old place") {
  queue.joined("bot", "a", "s1");
  queue.own_state("bot", "a", true, "", "");
  accept("a", "one");
  accept("a", "two");
  auto sent = queue.next(now);
  REQUIRE_EQ(sent.size(), 2u);
  CHECK_EQ(sent[0].session, "s1");
  CHECK_LT(sent[0].number, sent[1].number);
  accept("a", "three");
  WHEN("the connection ended before it looked at them") {
    queue.closing("s1");
    queue.not_written(sent[1]);
    queue.not_written(sent[0]);
    queue.not_written(sent[0]);
    CHECK_EQ(queue.counters().waiting, 3u);
    CHECK_EQ(queue.counters().in_flight, 0u);
    CHECK_EQ(written(), strings{});
    THEN("they go by the next session, in order and under new numbers") {
      queue.joined("bot", "a", "s2");
      queue.own_state("bot", "a", true, "", "");
      auto again = queue.next(now);
      REQUIRE_EQ(again.size(), 3u);
      CHECK_GT(again[0].number, sent[1].number);
      CHECK_EQ(again[0].session, "s2");
      for (size_t i = 0; i < 3; ++i) {
        CHECK(again[i].line.find(strings{":one", ":two", ":three"}[i]) != std::string::npos);
        queue.handed(again[i]);
      }
    }
    AND("a session that was lost takes only what it has written along") {
      queue.lost("bot", "a", "s1");
      CHECK_EQ(queue.counters().in_flight, 3u);
      queue.lost("bot", "a", "s2");
      CHECK_EQ(queue.counters().unconfirmed, 3u);
    }
  }
}

SCENARIO("what was written by a session that is closing may still be confirmed") {
  queue.joined("bot", "a", "s1");
  accept("a", "one");
  CHECK_EQ(written(), (strings{"a: one"}));
  queue.joined("bot", "a", "s2");
  queue.closing("bot", "a", "s1");
  CHECK(queue.needs("s1"));
  confirm();
  CHECK_EQ(queue.counters().confirmed, 1u);
  queue.lost("bot", "a", "s1");
  CHECK(!queue.needs("s1"));
  CHECK(queue.needs("s2"));
  CHECK_EQ(queue.counters().unconfirmed, 0u);
  now += 2s;
  accept("a", "two");
  CHECK_EQ(written(), (strings{"a: two"}));
  CHECK_EQ(last.session, "s2");
}

SCENARIO("an outbox that is replaced repeats what may not have reached the socket, under the old number") {
  queue.joined("bot", "a", "s1");
  queue.own_state("bot", "a", true, "", "");
  accept("a", "one");
  accept("a", "two");
  auto sent = queue.next(now);
  REQUIRE_EQ(sent.size(), 2u);
  queue.handed(sent[0]);
  queue.recount();
  CHECK(queue.next(now).empty()); // nobody has told of a session yet
  queue.joined("bot", "a", "s1");
  auto again = queue.next(now);
  REQUIRE_EQ(again.size(), 1u);
  CHECK_EQ(again[0].number, sent[1].number);
  CHECK_EQ(again[0].line, sent[1].line);
  CHECK(queue.next(now).empty());
  queue.handed(sent[1]);
  queue.recount();
  queue.joined("bot", "a", "s1");
  CHECK(queue.next(now).empty());
  CHECK_EQ(queue.counters().in_flight, 2u);
}

SCENARIO("a repetition that nobody has answered is one again, because the first time may have been enough") {
  queue.joined("bot", "a", "s1");
  queue.own_state("bot", "a", true, "", "");
  accept("a", "one");
  auto sent = queue.next(now);
  REQUIRE_EQ(sent.size(), 1u);
  CHECK(!sent[0].is_repeated);
  queue.recount();
  queue.joined("bot", "a", "s1");
  auto again = queue.next(now);
  REQUIRE_EQ(again.size(), 1u);
  CHECK(again[0].is_repeated);
  queue.closing("s1");
  queue.unanswered(again[0]);
  CHECK_EQ(queue.counters().in_flight, 1u);
  CHECK(queue.next(now).empty());
  queue.joined("bot", "a", "s1");
  again = queue.next(now);
  REQUIRE_EQ(again.size(), 1u);
  CHECK_EQ(again[0].number, sent[0].number);
  WHEN("it is one for the first time") {
    queue.own_state("bot", "a", true, "", "");
    accept("a", "two");
    auto first = queue.next(now);
    REQUIRE_EQ(first.size(), 1u);
    queue.unanswered(first[0]);
    THEN("it wasn't written, and waits again") {
      CHECK_EQ(queue.counters().waiting, 1u);
    }
  }
}

SCENARIO("what was written by a session that never came back follows its promise when its time is over") {
  queue.joined("bot", "a", "s1");
  queue.own_state("bot", "a", true, "", "");
  auto keep = message("a", "again");
  keep.promise = delivery_promise::at_least_once;
  CHECK(queue.accept(keep, now));
  accept("a", "once");
  CHECK_EQ(written(), (strings{"a: again", "a: once"}));
  queue.recount();
  queue.joined("bot", "a", "s2");
  now += 10s;
  CHECK_EQ(written(), (strings{"a: again"}));
  CHECK_EQ(queue.counters().unconfirmed, 1u);
  CHECK_EQ(queue.counters().repeated, 1u);
}

SCENARIO("a message waits until the bot is in the channel") {
  CHECK(accept("a", "hello"));
  CHECK(queue.deadline() > now); // but for its age, there is nothing to come back for
  CHECK_EQ(written(), strings{});
  CHECK_EQ(queue.counters().waiting, 1u);
  queue.joined("bot", "a");
  CHECK(queue.deadline() <= now);
  CHECK_EQ(written(), (strings{"a: hello"}));
  CHECK_EQ(queue.counters().in_flight, 1u);
  CHECK_EQ(written(), strings{});
  GIVEN("another bot of the same account in that channel") {
    CHECK(queue.accept({.bot = "other", .channel = "a", .text = "me too"}, now));
    now += 5s;
    CHECK_EQ(written(), strings{});
  }
}

SCENARIO("what is said is one line for Twitch") {
  queue.joined("bot", "a");
  auto answer = message("a", "  hi\r\nPRIVMSG #b :there  ");
  answer.reply_to = "id;with space";
  answer.caused_at = 77;
  CHECK(queue.accept(answer, now));
  now += 1s;
  auto sent = queue.next(now);
  for (const auto& one : sent)
    queue.handed(one);
  REQUIRE_EQ(sent.size(), 1u);
  auto line = read(sent[0]);
  CHECK(line.view().verb() == irc_verb::privmsg);
  CHECK_EQ(line.view().channel(), "a");
  CHECK_EQ(line.view().text(), "hi PRIVMSG #b :there");
  CHECK_EQ(line.view().tag_text("reply-parent-msg-id"), "id;with space");
  CHECK_EQ(line.view().tag_text("client-nonce").size(), 32u);
  CHECK_EQ(sent[0].bot, "bot");
  CHECK_EQ(sent[0].channel, "a");
  CHECK_EQ(sent[0].caused_at, 77);
  CHECK(sent[0].waited == 1s);
}

SCENARIO("each message has a nonce of its own") {
  std::map<std::string, int> seen;
  say_queue other{{}, 2};
  for (auto* one : {&queue, &other}) {
    for (int i = 0; i < 10; ++i) {
      auto channel = "c" + std::to_string(i);
      one->joined("bot", channel);
      one->accept(message(channel, "x"), now);
    }
    for (const auto& sent : one->next(now))
      ++seen[nonce_of(sent)];
  }
  CHECK_EQ(seen.size(), 20u);
}

SCENARIO("/me makes an action, and its pieces are all actions") {
  queue.joined("bot", "a");
  queue.own_state("bot", "a", true, "", "");
  CHECK(accept("a", "/me " + std::string(600, 'x')));
  auto sent = queue.next(now);
  for (const auto& one : sent)
    queue.handed(one);
  REQUIRE_EQ(sent.size(), 2u);
  for (const auto& one : sent)
    CHECK(read(one).view().action());
  CHECK_EQ(read(sent[0]).view().text().size(), 490u);
  CHECK_EQ(read(sent[1]).view().text().size(), 110u);
}

SCENARIO("what is too long is split and stays in order") {
  queue.joined("bot", "a");
  CHECK(accept("a", std::string(400, 'x') + " " + std::string(400, 'y') + " " + std::string(400, 'z')));
  CHECK(accept("a", "next"));
  CHECK_EQ(queue.counters().accepted, 4u);
  CHECK_EQ(written(), (strings{"a: " + std::string(400, 'x')}));
  CHECK(until_written() == 1200ms);
  CHECK_EQ(read(last).view().text(), std::string(400, 'y'));
  CHECK(until_written() == 1200ms);
  CHECK_EQ(read(last).view().text(), std::string(400, 'z'));
  CHECK(until_written() == 1200ms);
  CHECK_EQ(read(last).view().text(), "next");
}

SCENARIO("nothing to say, and too much of it, is counted and dropped") {
  CHECK(!accept("a", ""));
  CHECK(!accept("a", " \r\n\x01 "));
  CHECK_EQ(queue.counters().rejected, 2u);
  CHECK_EQ(queue.counters().accepted, 0u);
  GIVEN("a queue for three lines") {
    say_queue small{{.limits = {}, .capacity = 3}, 1};
    CHECK(small.accept(message("a", "1"), now));
    CHECK(!small.accept(message("a", std::string(1'400, 'x')), now)); // all of its three pieces or none
    CHECK(small.accept(message("a", "2"), now));
    CHECK(small.accept(message("b", "3"), now));
    CHECK(!small.accept(message("a", "4"), now));
    CHECK_EQ(small.counters().rejected, 2u);
    CHECK_EQ(small.counters().waiting, 3u);
    small.joined("bot", "a");
    CHECK_EQ(small.next(now).size(), 1u);
    CHECK(small.accept(message("a", "4"), now)); // only what waits takes room
  }
}

SCENARIO("twenty messages in half a minute, one a second in a channel") {
  for (int i = 0; i < 25; ++i) {
    auto channel = "c" + std::to_string(i);
    queue.joined("bot", channel);
    accept(channel, "hello");
  }
  CHECK_EQ(written().size(), 20u);
  CHECK_EQ(queue.counters().waiting, 5u);
  CHECK(until_written() == 32s);
  CHECK_EQ(queue.counters().waiting, 0u);
  GIVEN("one channel") {
    now += 1min;
    written();
    accept("c0", "one");
    accept("c0", "two");
    CHECK_EQ(written(), (strings{"c0: one"}));
    CHECK(until_written() == 1200ms);
  }
}

SCENARIO("a moderator may say more, and what it says counts for the other channels, too") {
  queue.joined("bot", "mine");
  queue.joined("bot", "other");
  queue.own_state("bot", "mine", true, "", "");
  for (int i = 0; i < 130; ++i)
    accept("mine", "m" + std::to_string(i));
  accept("other", "hello");
  auto first = written();
  CHECK_EQ(first.size(), 100u);
  CHECK(std::none_of(first.begin(), first.end(), [](const auto& x) { return x == "other: hello"; }));
  CHECK(until_written() == 32s);
  GIVEN("a moderator who is one no longer") {
    queue.own_state("bot", "mine", false, "", "");
    for (int i = 0; i < 5; ++i)
      accept("mine", "x" + std::to_string(i));
    CHECK_EQ(written(), strings{});
  }
}

SCENARIO("after a lost connection the larger limits don't hold until Twitch says so again") {
  queue.joined("bot", "a");
  queue.own_state("bot", "a", true, "", "");
  queue.lost("bot", "a");
  queue.joined("bot", "a"); // perhaps it was made an ordinary viewer meanwhile
  for (int i = 0; i < 30; ++i)
    accept("a", "m" + std::to_string(i));
  CHECK_EQ(written().size(), 1u);
  queue.own_state("bot", "a", true, "", "");
  CHECK_EQ(written().size(), 29u);
}

SCENARIO("whoever has waited longest comes first, channels take turns otherwise") {
  queue.joined("bot", "a");
  queue.joined("bot", "b");
  accept("b", "b1");
  now += 1ms;
  accept("a", "a1");
  accept("a", "a2");
  now += 1ms;
  accept("b", "b2");
  CHECK_EQ(written(), (strings{"b: b1", "a: a1"}));
  now += 1200ms;
  CHECK_EQ(written(), (strings{"a: a2", "b: b2"}));
}

SCENARIO("a repetition looks the same but isn't") {
  queue.joined("bot", "a");
  queue.joined("bot", "b");
  for (int i = 0; i < 4; ++i)
    accept("a", "same");
  strings texts;
  for (int i = 0; i < 4; ++i) {
    for (const auto& one : written())
      texts.push_back(one);
    now += 2s;
  }
  CHECK_EQ(texts, (strings{"a: same", "a: same \U000E0000", "a: same", "a: same \U000E0000"}));
  GIVEN("another channel") {
    accept("b", "same");
    CHECK_EQ(written(), (strings{"b: same"}));
  }
  GIVEN("the same text half a minute later") {
    now += 33s;
    accept("b", "same");
    CHECK_EQ(written(), (strings{"b: same"}));
  }
  GIVEN("a channel where repetitions are allowed to us") {
    now += 1min;
    queue.own_state("bot", "a", true, "", "");
    accept("a", "twice");
    accept("a", "twice");
    CHECK_EQ(written(), (strings{"a: twice", "a: twice"}));
  }
  GIVEN("a long text, where there is no room for more") {
    now += 1min;
    queue.own_state("bot", "a", false, "", "");
    const auto words = std::string(498, 'x') + " y";
    accept("a", words);
    accept("a", words);
    CHECK_EQ(written(), (strings{"a: " + words}));
    until_written();
    auto text = std::string{read(last).view().text()};
    CHECK(text != words);
    CHECK_EQ(outgoing_text::length(text), 500u);
  }
}

SCENARIO("what waits for too long is not said any more") {
  auto hasty = message("a", "hasty");
  hasty.max_age_ms = 1'000;
  queue.accept(hasty, now);
  accept("a", "patient");
  written();
  now += 1s;
  written();
  CHECK_EQ(queue.counters().aged_out, 0u); // not *longer* than its time
  now += 1ms;
  written();
  CHECK_EQ(queue.counters().aged_out, 1u);
  queue.joined("bot", "a");
  CHECK_EQ(written(), (strings{"a: patient"}));
  GIVEN("one that is worth saying only at once") {
    now += 10s;
    hasty.max_age_ms = 0;
    queue.accept(hasty, now);
    CHECK_EQ(written(), (strings{"a: hasty"}));
    queue.accept(hasty, now);
    CHECK_EQ(written(), strings{});
    now += 1ms;
    written();
    CHECK_EQ(queue.counters().waiting, 0u);
    CHECK_EQ(queue.counters().aged_out, 2u);
  }
  GIVEN("one that would have to wait behind one with more patience") {
    queue.left("bot", "a");
    accept("a", "patient");
    hasty.max_age_ms = 1'000;
    queue.accept(hasty, now);
    written();
    now += 1001ms;
    written();
    CHECK_EQ(queue.counters().aged_out, 3u);
    CHECK_EQ(queue.counters().waiting, 1u);
  }
}

SCENARIO("a message is confirmed by its nonce, or by the order of the answers") {
  for (auto channel : {"a", "b"})
    queue.joined("bot", channel);
  accept("a", "one");
  written();
  GIVEN("its nonce") {
    confirm();
    CHECK_EQ(queue.counters().confirmed, 1u);
    CHECK_EQ(queue.counters().in_flight, 0u);
    confirm(); // a second time
    CHECK_EQ(queue.counters().confirmed, 1u);
  }
  GIVEN("what confirms nothing") {
    accept("b", "two");
    written();
    queue.own_state("bot", "b", false, "", "");                  // as after a JOIN
    queue.own_state("bot", "b", false, "id", "somebody else's"); // another program's message
    queue.own_state("bot", "a", false, "id", nonce_of(last));    // another channel
    queue.own_state("other", "b", false, "id", nonce_of(last));  // another bot
    queue.own_state("bot", "never", false, "id", "");
    CHECK_EQ(queue.counters().confirmed, 1u);
    CHECK_EQ(queue.counters().in_flight, 1u);
    AND("an id without a nonce") {
      queue.own_state("bot", "b", false, "id", "");
      CHECK_EQ(queue.counters().confirmed, 2u);
    }
  }
  GIVEN("no answer") {
    accept("b", "three");
    now += 2s;
    written();
    now += 10s - 1ns;
    written();
    CHECK_EQ(queue.counters().unconfirmed, 0u);
    now += 1ns;
    CHECK(queue.deadline() <= now);
    written();
    CHECK_EQ(queue.counters().unconfirmed, 1u);
  }
  CHECK(is_balanced(queue.counters()));
}

SCENARIO("a refusal is counted for the oldest message that is open") {
  queue.joined("bot", "a");
  queue.own_state("bot", "a", true, "", "");
  accept("a", "one");
  accept("a", "two");
  CHECK(!queue.noticed("bot", "a", "msg_slowmode")); // nothing was written yet
  written();
  CHECK(!queue.noticed("bot", "a", "slow_on"));
  CHECK(!queue.noticed("bot", "b", "msg_slowmode"));
  CHECK(!queue.noticed("other", "a", "msg_slowmode"));
  CHECK(queue.noticed("bot", "a", "msg_slowmode"));
  CHECK_EQ(queue.counters().refused, 1u);
  confirm(); // "two" is the one that is left
  CHECK_EQ(queue.counters().confirmed, 1u);
  CHECK_EQ(queue.counters().in_flight, 0u);
  CHECK(!queue.noticed("bot", "a", "msg_slowmode"));
}

SCENARIO("every rejection of a message that Twitch knows is one") {
  for (auto id : {"msg_banned",
                  "msg_timedout",
                  "msg_suspended",
                  "msg_channel_suspended",
                  "msg_room_not_found",
                  "msg_channel_blocked",
                  "msg_ratelimit",
                  "msg_slowmode",
                  "msg_duplicate",
                  "msg_r9k",
                  "msg_emoteonly",
                  "msg_subsonly",
                  "msg_followersonly",
                  "msg_followersonly_followed",
                  "msg_followersonly_zero",
                  "msg_rejected",
                  "msg_rejected_mandatory",
                  "msg_bad_characters",
                  "msg_verified_email",
                  "msg_requires_verified_phone_number",
                  "msg_banned_email_alias",
                  "msg_warned",
                  "msg_facebook",
                  "no_permission",
                  "unrecognized_cmd"}) {
    MESSAGE("the msg-id " << id);
    CHECK(is_send_refusal(id));
  }
  for (auto id : {"", "msg_", "slow_on", "slow_off", "emote_only_on", "subs_on", "raid_notice_mature", "already_banned",
                  "MSG_BANNED", "msg_concurrent_channel_limit_reached"}) // the last one answers a JOIN
    CHECK(!is_send_refusal(id));
}

SCENARIO("what was not confirmed when a connection dies follows its promise") {
  queue.joined("bot", "a");
  queue.own_state("bot", "a", true, "", "");
  for (auto text : {"one", "TWO", "three", "FOUR"}) {
    auto one = message("a", text);
    if (text[0] == 'T' || text[0] == 'F')
      one.promise = delivery_promise::at_least_once;
    queue.accept(one, now);
  }
  CHECK_EQ(written().size(), 4u);
  accept("a", "five");
  queue.lost("bot", "a");
  CHECK_EQ(queue.counters().unconfirmed, 2u);
  CHECK_EQ(queue.counters().repeated, 2u);
  CHECK_EQ(queue.counters().waiting, 3u);
  CHECK_EQ(written(), strings{});
  queue.joined("bot", "a");
  queue.own_state("bot", "a", true, "", "");
  CHECK_EQ(written(), (strings{"a: TWO", "a: FOUR", "a: five"}));
  GIVEN("a bot that leaves") {
    accept("a", "six");
    queue.left("bot", "a");
    CHECK_EQ(queue.counters().abandoned, 1u);
    CHECK_EQ(queue.counters().unconfirmed, 5u);
    queue.joined("bot", "a");
    CHECK_EQ(written(), strings{});
  }
  GIVEN("losses and departures of what was never there") {
    queue.lost("bot", "z");
    queue.left("bot", "z");
    CHECK_EQ(queue.counters().waiting, 0u);
  }
}

SCENARIO("a durable message has ended when nothing of it waits and nothing is unanswered") {
  queue.joined("bot", "a");
  queue.own_state("bot", "a", true, "", "");
  auto durable = [&](uint64_t number, const std::string& text, uint32_t max_age_ms = 60'000) {
    return queue.accept({.bot = "bot",
                         .channel = "a",
                         .text = text,
                         .promise = delivery_promise::at_least_once,
                         .max_age_ms = max_age_ms,
                         .durable = number},
                        now);
  };
  using numbers = std::vector<uint64_t>;
  CHECK(durable(7, std::string(600, 'x')));
  CHECK(durable(7, "the same once more is passed over"));
  CHECK_EQ(written().size(), 2u);
  confirm();
  CHECK(queue.take_ended().empty());
  GIVEN("the second half, whose connection dies") {
    queue.lost("bot", "a");
    CHECK(queue.take_ended().empty());
    queue.joined("bot", "a");
    queue.own_state("bot", "a", true, "", "");
    CHECK_EQ(written().size(), 1u);
    confirm();
    CHECK(queue.take_ended() == numbers{7});
    CHECK(queue.take_ended().empty());
  }
  WHEN("one is refused, one is too old, and one is in a channel that the bot leaves") {
    now += 2s; // confirming has said that we are nobody special here
    durable(8, "refused");
    CHECK_EQ(written().size(), 1u);
    CHECK(queue.noticed("bot", "a", "msg_duplicate"));
    CHECK(queue.take_ended() == numbers{8});
    queue.closing("bot", "a");
    durable(9, "too old", 1'000);
    durable(10, "left");
    now += 2s;
    CHECK(written().empty());
    CHECK(queue.take_ended() == numbers{9});
    queue.left("bot", "a");
    CHECK(queue.take_ended() == numbers{10});
  }
}

SCENARIO("a bot's quiet channels are not looked at for ever") {
  // A cog may be talked into naming any channel: what is said there ages out, and nothing of it must stay.
  GIVEN("a hundred thousand channels that the bot isn't in") {
    size_t before = 0;
    for (int i = 0; i < 100'000; ++i) {
      auto one = message("c" + std::to_string(i), "x");
      one.max_age_ms = 10;
      before += queue.accept(one, now);
      now += 1ms;
      if (i % 1'000 == 0)
        queue.next(now);
    }
    queue.next(now += 1min);
    CHECK_EQ(queue.counters().aged_out, before);
    CHECK_EQ(queue.lanes(), 0u);
  }
  GIVEN("a channel that it is in") {
    queue.joined("bot", "a");
    queue.next(now += 1min);
    CHECK_EQ(queue.lanes(), 1u);
  }
}

END_FIXTURE_SCOPE()

namespace {

/// Twitch's side: what the account may send, counted from everything that ever arrived (twitch-platform 1.15). Shares nothing with
/// the queue, and knows the true state of moderation, not what the queue was told.
class judge {
public:
  std::string record(time_point now, const std::string& channel, bool privileged) {
    sent_.push_back(now);
    size_t in_window = 0;
    for (auto one : sent_)
      in_window += now - one < 30s;
    auto& last = last_in_channel_[channel];
    std::string verdict;
    if (in_window > (privileged ? 100 : 20))
      verdict = std::to_string(in_window) + " messages in 30 s";
    if (!privileged && last && now - *last < 1s)
      verdict = "two messages within a second in #" + channel;
    last = now;
    while (now - sent_.front() >= 30s)
      sent_.erase(sent_.begin());
    return verdict;
  }

private:
  std::vector<time_point> sent_;
  std::map<std::string, std::optional<time_point>> last_in_channel_;
};

/// What should become of every message: a slow twin of the queue's bookkeeping, without limits and texts.
struct twin {
  struct item {
    std::string text;
    bool again = false;
    time_point expires{};
    time_point written{};
    std::string nonce;
  };

  struct lane {
    bool joined = false;
    std::vector<item> waiting;
    std::vector<item> in_flight;
  };

  std::map<std::pair<std::string, std::string>, lane> lanes;
  send_counters counters;

  void age(time_point now) {
    for (auto& [key, one] : lanes) {
      counters.aged_out += std::erase_if(one.waiting, [&](const auto& x) { return now > x.expires; });
      counters.unconfirmed += std::erase_if(
        one.in_flight, [&](const auto& x) { return now - x.written >= (x.again && one.joined ? 90s : 10s); });
    }
  }

  send_counters now_counted() const {
    auto result = counters;
    for (const auto& [key, one] : lanes) {
      result.waiting += one.waiting.size();
      result.in_flight += one.in_flight.size();
    }
    return result;
  }
};

/// One random life of a queue; returns what went wrong.
std::string live(uint32_t seed, size_t& sent_in_all) {
  std::minstd_rand random{seed};
  random.discard(5);
  auto chance = [&](uint32_t one_in) { return random() % one_in == 0; };
  const strings bots{"x", "y"};
  const strings channels{"a", "b", "c"};
  say_queue queue{{}, seed};
  twin expected;
  judge twitch;
  std::map<std::string, bool> truth; // who is moderator, as only Twitch knows
  time_point now{1h};
  uint64_t count = 0;
  std::string problem;

  auto check = [&](std::string_view where) {
    auto counters = queue.counters();
    if (problem.empty() && !is_balanced(counters))
      problem = std::string{"not balanced after "} + std::string{where};
    if (problem.empty() && counters != expected.now_counted())
      problem = std::string{"the twin counts otherwise after "} + std::string{where};
  };
  auto write = [&] {
    expected.age(now);
    for (const auto& one : queue.next(now)) {
      queue.handed(one);
      ++sent_in_all;
      auto line = owned_line{one.line.substr(0, one.line.size() - 2)};
      auto verdict = twitch.record(now, one.channel, truth[one.channel]);
      auto& from = expected.lanes[{one.bot, one.channel}];
      auto text = std::string{line.view().text()};
      if (auto end = text.find(" \U000E0000"); end != std::string::npos)
        text.resize(end);
      if (!verdict.empty())
        problem = verdict;
      else if (!one.line.ends_with("\r\n") || line.view().channel() != one.channel
               || outgoing_text::length(line.view().text()) > 500)
        problem = "a line that is none: " + one.line;
      else if (!from.joined)
        problem = "sent to where the bot isn't";
      else if (from.waiting.empty() || from.waiting.front().text != text)
        problem = "out of order: " + text;
      if (!problem.empty())
        return;
      auto item = from.waiting.front();
      from.waiting.erase(from.waiting.begin());
      item.written = now;
      item.nonce = line.view().tag_text("client-nonce");
      from.in_flight.push_back(item);
    }
    if (queue.deadline() <= now)
      problem = "the deadline isn't in the future";
    check("next");
  };

  for (int step = 0; step < 120 && problem.empty(); ++step) {
    const auto& bot = bots[random() % bots.size()];
    const auto& channel = channels[random() % channels.size()];
    auto& mine = expected.lanes[{bot, channel}];
    auto anybody = std::any_of(bots.begin(), bots.end(), [&](const auto& x) {
      return expected.lanes[{x, channel}].joined;
    });
    switch (random() % 10) {
      case 0: // comes in; while nobody was there, anything may have happened to its rights
        if (!anybody && chance(2))
          truth[channel] = chance(2);
        queue.joined(bot, channel);
        mine.joined = true;
        check("joined");
        if (chance(3)) // Twitch's word on it comes a little later
          break;
        [[fallthrough]];
      case 1:
        if (mine.joined) {
          if (chance(3))
            truth[channel] = chance(2);
          queue.own_state(bot, channel, truth[channel], "", "");
          check("own_state");
        }
        break;
      case 2: { // the connection dies
        if (!chance(2))
          break;
        queue.lost(bot, channel);
        mine.joined = false;
        std::vector<twin::item> again;
        for (auto& one : mine.in_flight) {
          if (one.again) {
            again.push_back(one);
            ++expected.counters.repeated;
          } else {
            ++expected.counters.unconfirmed;
          }
        }
        mine.in_flight.clear();
        mine.waiting.insert(mine.waiting.begin(), again.begin(), again.end());
        check("lost");
        break;
      }
      case 3:
        if (chance(4)) {
          queue.left(bot, channel);
          expected.counters.abandoned += mine.waiting.size();
          expected.counters.unconfirmed += mine.in_flight.size();
          mine = {};
          check("left");
        }
        break;
      case 4: // an answer
        if (!mine.in_flight.empty()) {
          auto at = random() % mine.in_flight.size();
          queue.own_state(bot, channel, truth[channel], "id", mine.in_flight[at].nonce);
          mine.in_flight.erase(mine.in_flight.begin() + static_cast<ptrdiff_t>(at));
          ++expected.counters.confirmed;
          check("a confirmation");
        }
        break;
      case 5: {
        auto refused = queue.noticed(bot, channel, chance(2) ? "msg_ratelimit" : "slow_on");
        if (refused) {
          if (mine.in_flight.empty()) {
            problem = "a refusal of nothing";
            break;
          }
          mine.in_flight.erase(mine.in_flight.begin());
          ++expected.counters.refused;
        }
        check("a refusal");
        break;
      }
      default: { // something to say, mostly in bursts
        for (auto burst = 1 + random() % 14; burst > 0; --burst) {
          auto text = chance(4) ? std::string{"again and again"} : "m" + std::to_string(++count);
          if (chance(12))
            text += " " + std::string(random() % 1'200, 'w');
          auto age = static_cast<uint32_t>(chance(3) ? random() % 4'000 : 60'000 + random() % 120'000);
          auto promise = chance(2) ? delivery_promise::at_least_once : delivery_promise::at_most_once;
          if (!queue.accept({.bot = bot, .channel = channel, .text = text, .promise = promise, .max_age_ms = age}, now))
            break;
          for (const auto& piece : outgoing_text::split(outgoing_text::clean(text))) {
            mine.waiting.push_back(
              {piece, promise == delivery_promise::at_least_once, now + std::chrono::milliseconds{age}, {}, {}});
            ++expected.counters.accepted;
          }
        }
        check("accept");
      }
    }
    // The owner looks whenever the deadline has come, and sometimes only for other reasons.
    if (problem.empty() && (queue.deadline() <= now || chance(4)))
      write();
    for (auto turns = random() % 4; turns > 0 && problem.empty(); --turns) {
      if (chance(3) && queue.deadline() != time_point::max())
        now = std::max(now, queue.deadline());
      else
        now += 1ms * (random() % 1'500);
      if (queue.deadline() <= now || chance(4))
        write();
    }
  }
  // Everything that can be said is said in the end, or too old.
  for (int turns = 0; problem.empty() && queue.deadline() != time_point::max(); ++turns) {
    now = std::max(now, queue.deadline());
    write();
    if (turns > 20'000)
      problem = "it never ends";
  }
  if (problem.empty() && (queue.counters().waiting != 0 || queue.counters().in_flight != 0))
    problem = "something was left over";
  return problem;
}

} // namespace

SCENARIO("whatever happens, Twitch's limits are kept, the order stays and every message is accounted for") {
  size_t failures = 0;
  size_t sent = 0;
  for (uint32_t seed = 1; seed <= 3'000; ++seed) {
    if (auto problem = live(seed, sent); !problem.empty() && ++failures < 5)
      CAF_CHECK_EQUAL("seed " + std::to_string(seed) + ": " + problem, "");
  }
  CHECK_EQ(failures, 0u);
  MESSAGE(sent << " messages were sent");
  CHECK_GT(sent, 100'000u); // else the limits weren't reached
}
