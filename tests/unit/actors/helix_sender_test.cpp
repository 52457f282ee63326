#define CAF_SUITE actors.helix_sender

#include "actors/helix_sender.hpp"

#include "actors/outbox.hpp"
#include "messages/helix/calls.hpp"
#include "tests/unit/actors/doubles.hpp"
#include "tests/unit/actors/held_calls.hpp"

#include <nlohmann/json.hpp>

using namespace creamery;
using namespace std::chrono_literals;

namespace {

int64_t milliseconds(say_queue::time_point when) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

struct sender_fixture : creamery::test::timed_fixture {
  creamery::test::captured_log log;
  std::shared_ptr<creamery::test::held_calls> calls = std::make_shared<creamery::test::held_calls>();
  account_directory_actor accounts = sys.spawn(creamery::test::accounts_that_hold_calls, calls);
  std::shared_ptr<outbox_memory> memory = std::make_shared<outbox_memory>(
    say_queue::options{}, std::make_shared<allowance_log>(account_limits{}), say_queue::time_point{}, milliseconds);
  outbox_actor box = start_outbox();
  helix_sender_actor sender;

  ~sender_fixture() {
    for (const auto& [what, holder] : calls->open)
      kill(holder);
    kill(sender);
    kill(box);
    kill(accounts);
  }

  outbox_actor start_outbox() {
    return sys.spawn<outbox>("creamybot", std::vector<std::string>{}, store_actor{},
                             kept<outbox_memory>{memory, std::make_shared<std::atomic<bool>>(true)});
  }

  void start(bool as_application = false) {
    sender = sys.spawn<helix_sender>(sender_identity{"bot", "creamybot", accounts, as_application, {"red", "blue"}});
    tell(sender, use_atom_v, box);
  }

  void answer(helix::answer with) {
    if (calls->open.empty())
      FAIL("nothing was called");
    auto one = std::move(calls->open.front());
    calls->open.pop_front();
    tell(one.second, std::move(with));
  }

  void answer(const std::string& body) {
    answer({false, {}, 200, body});
  }

  void say_something(const std::string& channel, const std::string& text, const std::string& reply_to = {}) {
    tell(box, say{.bot = "bot", .channel = channel, .text = text, .reply_to = reply_to});
  }

  void tell_ids() {
    CHECK_EQ(calls->open.front().first.path, "/users");
    answer(R"({"data":[{"id":"1","login":"red"},{"id":"2","login":"blue"}]})");
  }

  /// A member of the body of the oldest call that is open.
  std::string sent(const std::string& member) {
    return calls->open.empty() ? "" : nlohmann::json::parse(calls->open.front().first.body).value(member, "");
  }

  send_counters counters() {
    return ask<outbox_report>(box, caf::get_atom_v).messages;
  }
};

constexpr auto is_sent = R"({"data":[{"message_id":"m1","is_sent":true,"drop_reason":null}]})";

} // namespace

BEGIN_FIXTURE_SCOPE(sender_fixture)

SCENARIO("what is said goes to the channel's id, and is confirmed by the answer") {
  start();
  say_something("red", "hello", "parent");
  CHECK_EQ(calls->open.size(), 1u); // the ids have to be known first
  tell_ids();
  REQUIRE_EQ(calls->open.size(), 1u);
  CHECK_EQ(calls->open.front().first.path, "/chat/messages");
  CHECK(calls->open.front().first.as == helix::identity::bot);
  CHECK_EQ(sent("broadcaster_id"), "1");
  CHECK_EQ(sent("message"), "hello");
  CHECK_EQ(sent("reply_parent_message_id"), "parent");
  answer(is_sent);
  CHECK_EQ(counters().confirmed, 1u);
  CHECK_EQ(counters().in_flight, 0u);
}

SCENARIO("an action stays one, and whatever a cog says can't become anything else") {
  start();
  tell_ids();
  say_something("red", "/me waves \"back\"");
  CHECK_EQ(sent("message"), "/me waves \"back\"");
  answer(is_sent);
  say_something("blue", "@a=b;c :PRIVMSG #x :y");
  CHECK_EQ(sent("message"), "@a=b;c :PRIVMSG #x :y");
  CHECK_EQ(sent("broadcaster_id"), "2");
}

SCENARIO("a message that Twitch drops is counted as refused, with its reason in the log") {
  start();
  tell_ids();
  say_something("red", "hello");
  answer(R"({"data":[{"message_id":"","is_sent":false,"drop_reason":{"code":"msg_new_rule","message":"because"}}]})");
  CHECK_EQ(counters().refused, 1u);
  CHECK_EQ(log.count("because (msg_new_rule)"), 1u);
}

SCENARIO("refusals and unknown outcomes are told apart") {
  start();
  tell_ids();
  say_something("red", "one");
  answer({true, {helix::error::kind::refused, 403, "not here"}, 0, {}});
  CHECK_EQ(counters().refused, 1u);
  pass(2s);
  say_something("red", "two");
  answer({true, {helix::error::kind::unavailable, 0, "connection reset"}, 0, {}});
  CHECK_EQ(counters().unconfirmed, 1u);
  pass(2s);
  tell(box, say{.bot = "bot", .channel = "red", .text = "three", .promise = delivery_promise::at_least_once});
  answer({true, {helix::error::kind::unavailable, 0, "connection reset"}, 0, {}});
  pass(2s);
  CHECK(sent("message").starts_with("three")); // once more
}

SCENARIO("in a channel one message waits for the one before it, in another one it doesn't") {
  start();
  tell_ids();
  tell(box, own_state{"bot", "red", true, {}, {}}); // a moderator, so that there is no pause between messages
  say_something("red", "one");
  say_something("red", "two");
  say_something("blue", "three");
  REQUIRE_EQ(calls->open.size(), 2u);
  CHECK_EQ(sent("message"), "one");
  answer(is_sent);
  CHECK_EQ(sent("message"), "three");
  answer(is_sent);
  CHECK_EQ(sent("message"), "two");
  answer(is_sent);
  CHECK_EQ(counters().confirmed, 3u);
}

SCENARIO("as the application, with its token") {
  start(true);
  tell_ids();
  say_something("red", "hello");
  CHECK(calls->open.front().first.as == helix::identity::application);
}

SCENARIO("names that can't be looked up are asked for again, with growing pauses") {
  start();
  answer({true, {helix::error::kind::unavailable, 500, ""}, 0, {}});
  CHECK(calls->open.empty());
  CHECK_EQ(log.count("nothing can be said yet"), 1u);
  pass(2s);
  answer(R"({"data":[{"id":"1","login":"red"}]})");
  CHECK_EQ(log.count("nothing can be said yet in some channels: Twitch knows nobody called"), 1u);
  say_something("red", "hello");
  CHECK_EQ(sent("message"), "hello"); // the other one holds up nobody
  answer(is_sent);
  pass(5min);
  CHECK_EQ(calls->open.front().first.query.size(), 1u); // it is asked for again
}

SCENARIO("an outbox that dies doesn't make a message said twice") {
  start();
  tell_ids();
  tell(box, own_state{"bot", "red", true, {}, {}});
  say_something("red", "one");
  say_something("red", "two"); // waits for the first
  say_something("blue", "three");
  kill(box);
  box = start_outbox();
  tell(sender, use_atom_v, box);
  REQUIRE_EQ(calls->open.size(), 2u);
  answer(is_sent);
  answer(is_sent);
  REQUIRE_EQ(calls->open.size(), 1u);
  CHECK_EQ(sent("message"), "two");
  answer(is_sent);
  CHECK(calls->open.empty());
  CHECK_EQ(counters().confirmed, 3u);
}

SCENARIO("a sender that dies takes no message with it that wasn't sent") {
  start();
  tell_ids();
  tell(box, own_state{"bot", "red", true, {}, {}});
  say_something("red", "one");
  say_something("red", "two");
  kill(sender);
  kill(calls->open.front().second);
  calls->open.clear();
  start();
  tell_ids();
  pass(2s);                                  // whether it still moderates there isn't known, so there is a pause
  CHECK(sent("message").starts_with("two")); // of the first one nobody knows whether Twitch has got it
  answer(is_sent);
  pass(11s);
  CHECK_EQ(counters().confirmed, 1u);
  CHECK_EQ(counters().unconfirmed, 1u);
}

END_FIXTURE_SCOPE()
