#define CAF_SUITE actors.eventsub_session

#include "actors/eventsub_session.hpp"

#include "tests/unit/actors/conduit_double.hpp"
#include "tests/unit/actors/connection_fixture.hpp"
#include "tests/unit/actors/held_calls.hpp"

#include <nlohmann/json.hpp>

using namespace creamery;
using namespace std::chrono_literals;
using creamery::test::held_calls;
using creamery::test::link_double;

namespace {

using strings = std::vector<std::string>;

/// What a double of the store got, and whether it takes it.
struct store_record {
  std::vector<eventsub::arrivals::one> events;
  bool takes = true;
  /// Answers come when the test tells it that it is ready.
  bool holds = false;
  std::vector<caf::typed_response_promise<eventsub::receipt>> held = {};
};

store_actor::behavior_type store_double(store_actor::pointer self, std::shared_ptr<store_record> x) {
  return {
    [x](ready_atom) {
      x->holds = false;
      for (auto& one : std::exchange(x->held, {}))
        one.deliver(eventsub::receipt{1, 0, 0});
    },
    [](drain_atom) { return true; },
    [self, x](const eventsub::arrivals& arrived) -> caf::result<eventsub::receipt> {
      if (!x->takes)
        return caf::make_error(caf::sec::runtime_error, "the disk is full");
      x->events.insert(x->events.end(), arrived.events.begin(), arrived.events.end());
      if (x->holds)
        return x->held.emplace_back(self->make_response_promise<eventsub::receipt>());
      return eventsub::receipt{arrived.events.size(), 0, 0};
    },
    [](caf::get_atom, const std::string&, const std::string&, uint64_t) { return std::vector<eventsub::event>{}; },
    [](unwant_atom, const std::string&, const std::string&) {},
    [](const std::vector<cog_outcome>&) {},
    [](caf::tick_atom, uint64_t) {},
    [](clean_up_atom) {},
    [](caf::get_atom, const std::vector<std::string>&, uint64_t) -> caf::result<std::vector<say>> {
      return std::vector<say>{};
    },
    [](answered_atom, const std::vector<uint64_t>&) {},
    [](caf::get_atom, const std::string&) { return std::string{}; },
    [](caf::put_atom, const std::string&, const std::string&) {},
    [](caf::get_atom) { return store_report{}; },
  };
}

struct owner_record {
  std::vector<bot_ready> ready;
  std::vector<eventsub::subscription_news> news;
};

event_owner_actor::behavior_type owner_double(event_owner_actor::pointer, std::shared_ptr<owner_record> x) {
  return {
    [x](const std::string&, const bot_ready& ready) { x->ready.push_back(ready); },
    [x](const eventsub::subscription_news& news) { x->news.push_back(news); },
  };
}

int64_t milliseconds(std::chrono::steady_clock::time_point when) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count();
}

std::string metadata(const std::string& type, const std::string& id = "m") {
  return R"({"metadata":{"message_id":")" + id + R"(","message_type":")" + type + R"("},"payload":)";
}

std::string welcome(const std::string& session) {
  return metadata("session_welcome") + R"({"session":{"id":")" + session + R"(","keepalive_timeout_seconds":10}}})";
}

std::string raid(const std::string& id) {
  return metadata("notification", id)
         + R"({"subscription":{"id":"sub","status":"enabled","type":"channel.raid","version":"1"},"event":{"viewers":3}}})";
}

std::string redemption(const std::string& id, const std::string& redemption_id) {
  return metadata("notification", id)
         + R"({"subscription":{"id":"sub","type":"channel.channel_points_custom_reward_redemption.add","version":"1"},)"
         + R"("event":{"id":")" + redemption_id + R"("}}})";
}

struct session_fixture : creamery::test::timed_fixture {
  creamery::test::captured_log log;
  std::shared_ptr<held_calls> calls = std::make_shared<held_calls>();
  account_directory_actor accounts = sys.spawn(creamery::test::accounts_that_hold_calls, calls);
  std::shared_ptr<store_record> stored = std::make_shared<store_record>();
  store_actor keeper = sys.spawn(store_double, stored);
  eventsub_settings settings = calm();
  std::shared_ptr<eventsub_memory> memory = std::make_shared<eventsub_memory>(settings);
  std::vector<std::shared_ptr<link_double>> links;
  strings dialled;
  eventsub_session_actor it;
  uint64_t messages = 0;
  /// What the owner was told.
  std::shared_ptr<owner_record> told = std::make_shared<owner_record>();
  event_owner_actor owner = sys.spawn(owner_double, told);
  bool has_chat = false;
  /// Its shard, if it is one of a conduit's.
  std::optional<uint64_t> shard;

  static eventsub_settings calm() {
    eventsub_settings x;
    x.server = *parse_endpoint("wss://eventsub.example/ws");
    x.session.redial.jitter = x.subscriptions.retry.jitter = x.look_up_again.jitter = 0;
    x.wall_clock = milliseconds;
    return x;
  }

  ~session_fixture() {
    for (const auto& [what, holder] : calls->open)
      kill(holder);
    kill(it);
    kill(keeper);
    kill(accounts);
    kill(owner);
  }

  void start(strings events, const std::string& broadcaster = {}, strings channels = {"red"}) {
    std::vector<eventsub::wanted_event> wanted;
    for (const auto& name : events)
      for (const auto& one : eventsub::events_named(name))
        wanted.push_back(one);
    link_opener open = [this](const link_owner_actor&, link_id, const endpoint& server) {
      links.push_back(std::make_shared<link_double>());
      dialled.push_back(to_string(server));
      return links.back();
    };
    it = sys.spawn<eventsub_session>(
      subscriber_identity{"bot/eventsub-1",
                          "bot",
                          "creamybot",
                          accounts,
                          broadcaster.empty() ? eventsub::token_owner::bot : eventsub::token_owner::broadcaster,
                          "",
                          channels,
                          wanted,
                          has_chat,
                          {},
                          owner},
      shard, settings, open, kept<eventsub_memory>{memory, std::make_shared<std::atomic<bool>>(true)});
    sched.run();
    tell(it, use_atom_v, keeper);
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

  void refuse(uint32_t status, const std::string& text) {
    answer({true, {helix::error::kind::refused, status, text}, 0, {}});
  }

  void tell_ids() {
    answer(R"({"data":[{"id":"9","login":"creamybot"}]})");
    answer(R"({"data":[{"id":"1","login":"red"}]})");
  }

  void open(size_t link) {
    tell(it, link_opened{link});
  }

  link_lines lines_of(size_t link, const strings& texts) {
    line_batch batch;
    std::string all;
    for (const auto& text : texts) {
      batch.lines.push_back({static_cast<uint32_t>(all.size()), static_cast<uint32_t>(text.size())});
      all += text;
    }
    batch.memory = slab::copy_of(all);
    batch.cost = all.size();
    batch.first = messages;
    messages += texts.size();
    return {link, std::move(batch), 0};
  }

  void hear(size_t link, const strings& texts) {
    tell(it, lines_of(link, texts));
  }

  /// What is asked of Twitch right now.
  strings asked() const {
    strings all;
    for (const auto& [what, holder] : calls->open) {
      auto text = what.method + " " + what.path;
      if (!what.body.empty()) {
        auto body = nlohmann::json::parse(what.body);
        text += " " + body.value("type", "") + " " + body["condition"].dump();
        if (what.as == helix::identity::broadcaster)
          text += " as " + what.broadcaster;
      }
      all.push_back(text);
    }
    return all;
  }

  /// Subscribed to raids, on link 1.
  void begin() {
    start({"channel_raid_in"});
    tell_ids();
    open(1);
    hear(1, {welcome("s1")});
    answer(R"({"data":[{"id":"sub","status":"enabled"}]})");
  }

  strings ids() const {
    strings all;
    for (const auto& one : stored->events)
      all.push_back(one.what.message_id);
    return all;
  }

  eventsub_report report() {
    return ask<eventsub_report>(it, caf::get_atom_v);
  }
};

/// A double of a conduit, which attaches whoever asks once it is known.
} // namespace

BEGIN_FIXTURE_SCOPE(session_fixture)

SCENARIO("a session finds out ids, dials, subscribes, and hands on what it hears") {
  start({"channel_raid_in", "channel_follow", "stream.online"});
  CHECK(links.empty()); // nothing to subscribe to is known yet
  tell_ids();
  REQUIRE_EQ(links.size(), 1u);
  CHECK_EQ(dialled, (strings{"wss://eventsub.example/ws"}));
  open(1);
  CHECK(calls->open.empty());
  hear(1, {welcome("s1")});
  CHECK_EQ(
    asked(),
    (strings{R"(POST /eventsub/subscriptions channel.raid {"to_broadcaster_user_id":"1"})",
             R"(POST /eventsub/subscriptions channel.follow {"broadcaster_user_id":"1","moderator_user_id":"9"})",
             R"(POST /eventsub/subscriptions stream.online {"broadcaster_user_id":"1"})"}));
  CHECK_EQ(nlohmann::json::parse(calls->open.front().first.body)["transport"].dump(),
           R"({"method":"websocket","session_id":"s1"})");
  answer(R"({"data":[{"id":"a","status":"enabled"}]})");
  refuse(403, "subscription missing proper authorization");
  answer(R"({"data":[{"id":"c","status":"enabled"}]})");
  CHECK_EQ(report().enabled, 2u);
  CHECK_EQ(report().wanted, 3u);
  CHECK_EQ(log.count("2 of 3 subscriptions"), 1u);
  CHECK_EQ(log.count("channel.follow 2  refused: needs the scope moderator:read:followers"), 1u);
  CHECK_EQ(log.count("what helps: creamery auth bot (#red)"), 1u);
  hear(1, {raid("x"), redemption("y", "r7")});
  CHECK_EQ(ids(), (strings{"x", "y"}));
  CHECK_EQ(stored->events[0].what.json, R"({"viewers":3})");
  CHECK_EQ(stored->events[0].what.bot, "bot");
  CHECK_EQ(stored->events[0].key, "");
  CHECK_EQ(stored->events[1].key, "r7");
  CHECK_GT(links[0]->released, 0u);
}

SCENARIO("a broadcaster's session makes only what takes their token, with it") {
  start({"channel_raid_in", "channel_cheers", "channel_follow"}, "red");
  CHECK(calls->open.front().first.as == helix::identity::broadcaster);
  answer(R"({"data":[{"id":"1","login":"red"}]})");
  open(1);
  hear(1, {welcome("s1")});
  CHECK_EQ(asked(), (strings{R"(POST /eventsub/subscriptions channel.cheer {"broadcaster_user_id":"1"} as red)"}));
}

SCENARIO("no socket is kept for subscriptions that Twitch doesn't allow") {
  start({"channel_follow"});
  tell_ids();
  open(1);
  hear(1, {welcome("s1")});
  refuse(403, "no");
  CHECK(links[0]->closed);
  pass(29min);
  CHECK_EQ(links.size(), 1u);
  pass(1min);
  CHECK_EQ(links.size(), 2u);
  CHECK(calls->open.empty()); // there is no session yet
  open(2);
  messages = 0;
  hear(2, {welcome("s2")});
  REQUIRE_EQ(calls->open.size(), 1u);
  CHECK_EQ(nlohmann::json::parse(calls->open.front().first.body)["transport"]["session_id"].get<std::string>(), "s2");
}

SCENARIO("ids that can't be found out are asked for again, with growing pauses and one warning") {
  start({"channel_raid"});
  for (auto pause : {1s, 2s, 4s}) {
    refuse(401, "no token");
    CHECK(calls->open.empty());
    pass(pause);
    CHECK_EQ(calls->open.size(), 1u);
  }
  CHECK_EQ(log.count("not everything can be subscribed to yet"), 1u);
}

SCENARIO("a channel that Twitch doesn't know holds up no other") {
  start({"stream.online"}, "", {"red", "rde"});
  answer(R"({"data":[{"id":"9","login":"creamybot"}]})");
  answer(R"({"data":[{"id":"1","login":"red"}]})");
  CHECK_EQ(log.count("Twitch knows nobody called rde"), 1u);
  open(1);
  hear(1, {welcome("s1")});
  CHECK_EQ(asked(), (strings{R"(POST /eventsub/subscriptions stream.online {"broadcaster_user_id":"1"})"}));
  answer(R"({"data":[{"id":"a","status":"enabled"}]})");
  WHEN("it is there later") {
    pass(1s);
    REQUIRE_EQ(asked(), (strings{"GET /users"}));
    answer(R"({"data":[{"id":"2","login":"rde"}]})");
    CHECK_EQ(asked(), (strings{R"(POST /eventsub/subscriptions stream.online {"broadcaster_user_id":"2"})"}));
  }
}

SCENARIO("credit is given back when events are on the disk, and not before") {
  begin();
  auto before = links[0]->released;
  stored->takes = false;
  hear(1, {raid("x")});
  CHECK_EQ(links[0]->released, before);
  pass(10s);
  CHECK_EQ(ids(), strings{});
  stored->takes = true;
  pass(1s);
  CHECK_EQ(ids(), (strings{"x"}));
  CHECK_GT(links[0]->released, before);
}

SCENARIO("a session that is moved makes no subscription again, and hears both sockets") {
  begin();
  hear(1, {metadata("session_reconnect") + R"({"session":{"id":"s1","reconnect_url":"wss://other.example/ws?x=1"}}})"});
  REQUIRE_EQ(links.size(), 2u);
  CHECK_EQ(dialled.back(), "wss://other.example/ws?x=1");
  hear(1, {raid("x")});
  open(2);
  auto of_first = std::exchange(messages, 0);
  hear(2, {welcome("s2"), raid("y")});
  messages = of_first;
  hear(1, {raid("z")});
  CHECK(calls->open.empty());
  CHECK_EQ(ids(), (strings{"x", "y", "z"}));
  CHECK_EQ(report().handovers, 1u);
  CHECK(!links[0]->closed);
  pass(2s);
  CHECK(links[0]->closed);
}

SCENARIO("after a loss all is subscribed to again, and the gap is told") {
  begin();
  tell(it, link_closed{1, {net_step::closed_by_server, "eventsub.example:443", {}, "", 4000, "internal error", 0}});
  CHECK_EQ(log.count("close code 4000"), 1u);
  CHECK_GT(report().blind_since, 0);
  pass(1s);
  REQUIRE_EQ(links.size(), 2u);
  open(2);
  messages = 0;
  hear(2, {welcome("s2")});
  REQUIRE_EQ(calls->open.size(), 1u);
  answer(R"({"data":[{"id":"new","status":"enabled"}]})");
  CHECK_EQ(log.count("no events were received from"), 1u);
  CHECK_EQ(report().gaps, 1u);
  CHECK_EQ(report().blind_since, 0);
}

SCENARIO("a session that Twitch counts as one too many is given up for a while") {
  start({"channel_raid_in"});
  tell_ids();
  open(1);
  hear(1, {welcome("s1")});
  refuse(429, "number of websocket transports limit exceeded");
  CHECK(links[0]->closed);
  pass(settings.subscriptions.too_many - 1ms);
  CHECK_EQ(links.size(), 1u);
  pass(1ms);
  CHECK_EQ(links.size(), 2u);
  open(2);
  messages = 0;
  hear(2, {welcome("s2")});
  CHECK_EQ(calls->open.size(), 1u);
}

SCENARIO("a session that Twitch doesn't know is given up, but not for what was asked for before it moved") {
  const auto* unknown = "websocket transport session does not exist or has already disconnected";
  start({"channel_raid_in"});
  tell_ids();
  open(1);
  hear(1, {welcome("s1")}); // asks for a subscription of s1
  hear(1, {metadata("session_reconnect") + R"({"session":{"id":"s1","reconnect_url":"wss://other.example/ws?x=1"}}})"});
  open(2);
  messages = 0;
  hear(2, {welcome("s2")});
  refuse(400, unknown);
  CHECK(!links[1]->closed);
  REQUIRE_EQ(calls->open.size(), 1u);
  CHECK_EQ(nlohmann::json::parse(calls->open.front().first.body)["transport"]["session_id"].get<std::string>(), "s2");
  refuse(400, unknown);
  CHECK(links[1]->closed);
  CHECK_EQ(report().losses, 1u);
}

SCENARIO("a session that was closed for something that we have sent is our own fault") {
  begin();
  tell(it, link_closed{1, {net_step::closed_by_server, "eventsub.example:443", {}, "", 4001, "inbound traffic", 0}});
  CHECK_EQ(log.count("please report it"), 1u);
  pass(1s);
  CHECK_EQ(links.size(), 2u);
}

SCENARIO("as soon as somebody grants something, what was refused is asked for again, and the table is told anew") {
  start({"channel_raid_in", "channel_follow"});
  tell_ids();
  open(1);
  hear(1, {welcome("s1")});
  answer(R"({"data":[{"id":"a","status":"enabled"}]})");
  refuse(403, "no");
  CHECK_EQ(log.count("1 of 2 subscriptions"), 1u);
  pass(1s);
  CHECK(calls->open.empty());
  tell(it, changed_atom_v);
  refuse(403, "no"); // it isn't known everywhere yet
  CHECK_EQ(log.count("1 of 2 subscriptions"), 1u);
  pass(5s);
  answer(R"({"data":[{"id":"b","status":"enabled"}]})");
  CHECK_EQ(report().enabled, 2u);
  WHEN("there was no socket, since all had been refused") {
    hear(
      1,
      {metadata("revocation")
         + R"({"subscription":{"id":"a","status":"authorization_revoked","type":"channel.raid","version":"1"}}})",
       metadata("revocation")
         + R"({"subscription":{"id":"b","status":"authorization_revoked","type":"channel.follow","version":"2"}}})"});
    CHECK(links[0]->closed);
    CHECK_EQ(log.count("2 of 2 subscriptions"), 1u);
    tell(it, changed_atom_v);
    CHECK_EQ(links.size(), 2u);
    CHECK(calls->open.empty());
    open(2);
    messages = 0;
    hear(2, {welcome("s2")});
    CHECK_EQ(calls->open.size(), 2u);
  }
}

SCENARIO("an actor that is replaced goes on with the sockets of the one before") {
  begin();
  stored->takes = false;
  hear(1, {raid("x")});
  kill(it);
  stored->takes = true;
  start({"channel_raid_in"});
  CHECK_EQ(links.size(), 1u);
  CHECK_EQ(links[0]->attached.size(), 1u);
  messages -= 1;
  hear(1, {raid("x")}); // what wasn't released is delivered again
  hear(1, {raid("y")});
  CHECK_EQ(ids(), (strings{"x", "y"}));
  CHECK(calls->open.empty());
}

SCENARIO("several events that come together are several") {
  begin();
  hear(1, {metadata("notification", "m")
           + R"({"subscription":{"id":"s","type":"drop.entitlement.grant","version":"1"},)"
             R"("events":[{"id":"a","data":{"entitlement_id":"e1"}},{"id":"b","data":{"entitlement_id":"e2"}},7]}})"});
  CHECK_EQ(ids(), (strings{"m/a", "m/b"}));
  CHECK_EQ(stored->events[1].key, "e2");
  CHECK_EQ(stored->events[1].what.json, R"({"entitlement_id":"e2"})");
}

SCENARIO("what is revoked is told") {
  begin();
  hear(1, {metadata("revocation")
           + R"({"subscription":{"id":"sub","status":"authorization_revoked","type":"channel.raid","version":"1"}}})"});
  CHECK_EQ(log.count("Twitch has ended the subscription to channel.raid 1 in #red: authorization_revoked"), 1u);
  CHECK_EQ(report().refused, (strings{"channel.raid 1 in #red: authorization_revoked"}));
}

SCENARIO("a socket that is dropped on purpose is replaced") {
  begin();
  tell(it, fault_atom_v, std::string{"drop"});
  CHECK(links[0]->closed);
}

SCENARIO("a conduit's shard subscribes to nothing, and has each of its sessions attached") {
  shard = 3;
  start({}, {}, {});
  CHECK(calls->open.empty());
  CHECK(dialled.empty()); // Twitch would soon close what isn't attached
  auto record = std::make_shared<creamery::test::conduit_record>();
  auto conduit = sys.spawn(creamery::test::conduit_double, record);
  tell(it, use_atom_v, conduit);
  REQUIRE_EQ(dialled.size(), 1u);
  open(1);
  hear(1, {welcome("s1")});
  CHECK_EQ(record->attached, (strings{"3 s1"}));
  CHECK_EQ(report().enabled, 1u);
  hear(1, {raid("a")});
  CHECK_EQ(ids(), (strings{"a"}));
  WHEN("another shard is disabled") {
    hear(
      1,
      {metadata("notification", "b")
       + R"({"subscription":{"id":"sub","type":"conduit.shard.disabled","version":"1"},"event":{"conduit_id":"c",)"
       + R"("shard_id":"1","status":"websocket_disconnected","transport":{"method":"websocket","session_id":"x"}}}})"});
    CHECK_EQ(record->detached, (strings{"c 1"}));
  }
  WHEN("Twitch ends one of the conduit's subscriptions") {
    hear(1, {metadata("revocation", "c")
             + R"({"subscription":{"id":"sub","status":"user_removed","type":"channel.raid","version":"1"}}})"});
    CHECK_EQ(told->news, (std::vector<eventsub::subscription_news>{{"sub", "channel.raid", "user_removed"}}));
  }
  WHEN("it is replaced before anything is heard of the conduit") {
    kill(it);
    start({}, {}, {});
    pass(1s);
    CHECK(!links[0]->closed);
    tell(it, use_atom_v, conduit);
    CHECK_EQ(record->attached, (strings{"3 s1", "3 s1"}));
  }
  WHEN("its socket is lost") {
    record->attached.pop_back();
    tell(it, link_closed{1, {}});
    CHECK_EQ(report().enabled, 0u);
    pass(2s);
    REQUIRE_EQ(dialled.size(), 2u);
    open(2);
    messages = 0;
    hear(2, {welcome("s2")});
    CHECK_EQ(record->attached, (strings{"3 s1", "3 s2"}));
    CHECK_EQ(report().gaps, 1u);
  }
  WHEN("the conduit's keeper is replaced") {
    tell(it, use_atom_v, conduit);
    CHECK_EQ(record->attached.back(), "3 s2");
    CHECK_EQ(record->attached.size(), 3u);
    CHECK_EQ(dialled.size(), 2u);
  }
  kill(conduit);
}

SCENARIO("channels whose chat can't be had don't keep the bot from beginning") {
  has_chat = true;
  start({"channel.chat.message"}, {}, {"red", "nobody"});
  answer(R"({"data":[{"id":"9","login":"creamybot"}]})");
  answer(R"({"data":[]})"); // neither of them
  CHECK(told->ready.empty());
  pass(30s);
  CHECK_EQ(told->ready, (std::vector<bot_ready>{{"creamybot", {}}}));
  CHECK(dialled.empty());
}

SCENARIO("an answer of the store that is gone doesn't count for its successor") {
  begin();
  kill(keeper);
  stored->holds = true;
  auto successor = sys.spawn(store_double, stored);
  // The first event is still handed to the one that is gone, whose refusal comes behind the news of the next one.
  caf::anon_send(it, lines_of(1, {raid("a")}));
  caf::anon_send(it, use_atom_v, successor);
  sched.run();
  REQUIRE_EQ(stored->held.size(), 1u);
  hear(1, {raid("b")});
  hear(1, {raid("c")});
  CHECK_EQ(stored->held.size(), 1u); // one after the other
  tell(successor, ready_atom_v);
  CHECK_EQ(ids(), (strings{"a", "b", "c"}));
  CHECK_EQ(report().events, 3u);
  kill(successor);
}

END_FIXTURE_SCOPE()
