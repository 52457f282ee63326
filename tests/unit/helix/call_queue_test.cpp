#define CAF_SUITE helix.call_queue

#include "runtime/helix/call_queue.hpp"

#include "messages/helix/calls.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::helix;
using namespace std::chrono_literals;

namespace {

constexpr int64_t wall = 1'800'000'000'000;

incoming answer_of(unsigned status, const std::string& body = {}, std::optional<int64_t> remaining = {},
                   std::optional<int64_t> reset = {}) {
  return {status, body, {800, remaining, reset}, {}, true};
}

incoming lost(bool maybe_received) {
  return {0, {}, {}, "connection reset", maybe_received};
}

request get(const std::string& path = "/users", priority order = priority::normal) {
  request x;
  x.path = path;
  x.order = order;
  return x;
}

request post(const std::string& path = "/chat/announcements") {
  auto x = get(path);
  x.method = "POST";
  return x;
}

struct caller {
  explicit caller(call_queue::options o = {}) : queue(o, 7) {
  }

  uint64_t add(const request& x) {
    return queue.accept(x, now).value_or(0);
  }

  /// The next call to be sent; 0: none.
  uint64_t next() {
    return queue.next(now).value_or(0);
  }

  call_queue::verdict answer(uint64_t id, incoming x) {
    return queue.answered(id, std::move(x), now, wall_now());
  }

  int64_t wall_now() const {
    return wall + std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch() - 100h).count();
  }

  int64_t seconds_from_now(int64_t seconds) const {
    return wall_now() / 1000 + seconds;
  }

  /// Lets time pass until something may be sent, or is too late.
  void wait() {
    auto when = queue.deadline(now);
    if (when != call_queue::time_point::max())
      now = std::max(now, when);
  }

  call_queue queue;
  call_queue::time_point now{100h};
};

} // namespace

SCENARIO("calls are sent in the order of their priority, then in which they came") {
  caller x{{.parallel = 1}};
  auto low = x.add(get("/a", priority::low));
  auto first = x.add(get("/b"));
  auto second = x.add(get("/c"));
  auto high = x.add(get("/d", priority::high));
  for (auto expected : {high, first, second, low}) {
    CHECK_EQ(x.next(), expected);
    CHECK_EQ(x.next(), 0u);
    auto verdict = x.answer(expected, answer_of(200, "{}"));
    REQUIRE(verdict.over.has_value());
    CHECK(!verdict.over->is_error);
    CHECK_EQ(verdict.over->body, "{}");
  }
  CHECK_EQ(x.queue.waiting(), 0u);
}

SCENARIO("so many are under way, so many may wait, and the rest is refused") {
  caller x{{.capacity = 5, .parallel = 2}};
  for (auto i = 0; i < 5; ++i)
    CHECK(x.add(get()) != 0u);
  CHECK_EQ(x.add(get()), 0u);
  CHECK(x.next() != 0u);
  CHECK(x.next() != 0u);
  CHECK_EQ(x.next(), 0u);
  CHECK_EQ(x.queue.under_way(), 2u);
  CHECK_EQ(x.queue.waiting(), 3u);
}

SCENARIO("an empty bucket makes calls wait until it is full again, whatever is under way") {
  caller x;
  auto first = x.add(get());
  x.next();
  x.answer(first, answer_of(200, "{}", 2, x.seconds_from_now(30)));
  for (auto i = 0; i < 4; ++i)
    x.add(get());
  auto second = x.next();
  auto third = x.next();
  CHECK(second != 0u);
  CHECK(third != 0u);
  CHECK_EQ(x.next(), 0u); // two points, and two that are under way
  x.answer(second, answer_of(200, "{}", 0, x.seconds_from_now(30)));
  x.answer(third, answer_of(200, "{}", 0, x.seconds_from_now(30)));
  CHECK_EQ(x.next(), 0u);
  auto begun = x.now;
  x.wait();
  CHECK(x.now - begun >= 29s);
  CHECK(x.now - begun <= 31s);
  CHECK(x.next() == 0u); // they have waited for longer than they may
  CHECK_EQ(x.queue.expired(x.now).size(), 2u);
}

SCENARIO("messages to chat, and calls as the application, have buckets of their own") {
  caller x;
  auto first = x.add(get());
  x.next();
  x.answer(first, answer_of(200, "{}", 0, x.seconds_from_now(20)));
  x.add(get());
  auto message = x.add(post("/chat/messages"));
  auto as_app = get();
  as_app.as = identity::application;
  auto app = x.add(as_app);
  CHECK_EQ(x.next(), message);
  CHECK_EQ(x.next(), app);
  CHECK_EQ(x.next(), 0u);
}

SCENARIO("429 waits for the reset that Twitch names, and is not a failure") {
  caller x;
  auto call = x.add(get());
  for (auto i = 0; i < 6; ++i) {
    CHECK_EQ(x.next(), call);
    auto verdict = x.answer(call, answer_of(429, R"({"message":"Too Many Requests"})", 0, x.seconds_from_now(3)));
    CHECK(!verdict.over.has_value());
    CHECK_EQ(x.next(), 0u);
    x.wait();
  }
  CHECK_EQ(x.next(), call);
  CHECK(x.answer(call, answer_of(200, "{}")).over.has_value());
}

SCENARIO("a call that was refused for a limit of its own doesn't hold up the others") {
  caller x;
  auto shoutout = x.add(post("/chat/shoutouts"));
  CHECK_EQ(x.next(), shoutout);
  x.answer(shoutout, answer_of(429, R"({"message":"cooldown"})", 700, x.seconds_from_now(30)));
  auto other = x.add(get());
  CHECK_EQ(x.next(), other);
}

SCENARIO("a call that waits for too long is given up with the reason") {
  caller x;
  auto call = x.add(get());
  x.next();
  x.answer(call, answer_of(429, R"({"message":"Too Many Requests"})", 0, x.seconds_from_now(3600)));
  x.wait();
  auto gone = x.queue.expired(x.now);
  REQUIRE_EQ(gone.size(), 1u);
  CHECK_EQ(gone.front().first, call);
  CHECK(gone.front().second.what == error::kind::timed_out);
  CHECK(gone.front().second.text.find("Too Many Requests") != std::string::npos);
  CHECK(x.queue.deadline(x.now) == call_queue::time_point::max());
}

SCENARIO("401 gets one more chance with another token") {
  caller x;
  auto call = x.add(post());
  CHECK_EQ(x.next(), call);
  auto verdict =
    x.answer(call, answer_of(401, R"({"error":"Unauthorized","status":401,"message":"Invalid OAuth token"})"));
  CHECK(verdict.token_refused);
  CHECK(!verdict.over.has_value());
  CHECK_EQ(x.next(), call);
  verdict = x.answer(call, answer_of(401, R"({"message":"Invalid OAuth token"})"));
  CHECK(verdict.token_refused);
  REQUIRE(verdict.over.has_value());
  CHECK(verdict.over->why.what == error::kind::unauthorized);
  CHECK_EQ(verdict.over->why.text, "Invalid OAuth token");
}

SCENARIO("a scope that is missing isn't the fault of the token") {
  caller x;
  auto call = x.add(post());
  x.next();
  auto verdict = x.answer(call, answer_of(401, R"({"message":"Missing scope: moderator:manage:announcements"})"));
  CHECK(!verdict.token_refused);
  REQUIRE(verdict.over.has_value());
  CHECK(verdict.over->why.what == error::kind::unauthorized);
  CHECK_EQ(verdict.over->why.text, "Missing scope: moderator:manage:announcements");
}

SCENARIO("what Twitch refuses is over, with its own words") {
  for (auto status : {400u, 403u, 404u, 409u, 422u}) {
    caller x;
    auto call = x.add(post());
    x.next();
    auto verdict = x.answer(call, answer_of(status, R"({"error":"x","message":"because\nof that"})"));
    REQUIRE(verdict.over.has_value());
    CHECK(verdict.over->why.what == error::kind::refused);
    CHECK_EQ(verdict.over->why.status, status);
    CHECK_EQ(verdict.over->why.text, "because?of that");
  }
}

SCENARIO("a ban that meets another one is tried again") {
  caller x;
  auto call = x.add(post("/moderation/bans"));
  x.next();
  CHECK(!x.answer(call, answer_of(409, R"({"message":"conflict"})")).over.has_value());
  x.wait();
  CHECK_EQ(x.next(), call);
}

SCENARIO("when Twitch is broken, what does no harm twice is repeated a few times, with growing pauses") {
  caller x;
  auto call = x.add(get());
  auto begun = x.now;
  for (auto i = 0; i < 3; ++i) {
    CHECK_EQ(x.next(), call);
    CHECK(!x.answer(call, answer_of(500)).over.has_value());
    CHECK_EQ(x.next(), 0u);
    x.wait();
  }
  CHECK(x.now - begun > 1s);
  CHECK_EQ(x.next(), call);
  auto verdict = x.answer(call, answer_of(502));
  REQUIRE(verdict.over.has_value());
  CHECK(verdict.over->why.what == error::kind::unavailable);
}

SCENARIO("a POST is repeated only if Twitch certainly hasn't carried it out") {
  for (auto maybe : {false, true}) {
    caller x;
    auto call = x.add(post());
    x.next();
    CHECK_EQ(x.answer(call, lost(maybe)).over.has_value(), maybe);
  }
  caller x;
  auto busy = x.add(post());
  x.next();
  CHECK(!x.answer(busy, answer_of(503)).over.has_value());
  auto broken = x.add(post());
  CHECK_EQ(x.next(), broken);
  CHECK(x.answer(broken, answer_of(500)).over.has_value());
}

SCENARIO("a local clock that goes wrong makes nobody wait for more than a minute, or not at all") {
  for (auto skew : {int64_t{-100'000}, int64_t{100'000}}) {
    caller x;
    auto call = x.add(get());
    x.next();
    x.answer(call, answer_of(200, "{}", 0, x.seconds_from_now(skew)));
    auto waiting = get();
    waiting.timeout_ms = 120'000;
    auto next = x.add(waiting);
    CHECK_EQ(x.next(), 0u);
    auto begun = x.now;
    x.wait();
    CHECK(x.now - begun >= 200ms);
    CHECK(x.now - begun <= 1min);
    CHECK_EQ(x.next(), next);
  }
}

SCENARIO("a call is written as Twitch wants it, with the user's own id where it belongs") {
  auto ban = ban_user("12", "34", 10min, "too \"loud\"");
  auto sent = prepare(ban.what, "99");
  CHECK_EQ(sent.method, "POST");
  CHECK_EQ(sent.target, "/moderation/bans?broadcaster_id=12&moderator_id=99");
  CHECK_EQ(sent.body, R"({"data":{"duration":600,"reason":"too \"loud\"","user_id":"34"}})");
  auto message = send_message("12", "", "hi & bye", "m1");
  CHECK_EQ(prepare(message.what, "99").body,
           R"({"broadcaster_id":"12","message":"hi & bye","reply_parent_message_id":"m1","sender_id":"99"})");
  auto users = get_users({"1", "2"}, {"a b&c"});
  CHECK_EQ(prepare(users.what, "99").target, "/users?id=1&id=2&login=a%20b%26c");
}
