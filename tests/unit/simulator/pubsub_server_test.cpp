#define CAF_SUITE simulator.pubsub_server

#include "simulator/pubsub_server.hpp"

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/chat_fixture.hpp"

using namespace creamery;
using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

using json = nlohmann::json;

struct pubsub_fixture : creamery::test::fixture {
  time_point now{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}};
  token_book tokens{false};
  history log{1'000};
  pubsub_server server{tokens, log, [](std::string_view login) { return std::string{login == "red" ? "1" : "2"}; }};
  simulator::test::fake_client socket;
  pubsub_server::client* it = nullptr;

  pubsub_fixture() {
    tokens.add("good", {"red", "app", {"bits:read", "channel:moderate"}});
    it = &server.open(socket, now);
  }

  /// What it answers to a request.
  std::string ask(const std::string& text) {
    socket.lines.clear();
    server.receive(*it, text, now);
    return socket.lines.empty() ? "" : socket.lines.front();
  }

  std::string listen(const std::string& topic, const std::string& token = "good") {
    auto answer =
      ask(json{{"type", "LISTEN"}, {"nonce", "n"}, {"data", {{"topics", {topic}}, {"auth_token", token}}}}.dump());
    return json::parse(answer)["error"].get<std::string>();
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(pubsub_fixture)

SCENARIO("whoever may listen is told, and others aren't") {
  CHECK_EQ(listen("channel-bits-events-v2.1"), "");
  CHECK_EQ(*server.publish({"channel-bits-events-v2.1", {{"bits", 5}}}, now), 1u);
  auto said = json::parse(socket.lines.back());
  CHECK_EQ(said["data"]["topic"].get<std::string>(), "channel-bits-events-v2.1");
  CHECK_EQ(said["data"]["message"].get<std::string>(), R"({"bits":5})");
  CHECK_EQ(*server.publish({"channel-bits-events-v2.9", {{"bits", 5}}}, now), 0u);
  ask(R"({"type":"UNLISTEN","nonce":"m","data":{"topics":["channel-bits-events-v2.1"]}})");
  CHECK_EQ(*server.publish({"channel-bits-events-v2.1", {{"bits", 5}}}, now), 0u);
}

SCENARIO("what may not be listened to is refused with the reason") {
  CHECK_EQ(listen("channel-bits-events-v2.1", "bad"), "ERR_BADAUTH");
  CHECK_EQ(listen("channel-bits-events-v2.2"), "ERR_BADAUTH");    // somebody else's
  CHECK_EQ(listen("channel-points-channel-v1.1"), "ERR_BADAUTH"); // the scope is missing
  CHECK_EQ(listen("chat_moderator_actions.1.2"), "");
  for (const auto* topic : {"unheard-of.1", "channel-bits-events-v2.red", "channel-bits-events-v2.1.2",
                            "chat_moderator_actions.1", "channel-bits-events-v2."})
    CHECK_EQ(listen(topic), "ERR_BADTOPIC");
  for (const auto* nonsense : {"", "[]", "{}", R"({"type":"LISTEN"})", R"({"type":"LISTEN","data":{"topics":[1]}})"})
    CHECK_EQ(json::parse(ask(nonsense))["error"].get<std::string>(), "ERR_BADMESSAGE");
  CHECK_EQ(ask(R"({"type":"PING"})"), R"({"type":"PONG"})");
}

SCENARIO("one that listens to nothing is closed after fifteen seconds") {
  now += 14s;
  server.tick(now);
  CHECK(!socket.finished);
  GIVEN("one that does listen") {
    simulator::test::fake_client other;
    auto& second = server.open(other, now);
    it = &second;
    server.receive(
      second, R"({"type":"LISTEN","nonce":"n","data":{"topics":["channel-bits-events-v2.1"],"auth_token":"good"}})",
      now);
    now += 20s;
    server.tick(now);
    CHECK(socket.finished);
    CHECK(!other.finished);
    WHEN("it is told to go elsewhere") {
      server.apply({pubsub_sockets_request::what::reconnect}, now);
      CHECK_EQ(other.lines.back(), R"({"type":"RECONNECT"})");
      now += 30s;
      server.tick(now);
      CHECK(other.finished);
    }
  }
}

END_FIXTURE_SCOPE()
