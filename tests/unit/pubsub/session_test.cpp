#define CAF_SUITE pubsub.session

#include "runtime/pubsub/session.hpp"

#include "tests/unit/fixture.hpp"

#include <algorithm>

using namespace creamery;
using namespace creamery::pubsub;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;
namespace action = creamery::pubsub::session_action;

struct pubsub_fixture : creamery::test::fixture {
  session::time_point now{1h};
  session_options options = calm();
  std::optional<session> it;
  std::vector<action::ask> questions;

  static session_options calm() {
    session_options x;
    x.redial.jitter = 0;
    return x;
  }

  /// What it wants, in words.
  strings words(const action::list& todo) {
    strings all;
    for (const auto& one : todo) {
      if (const auto* x = std::get_if<action::open>(&one))
        all.push_back("open " + std::to_string(x->link));
      else if (const auto* x = std::get_if<action::close>(&one))
        all.push_back("close " + std::to_string(x->link));
      else if (const auto* x = std::get_if<action::ping>(&one))
        all.push_back("ping " + std::to_string(x->link));
      else if (const auto* x = std::get_if<action::refused>(&one))
        all.push_back("refused " + x->topic + ": " + x->why.substr(0, 12));
      else if (const auto* x = std::get_if<action::lost>(&one))
        all.push_back("lost: " + x->why);
      else if (const auto* x = std::get_if<action::ask>(&one)) {
        all.push_back((x->type == "LISTEN" ? "listen " : "unlisten ") + x->topics.front() + " as " + x->account);
        questions.push_back(*x);
      }
    }
    return all;
  }

  template <class Deed>
  strings doing(Deed deed) {
    action::list todo;
    deed(todo);
    return words(todo);
  }

  strings start(std::vector<session::wanted> topics) {
    it.emplace(options, 1);
    return want(std::move(topics));
  }

  strings want(std::vector<session::wanted> topics) {
    return doing([&](auto& todo) { it->want(std::move(topics), now, todo); });
  }

  strings open(uint64_t link) {
    return doing([&](auto& todo) { it->opened(link, now, todo); });
  }

  strings hear(uint64_t link, const std::string& text) {
    return doing([&](auto& todo) { CHECK(!it->receive(link, text, now, todo)); });
  }

  strings answer(uint64_t link, const std::string& error = {}) {
    auto one = questions.front();
    questions.erase(questions.begin());
    return hear(link, R"({"type":"RESPONSE","nonce":")" + one.nonce + R"(","error":")" + error + "\"}");
  }

  strings close(uint64_t link) {
    return doing([&](auto& todo) { it->closed(link, "cut", now, todo); });
  }

  strings pass(session_options::duration time) {
    now += time;
    return doing([&](auto& todo) { it->expire(now, todo); });
  }

  /// To the next moment at which something is due.
  strings pass() {
    REQUIRE(it->deadline() != session::time_point::max());
    return pass(it->deadline() - now);
  }

  void begin() {
    start({{"bits.1", "red"}});
    open(1);
    answer(1);
    CHECK_EQ(it->listening(), 1u);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(pubsub_fixture)

SCENARIO("each topic is asked for with its account's token, and messages come through") {
  CHECK_EQ(start({{"channel-bits-events-v2.1", "red"}, {"chat_moderator_actions.9.1", "ann"}}), (strings{"open 1"}));
  CHECK_EQ(open(1), (strings{"listen channel-bits-events-v2.1 as red", "listen chat_moderator_actions.9.1 as ann"}));
  CHECK_NE(questions[0].nonce, questions[1].nonce);
  answer(1);
  answer(1);
  CHECK_EQ(it->listening(), 2u);
  action::list todo;
  auto message = it->receive(
    1, R"({"type":"MESSAGE","data":{"topic":"channel-bits-events-v2.1","message":"{\"data\":{}}"}})", now, todo);
  REQUIRE(message);
  CHECK_EQ(message->topic, "channel-bits-events-v2.1");
  CHECK_EQ(message->text, R"({"data":{}})");
  CHECK(todo.empty());
}

SCENARIO("what isn't wanted any more is not listened to") {
  start({{"channel-bits-events-v2.1", "red"}, {"whispers.9", "ann"}, {"channel-points-channel-v1.1", "red"}});
  open(1);
  answer(1);
  answer(1);
  CHECK_EQ(want({{"whispers.9", "ann"}}), (strings{"unlisten channel-bits-events-v2.1 as red"}));
  CHECK_EQ(it->listening(), 1u);
  CHECK_EQ(answer(1), (strings{"unlisten channel-points-channel-v1.1 as red"})); // it was on its way
  CHECK_EQ(it->listening(), 1u);
  CHECK_EQ(answer(1, "ERR_SERVER"), strings{}); // of UNLISTEN: there is nothing to be done
  CHECK_EQ(want({}), (strings{"unlisten whispers.9 as ann"}));
  WHEN("the connection ends") {
    CHECK_EQ(close(1), strings{"lost: cut"});
    CHECK_EQ(pass(1h), strings{}); // there is nothing to connect for
    CHECK_EQ(want({{"whispers.9", "ann"}}), (strings{"open 2"}));
  }
}

SCENARIO("a connection that is to be replaced while nothing is wanted is replaced when something is") {
  begin();
  pass(60s);
  CHECK_EQ(want({}), (strings{"unlisten bits.1 as red"}));
  questions.clear();
  CHECK_EQ(hear(1, R"({"type":"RECONNECT"})"), strings{});
  CHECK_EQ(pass(20s), strings{});
  CHECK_EQ(want({{"bits.1", "red"}}), (strings{"open 2"}));
  CHECK_EQ(open(2), (strings{"listen bits.1 as red"}));
}

SCENARIO("when somebody has granted something, what was refused is asked for again at once") {
  start({{"channel-bits-events-v2.1", "red"}});
  open(1);
  answer(1, "ERR_BADAUTH");
  CHECK_EQ(pass(1min), strings{});
  it->granted(now);
  CHECK_EQ(pass(0s), (strings{"listen channel-bits-events-v2.1 as red"}));
  answer(1, "ERR_BADAUTH"); // it isn't known everywhere yet
  CHECK_EQ(pass(5s), (strings{"listen channel-bits-events-v2.1 as red"}));
  answer(1);
  CHECK_EQ(it->listening(), 1u);
}

SCENARIO("each error comes with what helps") {
  const std::map<std::string, std::string> advice{
    {"ERR_BADAUTH", "doesn't allow bits:read"},
    {"ERR_BADTOPIC", "no such topic"},
    {"ERR_BADMESSAGE", "a mistake of this program"},
    {"ERR_SERVER", "it is asked again"},
  };
  for (const auto& [error, words] : advice)
    CHECK(advice_for(error, "bits:read").find(words) != std::string::npos);
  CHECK_EQ(advice_for("ERR_OF_TOMORROW", "bits:read"), "");
}

SCENARIO("what is refused is told with what helps, and asked for again after a while") {
  start({{"channel-bits-events-v2.1", "red"}, {"channel-points-channel-v1.1", "red"}});
  open(1);
  CHECK_EQ(answer(1, "ERR_BADAUTH"), (strings{"refused channel-bits-events-v2.1: ERR_BADAUTH:"}));
  CHECK_EQ(answer(1, "ERR_SERVER"), (strings{"refused channel-points-channel-v1.1: ERR_SERVER: "}));
  CHECK_EQ(pass(1s), (strings{"listen channel-points-channel-v1.1 as red"}));
  answer(1);
  CHECK_EQ(it->listening(), 1u);
  CHECK_EQ(pass(3min), strings{});
  strings seen;
  for (auto passed = 3min; passed < 31min; passed += 1min) {
    for (const auto& one : pass(1min))
      if (one.starts_with("listen"))
        seen.push_back(one);
    hear(1, R"({"type":"PONG"})");
  }
  CHECK_EQ(seen, (strings{"listen channel-bits-events-v2.1 as red"}));
}

SCENARIO("a server that is still there answers PING") {
  begin();
  auto asked = now;
  CHECK_EQ(pass(), (strings{"ping 1"}));
  CHECK(now - asked >= 216s);
  CHECK(now - asked <= 4min);
  hear(1, R"({"type":"PONG"})");
  CHECK_EQ(pass(), (strings{"ping 1"}));
  CHECK_EQ(pass(9s), strings{});
  CHECK_EQ(pass(1s), (strings{"close 1", "lost: the server doesn't answer PING"}));
  CHECK_EQ(pass(), (strings{"open 2"}));
}

SCENARIO("a server that doesn't answer LISTEN is left") {
  start({{"bits.1", "red"}});
  open(1);
  CHECK_EQ(pass(10s), (strings{"close 1", "lost: the server doesn't answer LISTEN"}));
}

SCENARIO("after RECONNECT the old connection is read until it ends, and what comes by both counts once") {
  begin();
  pass(60s);
  auto said = [](int number) {
    return R"({"type":"MESSAGE","data":{"topic":"bits.1","message":"{\"n\":)" + std::to_string(number) + R"(}"}})";
  };
  auto is_new = [&](uint64_t link, int number) {
    action::list todo;
    return it->receive(link, said(number), now, todo).has_value();
  };
  CHECK_EQ(hear(1, R"({"type":"RECONNECT"})"), (strings{"open 2"}));
  CHECK_EQ(open(2), (strings{"listen bits.1 as red"}));
  CHECK(is_new(1, 1));
  CHECK_EQ(answer(2), strings{});
  CHECK(is_new(2, 2));
  CHECK(!is_new(1, 2));
  CHECK(is_new(1, 3)); // sent before the new link listened, and late
  CHECK(is_new(1, 4));
  CHECK_EQ(pass(25s), (strings{"close 1"}));
  CHECK(!is_new(2, 4)); // the new link is the slower one
  CHECK(is_new(2, 5));
  CHECK(is_new(2, 5)); // the same words again are news, if they come by the same link
  CHECK_EQ(it->listening(), 1u);
  CHECK_EQ(it->count().losses, 0u);
  CHECK_EQ(it->count().moves, 1u);
  CHECK_EQ(it->count().doubles, 2u);
  CHECK(is_new(2, 6));
  pass(56s);
  CHECK(is_new(2, 1)); // the old one said the same, but long ago
}

SCENARIO("a new connection that takes too long doesn't keep the old one") {
  begin();
  pass(60s);
  CHECK_EQ(hear(1, R"({"type":"RECONNECT"})"), (strings{"open 2"}));
  CHECK_EQ(pass(25s), (strings{"close 1", "lost: the server has asked to connect anew"}));
  CHECK_EQ(it->count().losses, 1u);
  open(2);
  answer(2);
  CHECK_EQ(it->listening(), 1u);
}

SCENARIO("a server that always says RECONNECT is dialed less and less often") {
  begin();
  for (auto [link, pause] : {std::pair<uint64_t, session_options::duration>{1, 1s}, {2, 2s}, {3, 4s}}) {
    CHECK_EQ(hear(link, R"({"type":"RECONNECT"})"), strings{});
    CHECK_EQ(pass(pause - 1ms), strings{});
    CHECK_EQ(pass(1ms), (strings{"open " + std::to_string(link + 1)}));
    open(link + 1);
    answer(link + 1);
  }
}

SCENARIO("both connections may fail during a move") {
  begin();
  pass(60s);
  hear(1, R"({"type":"RECONNECT"})");
  GIVEN("the new one fails first") {
    CHECK_EQ(close(2), strings{}); // it was never open
    CHECK_EQ(close(1), (strings{"lost: cut"}));
    CHECK_EQ(pass(), (strings{"open 3"}));
    CHECK_EQ(open(3), (strings{"listen bits.1 as red"}));
    answer(3);
    CHECK_EQ(pass(60s), strings{});
  }
  WHEN("another one is retired and dies while the new one listens") {
    CHECK_EQ(hear(3, R"({"type":"RECONNECT"})"), (strings{"open 4"}));
    open(4);
    answer(4);
    CHECK_EQ(close(3), strings{});
    CHECK(it->deadline() > now + 1min);
  }
}

SCENARIO("what the old connection says of topics doesn't count for the new one") {
  begin();
  pass(60s);
  hear(1, R"({"type":"RECONNECT"})");
  open(2);
  answer(2);
  CHECK_EQ(hear(1, R"({"type":"AUTH_REVOKED","data":{"topics":["bits.1"]}})"), strings{});
  CHECK_EQ(hear(2, R"({"type":"AUTH_REVOKED","data":{"topics":["whispers.5"]}})"), strings{}); // was never asked for
  CHECK_EQ(it->listening(), 1u);
  pass(25s);
  CHECK(it->deadline() > now + 1min);
}

SCENARIO("pauses between dials grow until a connection has lasted") {
  start({{"bits.1", "red"}});
  uint64_t link = 1;
  for (auto pause : {1s, 2s, 4s, 8s}) {
    close(link);
    CHECK_EQ(pass(pause - 1ms), strings{});
    CHECK_EQ(pass(1ms), (strings{"open " + std::to_string(++link)}));
  }
  open(link);
  answer(link);
  pass(60s);
  CHECK_EQ(close(link), (strings{"lost: cut"}));
  CHECK_EQ(pass(1s), (strings{"open " + std::to_string(link + 1)}));
}

SCENARIO("an authorisation that is taken back ends its topics") {
  start({{"bits.1", "red"}, {"whispers.9", "ann"}});
  open(1);
  answer(1);
  answer(1);
  CHECK_EQ(hear(1, R"({"type":"AUTH_REVOKED","data":{"topics":["bits.1"]}})"),
           (strings{"refused bits.1: the authoris"}));
  CHECK_EQ(it->listening(), 1u);
}

SCENARIO("a topic that is taken back while it is being asked for is as the answer says") {
  start({{"bits.1", "red"}});
  open(1);
  hear(1, R"({"type":"AUTH_REVOKED","data":{"topics":["bits.1"]}})");
  auto taken_back = now;
  GIVEN("an answer after it") {
    answer(1);
    CHECK_EQ(it->listening(), 1u);
  }
  WHEN("it would have been asked for again") {
    while (now < taken_back + 30min) {
      pass();
      hear(1, R"({"type":"PONG"})");
    }
    CHECK(it->deadline() > now);
    CHECK_EQ(it->listening(), 1u);
  }
}

SCENARIO("more may be wanted later") {
  begin();
  CHECK_EQ(want({{"bits.1", "red"}, {"bits.2", "blue"}}), (strings{"listen bits.2 as blue"}));
  answer(1);
  CHECK_EQ(it->listening(), 2u);
}

SCENARIO("a server isn't silent while we don't read") {
  start({{"bits.1", "red"}});
  open(1);
  auto pass_without_reading = [&](session_options::duration time) {
    now += time;
    it->excuse_silence(now);
    return doing([&](auto& todo) { it->expire(now, todo); });
  };
  CHECK_EQ(pass_without_reading(1min), strings{});
  answer(1);
  CHECK_EQ(pass(), (strings{"ping 1"}));
  CHECK_EQ(pass_without_reading(1min), strings{});
  CHECK_EQ(pass(9s), strings{});
  CHECK_EQ(pass(1s), (strings{"close 1", "lost: the server doesn't answer PING"}));
}

SCENARIO("without a token a topic waits") {
  start({{"bits.1", "red"}});
  open(1);
  auto nonce = questions.front().nonce;
  CHECK_EQ(doing([&](auto& todo) { it->no_token(nonce, "nobody has granted one", now, todo); }),
           (strings{"refused bits.1: nobody has g"}));
  CHECK_EQ(pass(1s), (strings{"listen bits.1 as red"}));
}

SCENARIO("nonsense is counted and changes nothing") {
  begin();
  for (const auto* text : {"", "[]", "{", R"({"type":"MESSAGE"})", R"({"type":"MESSAGE","data":{"topic":1}})"})
    CHECK_EQ(hear(1, text), strings{});
  CHECK_EQ(it->count().bad_messages, 5u);
  CHECK_EQ(hear(1, R"({"type":"RESPONSE","nonce":"unknown","error":""})"), strings{});
  CHECK_EQ(hear(1, R"({"type":"BIRTHDAY"})"), strings{});
  CHECK_EQ(hear(7, R"({"type":"RECONNECT"})"), strings{});
}

END_FIXTURE_SCOPE()
