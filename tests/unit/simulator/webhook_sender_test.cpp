#define CAF_SUITE simulator.webhook_sender

#include "simulator/webhook_sender.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

using json = nlohmann::json;

struct sender_fixture : creamery::test::fixture {
  time_point now{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}};
  eventsub_book book;
  history log{1'000};
  webhook_sender sender{book, log};
  std::vector<webhook_post> posts;

  sender_fixture() {
    sender.post_with([this](webhook_post what) { posts.push_back(std::move(what)); });
  }

  eventsub_subscription& subscribe(const std::string& id, const std::string& status = "enabled") {
    eventsub_subscription one;
    one.id = id;
    one.status = status;
    one.type = "channel.raid";
    one.version = "1";
    one.condition = {{"to_broadcaster_user_id", "1"}};
    one.transport = {"webhook", "https://bot.example/hook", "s3cret-of-the-bot"};
    book.subscriptions.push_back(one);
    return book.subscriptions.back();
  }

  void pass(duration time) {
    now += time;
    sender.tick(now);
  }

  void answer(unsigned status, const std::string& body = {}) {
    auto number = posts.back().number;
    sender.answered(number, {status, body}, now);
  }

  std::string header(const std::string& name) const {
    for (const auto& [key, value] : posts.back().headers)
      if (key == "Twitch-Eventsub-" + name)
        return value;
    return {};
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(sender_fixture)

SCENARIO("the signature is that of the facts") {
  CHECK_EQ(webhook_signature("s3cret-of-the-bot", "befa7b53-d79d-478f-86b9-120f112b044e",
                             "2026-05-01T10:11:12.464757833Z",
                             R"({"subscription":{"id":"s1","type":"channel.raid"},"event":{"viewers":3}})"),
           "sha256=e2aa00c7f7545aedc249339c8a09f94431e6b72a21a4d67744bba7d0521e0d6c");
}

SCENARIO("a new callback is asked, and enabled by the right answer only") {
  auto& one = subscribe("a", "webhook_callback_verification_pending");
  pass(50ms);
  REQUIRE_EQ(posts.size(), 1u);
  CHECK_EQ(header("Message-Type"), "webhook_callback_verification");
  auto challenge = json::parse(posts[0].body)["challenge"].get<std::string>();
  GIVEN("the right answer") {
    answer(200, challenge);
    CHECK_EQ(one.status, "enabled");
    CHECK_EQ(sender.count().verified, 1u);
  }
  WHEN("another one answers with quotes around it") {
    subscribe("b", "webhook_callback_verification_pending");
    pass(50ms);
    answer(200, "\"" + json::parse(posts.back().body)["challenge"].get<std::string>() + "\"");
    CHECK_EQ(book.subscriptions.back().status, "webhook_callback_verification_failed");
  }
  WHEN("nobody is there, three times") {
    subscribe("c", "webhook_callback_verification_pending");
    pass(50ms);
    for (auto wait : {1s, 2s}) {
      answer(0);
      pass(wait);
    }
    CHECK_EQ(book.subscriptions.back().status, "webhook_callback_verification_pending");
    answer(0);
    CHECK_EQ(book.subscriptions.back().status, "webhook_callback_verification_failed");
  }
}

SCENARIO("a message is signed, and sent again under the same id until it is taken") {
  auto& one = subscribe("a");
  sender.notify(one, "m-1", {{"viewers", 3}}, {}, now);
  REQUIRE_EQ(posts.size(), 1u);
  CHECK_EQ(header("Message-Id"), "m-1");
  CHECK_EQ(header("Message-Signature"),
           webhook_signature("s3cret-of-the-bot", "m-1", header("Message-Timestamp"), posts[0].body));
  CHECK_EQ(json::parse(posts[0].body)["event"].dump(), R"({"viewers":3})");
  CHECK_EQ(posts[0].body.find("s3cret"), std::string::npos);
  pass(10s);
  CHECK_EQ(posts.size(), 1u); // it is under way
  answer(503);
  pass(999ms);
  CHECK_EQ(posts.size(), 1u);
  pass(1ms);
  REQUIRE_EQ(posts.size(), 2u);
  CHECK_EQ(header("Message-Retry"), "1");
  CHECK_EQ(header("Message-Id"), "m-1");
  CHECK_EQ(posts[1].body, posts[0].body);
  answer(204);
  pass(10min);
  CHECK_EQ(posts.size(), 2u);
  CHECK_EQ(sender.count().acknowledged, 1u);
  CHECK_EQ(sender.waiting(), 0u);
}

SCENARIO("messages that fail too often end their subscription") {
  auto& one = subscribe("a");
  sender.set({.attempts = 2, .failures = 2});
  for (auto id : {"m-1", "m-2"}) {
    sender.notify(one, id, json::object(), {}, now);
    answer(500);
    pass(1s);
    answer(500);
  }
  CHECK_EQ(one.status, "notification_failures_exceeded");
  CHECK_EQ(header("Message-Type"), "revocation");
  CHECK_EQ(json::parse(posts.back().body)["subscription"]["status"].get<std::string>(),
           "notification_failures_exceeded");
}

SCENARIO("messages can be spoilt") {
  auto& one = subscribe("a");
  sender.notify(one, "m-1", json::object(), {.wrong_signature = true}, now);
  CHECK_NE(header("Message-Signature"),
           webhook_signature("s3cret-of-the-bot", "m-1", header("Message-Timestamp"), posts.back().body));
  sender.notify(one, "m-2", json::object(), {.age = 11min}, now);
  CHECK(header("Message-Timestamp").starts_with("2026-04-30T23:49:00"));
}

END_FIXTURE_SCOPE()
