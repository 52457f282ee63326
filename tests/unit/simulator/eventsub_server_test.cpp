#define CAF_SUITE simulator.eventsub_server

#include "simulator/eventsub_server.hpp"

#include "tests/unit/fixture.hpp"
#include "tests/unit/simulator/chat_fixture.hpp"

using namespace creamery;
using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

using json = nlohmann::json;

/// A client that remembers with which code it was closed.
struct event_client : simulator::test::fake_client {
  uint16_t code = 0;

  using fake_client::finish;

  void finish(uint16_t with, std::string_view) override {
    finished = true;
    code = with;
  }

  /// The types of the messages since the last `forget`.
  std::vector<std::string> types() const {
    std::vector<std::string> all;
    for (const auto& line : lines)
      all.push_back(json::parse(line)["metadata"]["message_type"].get<std::string>());
    return all;
  }

  json message(size_t index) const {
    return json::parse(lines.at(index));
  }
};

struct server_fixture : creamery::test::fixture {
  time_point now{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}};
  eventsub_book book;
  history log{1'000};
  webhook_sender webhooks{book, log};
  eventsub_server server{book, log, webhooks, [](std::string_view id) {
                           return event_person{std::string{id}, "user" + std::string{id}, "User" + std::string{id}};
                         }};
  event_client client, other;

  eventsub_server::client& open(event_client& who, std::string_view target = "/ws") {
    return server.open(who, "ws://localhost:1", target, now);
  }

  static std::string session_of(const event_client& who) {
    return who.message(0)["payload"]["session"]["id"].get<std::string>();
  }

  void subscribe(const std::string& session, const std::string& type, std::map<std::string, std::string> condition) {
    book.subscriptions.push_back(
      {"sub-" + type, "enabled", type, "1", std::move(condition), {"websocket", session}, "app", "ann", now});
  }

  void pass(duration time) {
    for (auto end = now + time; now < end; server.tick(now))
      now += 50ms;
  }

  size_t raid(const std::string& to, unsigned repeat = 0) {
    trigger_request request;
    request.type = "channel.raid";
    request.event = {{"to_broadcaster_user_id", to}, {"from_broadcaster_user_id", "9"}, {"viewers", 3}};
    request.repeat = repeat;
    return *server.trigger(request, now);
  }

  std::string ticket() const {
    auto url = client.message(client.lines.size() - 1)["payload"]["session"]["reconnect_url"].get<std::string>();
    return url.substr(url.find("/ws"));
  }

  void move(std::chrono::milliseconds old_until = {}, std::chrono::milliseconds welcome_after = {}) {
    event_sockets_request request;
    request.old_until = old_until;
    request.welcome_after = welcome_after;
    CHECK_EQ(server.apply(request, now), 1u);
  }
};

using strings = std::vector<std::string>;

} // namespace

BEGIN_FIXTURE_SCOPE(server_fixture)

SCENARIO("a session is welcomed, kept alive, and closed if it isn't used") {
  open(client);
  CHECK_EQ(client.types(), strings{"session_welcome"});
  CHECK_EQ(client.message(0)["payload"]["session"]["keepalive_timeout_seconds"].get<int>(), 10);
  CHECK(book.find_session(session_of(client)) != nullptr);
  pass(9900ms);
  CHECK_EQ(client.types(), strings{"session_welcome"});
  pass(200ms);
  CHECK_EQ(client.code, 4003);
}

SCENARIO("the keep-alive time can be chosen, within bounds") {
  open(client, "/ws?keepalive_timeout_seconds=30");
  CHECK_EQ(client.message(0)["payload"]["session"]["keepalive_timeout_seconds"].get<int>(), 30);
  open(other, "/ws?keepalive_timeout_seconds=3");
  CHECK_EQ(other.message(0)["payload"]["session"]["keepalive_timeout_seconds"].get<int>(), 10);
  subscribe(session_of(client), "channel.raid", {{"to_broadcaster_user_id", "1"}});
  client.forget();
  pass(61s);
  CHECK_EQ(client.types(), (strings{"session_keepalive", "session_keepalive"}));
}

SCENARIO("a session that goes on elsewhere may be welcomed late, and is told there from then on") {
  open(client);
  subscribe(session_of(client), "channel.raid", {{"to_broadcaster_user_id", "1"}});
  move({}, 3s);
  open(other, ticket());
  client.forget();
  raid("1");
  pass(2900ms);
  CHECK_EQ(client.types(), strings{"notification"});
  CHECK_EQ(other.types(), strings{});
  pass(100ms);
  CHECK_EQ(other.types(), strings{"session_welcome"});
  raid("1");
  CHECK_EQ(client.types(), strings{"notification"});
  CHECK_EQ(other.types(), (strings{"session_welcome", "notification"}));
  CHECK_EQ(server.count().moves, 1u);
}

SCENARIO("a welcome that comes when the session has ended is none") {
  open(client);
  subscribe(session_of(client), "channel.raid", {{"to_broadcaster_user_id", "1"}});
  move({}, 40s);
  open(other, ticket());
  pass(41s);
  CHECK_EQ(client.code, 4004);
  CHECK_EQ(other.types(), strings{});
  CHECK_EQ(other.code, 4007);
}

SCENARIO("a client that says something is closed") {
  auto& it = open(client);
  server.receive(it, now);
  CHECK_EQ(client.code, 4001);
}

SCENARIO("events go to those whose condition they meet") {
  open(client);
  open(other);
  subscribe(session_of(client), "channel.raid", {{"to_broadcaster_user_id", "1"}});
  subscribe(session_of(other), "channel.raid", {{"from_broadcaster_user_id", "9"}});
  client.forget();
  CHECK_EQ(raid("1"), 2u);
  CHECK_EQ(raid("2"), 1u);
  REQUIRE_EQ(client.lines.size(), 1u);
  auto message = client.message(0);
  CHECK_EQ(message["metadata"]["subscription_type"].get<std::string>(), "channel.raid");
  CHECK_EQ(message["payload"]["event"]["viewers"].get<int>(), 3);
  CHECK_EQ(message["payload"]["subscription"]["transport"]["method"].get<std::string>(), "websocket");
  CHECK_EQ(raid("1", 2), 6u);
  CHECK_EQ(client.message(1)["metadata"]["message_id"].get<std::string>(),
           client.message(3)["metadata"]["message_id"].get<std::string>());
  book.subscriptions.front().status = "authorization_revoked";
  client.forget();
  raid("1");
  CHECK(client.lines.empty());
}

SCENARIO("a session that is moved keeps its subscriptions, and the old socket is closed in the end") {
  open(client);
  subscribe(session_of(client), "channel.raid", {{"to_broadcaster_user_id", "1"}});
  auto first = session_of(client);
  move();
  raid("1");
  CHECK_EQ(client.types(), (strings{"session_welcome", "session_reconnect", "notification"}));
  client.lines.pop_back();
  open(other, ticket());
  CHECK_NE(session_of(other), first);
  CHECK_EQ(book.subscriptions.front().transport.target, session_of(other));
  client.forget();
  raid("1");
  CHECK(client.lines.empty());
  CHECK_EQ(other.types().back(), "notification");
  pass(31s);
  CHECK_EQ(client.code, 4004);
  CHECK_EQ(other.code, 0);
  CHECK_EQ(book.subscriptions.front().status, "enabled");
}

SCENARIO("the old socket may have the last word for a while") {
  open(client);
  subscribe(session_of(client), "channel.raid", {{"to_broadcaster_user_id", "1"}});
  move(100ms);
  open(other, ticket());
  client.forget();
  other.forget();
  raid("1");
  CHECK_EQ(client.types(), strings{"notification"});
  CHECK(other.lines.empty());
  pass(100ms);
  raid("1");
  CHECK_EQ(other.types(), strings{"notification"});
}

SCENARIO("a session that isn't moved in time is over, and so are its subscriptions") {
  auto& it = open(client);
  subscribe(session_of(client), "channel.raid", {{"to_broadcaster_user_id", "1"}});
  move();
  WHEN("it stays where it is") {
    pass(31s);
    CHECK_EQ(client.code, 4004);
    CHECK_EQ(book.subscriptions.front().status, "websocket_failed_to_reconnect");
    server.closed(it, "closed by server", now);
  }
}

SCENARIO("a socket that is gone while its session is moved is waited for") {
  auto& it = open(client);
  subscribe(session_of(client), "channel.raid", {{"to_broadcaster_user_id", "1"}});
  move();
  auto target = ticket();
  server.closed(it, "closed by client", now);
  CHECK_EQ(book.subscriptions.front().status, "enabled");
  open(other, target);
  CHECK_EQ(book.subscriptions.front().transport.target, session_of(other));
  pass(31s);
  CHECK_EQ(book.subscriptions.front().status, "enabled");
}

SCENARIO("whoever comes with a ticket that isn't one is told so") {
  open(client, "/ws?ticket=made-up");
  CHECK_EQ(client.code, 4007);
  CHECK(client.lines.empty());
  open(other, "/ws?ticket=nowhere");
  pass(60s);
  CHECK(other.lines.empty());
  CHECK(!other.finished);
}

SCENARIO("a socket that is gone takes its subscriptions along") {
  auto& it = open(client);
  subscribe(session_of(client), "channel.raid", {{"to_broadcaster_user_id", "1"}});
  server.closed(it, "closed by client", now);
  CHECK_EQ(book.subscriptions.front().status, "websocket_disconnected");
  CHECK(book.sessions.empty());
  CHECK_EQ(raid("1"), 0u);
}

END_FIXTURE_SCOPE()
