#define CAF_SUITE actors.subscription_keeper

#include "actors/subscription_keeper.hpp"

#include "tests/unit/actors/conduit_double.hpp"
#include "tests/unit/actors/connection_fixture.hpp"
#include "tests/unit/actors/held_calls.hpp"

#include <nlohmann/json.hpp>

using namespace creamery;
using namespace std::chrono_literals;
using creamery::test::held_calls;

namespace {

using strings = std::vector<std::string>;

/// A double of the store that keeps settings.
store_actor::behavior_type settings_store(std::shared_ptr<std::map<std::string, std::string>> x) {
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [](const eventsub::arrivals&) { return eventsub::receipt{}; },
    [](caf::get_atom, const std::string&, const std::string&, uint64_t) { return std::vector<eventsub::event>{}; },
    [](unwant_atom, const std::string&, const std::string&) {},
    [](const std::vector<cog_outcome>&) {},
    [](caf::tick_atom, uint64_t) {},
    [](clean_up_atom) {},
    [](caf::get_atom, const std::vector<std::string>&, uint64_t) -> caf::result<std::vector<say>> {
      return std::vector<say>{};
    },
    [](answered_atom, const std::vector<uint64_t>&) {},
    [x](caf::get_atom, const std::string& name) { return (*x)[name]; },
    [x](caf::put_atom, const std::string& name, const std::string& value) { (*x)[name] = value; },
    [](caf::get_atom) { return store_report{}; },
  };
}

constexpr const char* url = "https://bot.example/hook";

struct webhook_fixture : creamery::test::timed_fixture {
  creamery::test::captured_log log;
  std::shared_ptr<held_calls> calls = std::make_shared<held_calls>();
  account_directory_actor accounts = sys.spawn(creamery::test::accounts_that_hold_calls, calls);
  std::shared_ptr<std::map<std::string, std::string>> kept_settings =
    std::make_shared<std::map<std::string, std::string>>();
  store_actor keeper = sys.spawn(settings_store, kept_settings);
  subscription_keeper_actor it;

  ~webhook_fixture() {
    for (const auto& [what, holder] : calls->open)
      kill(holder);
    kill(it);
    kill(keeper);
    kill(accounts);
  }

  std::optional<callback_settings> callback = callback_settings{url, secret{"a secret of the bot"}, "print"};
  bool is_shared = false;

  void start(const strings& events) {
    std::vector<eventsub::wanted_event> wanted;
    for (const auto& name : events)
      for (const auto& one : eventsub::events_named(name))
        wanted.push_back(one);
    eventsub_settings settings;
    settings.subscriptions.retry.jitter = settings.look_up_again.jitter = 0;
    auto memory = std::make_shared<subscription_keeper_memory>(settings);
    it = sys.spawn<subscription_keeper>(
      subscriber_identity{
        "bot/webhook", "bot", "creamybot", accounts, eventsub::token_owner::application, "app", {"red"}, wanted},
      callback, is_shared, settings, keeper,
      kept<subscription_keeper_memory>{memory, std::make_shared<std::atomic<bool>>(true)});
    sched.run();
    answer(R"({"data":[{"id":"9","login":"creamybot"}]})");
    answer(R"({"data":[{"id":"1","login":"red"}]})");
    pass(0s);
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

  static std::string one(const std::string& id, const std::string& type, const std::string& status = "enabled",
                         const std::string& callback = url) {
    return R"({"id":")" + id + R"(","status":")" + status + R"(","type":")" + type
           + R"(","version":"1","condition":{"broadcaster_user_id":"1"},"transport":{"method":"webhook","callback":")"
           + callback + R"("}})";
  }

  static std::string on_conduit(const std::string& id, const std::string& type, const std::string& conduit) {
    return R"({"id":")" + id + R"(","status":"enabled","type":")" + type
           + R"(","version":"1","condition":{"broadcaster_user_id":"1"},"transport":{"method":"conduit","conduit_id":")"
           + conduit + R"("}})";
  }

  static std::string list(const std::string& entries, const std::string& cursor = {}) {
    return R"({"data":[)" + entries + R"(],"pagination":{)" + (cursor.empty() ? "" : R"("cursor":")" + cursor + "\"")
           + "}}";
  }

  strings asked() const {
    strings all;
    for (const auto& [what, holder] : calls->open) {
      CHECK(what.as == helix::identity::application);
      auto text = what.method;
      for (const auto& [name, value] : what.query)
        if (!value.empty())
          text += " " + name + "=" + value;
      if (!what.body.empty())
        text += " " + nlohmann::json::parse(what.body).value("type", "");
      all.push_back(text);
    }
    return all;
  }

  eventsub_report report() {
    return ask<eventsub_report>(it, caf::get_atom_v);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(webhook_fixture)

SCENARIO("what Twitch has already is adopted, the rest is made, and what nobody wants is removed") {
  (*kept_settings)[std::string{"webhook "} + url] = "print";
  start({"channel.ban", "stream.online"});
  REQUIRE_EQ(asked(), (strings{"GET"}));
  answer(list(one("a", "channel.ban"), "next"));
  REQUIRE_EQ(asked(), (strings{"GET after=next"}));
  answer(list(one("b", "channel.unban") + "," + one("c", "stream.online", "enabled", "https://other.example")));
  CHECK_EQ(asked(), (strings{"DELETE id=b", "POST stream.online"}));
  auto body = nlohmann::json::parse(calls->open.back().first.body);
  CHECK_EQ(body["transport"].dump(),
           R"({"callback":"https://bot.example/hook","method":"webhook","secret":"a secret of the bot"})");
  answer("");
  answer(R"({"data":[{"id":"d","status":"webhook_callback_verification_pending"}]})");
  CHECK_EQ(report().enabled, 1u);
  tell(it, eventsub::subscription_news{"d", "stream.online", "enabled"});
  CHECK_EQ(report().enabled, 2u);
  WHEN("Twitch ends one of them") {
    tell(it, eventsub::subscription_news{"d", "stream.online", "user_removed"});
    CHECK_EQ(report().enabled, 1u);
    CHECK_EQ(log.count("Twitch has ended the subscription to stream.online 1 in #red: user_removed"), 1u);
    CHECK_EQ(log.count("bot/webhook: 2 of 2 subscriptions"), 1u);
  }
  WHEN("half an hour has passed") {
    pass(30min);
    CHECK_EQ(asked().front(), "GET");
  }
}

SCENARIO("drops of an organization are asked for in batches, and nothing else is") {
  (*kept_settings)[std::string{"webhook "} + url] = "print";
  start({"drop.entitlement.grant", "stream.online"});
  answer(list(""));
  REQUIRE_EQ(asked(), (strings{"POST drop.entitlement.grant", "POST stream.online"}));
  CHECK(nlohmann::json::parse(calls->open[0].first.body)["is_batching_enabled"] == true);
  CHECK(!nlohmann::json::parse(calls->open[1].first.body).contains("is_batching_enabled"));
}

SCENARIO("as soon as somebody grants something, what was refused is asked for again, and the table is told anew") {
  (*kept_settings)[std::string{"webhook "} + url] = "print";
  start({"channel.ban", "stream.online"});
  answer(list(one("b", "stream.online")));
  refuse(403, "no");
  CHECK_EQ(log.count("1 of 2 subscriptions"), 1u);
  pass(1min);
  CHECK(calls->open.empty());
  tell(it, changed_atom_v);
  REQUIRE_EQ(asked(), (strings{"POST channel.ban"}));
  answer(R"({"data":[{"id":"a","status":"enabled"}]})");
  CHECK_EQ(report().enabled, 2u);
  tell(it, eventsub::subscription_news{"a", "channel.ban", "user_removed"}); // a warning, with which all is in the file
  CHECK_EQ(log.count("2 of 2 subscriptions"), 1u);
}

SCENARIO("subscriptions that were made with another secret are removed before any is made") {
  (*kept_settings)[std::string{"webhook "} + url] = "another print";
  start({"channel.ban"});
  answer(list(one("a", "channel.ban")));
  REQUIRE_EQ(asked(), (strings{"DELETE id=a"}));
  answer("");
  pass(1s);
  REQUIRE_EQ(asked(), (strings{"GET"}));
  answer(list(""));
  CHECK_EQ((*kept_settings)[std::string{"webhook "} + url], "print");
  CHECK_EQ(asked(), (strings{"POST channel.ban"}));
}

SCENARIO("a callback that Twitch doesn't reach is found in its list") {
  start({"channel.ban"});
  answer(list(""));
  answer(R"({"data":[{"id":"a","status":"webhook_callback_verification_pending"}]})");
  CHECK(asked().empty());
  pass(30s);
  REQUIRE_EQ(asked(), (strings{"GET"}));
  answer(list(one("a", "channel.ban", "webhook_callback_verification_failed")));
  CHECK_EQ(log.count("Twitch didn't reach the callback"), 1u);
  REQUIRE_EQ(asked(), (strings{"DELETE id=a"}));
  answer("");
  pass(1s);
  CHECK_EQ(asked(), (strings{"POST channel.ban"}));
}

SCENARIO("a conduit of somebody else's keeps what they have subscribed to") {
  callback.reset();
  is_shared = true;
  start({"channel.ban"});
  CHECK(asked().empty()); // of which conduit?
  auto conduit = sys.spawn(creamery::test::conduit_double, std::make_shared<creamery::test::conduit_record>());
  tell(it, use_atom_v, conduit);
  REQUIRE_EQ(asked(), (strings{"GET"}));
  answer(list(on_conduit("a", "channel.ban", "conduit") + "," + on_conduit("b", "stream.online", "conduit")));
  CHECK(asked().empty());
  CHECK_EQ(report().enabled, 1u);
  kill(conduit);
}

SCENARIO("a list that is about the conduit before doesn't count") {
  callback.reset();
  auto record = std::make_shared<creamery::test::conduit_record>();
  auto conduit = sys.spawn(creamery::test::conduit_double, record);
  start({"channel.ban"});
  tell(it, use_atom_v, conduit);
  REQUIRE_EQ(asked(), (strings{"GET"}));
  record->id = "another";
  tell(conduit, caf::tick_atom_v);
  pass(0s);
  REQUIRE_EQ(asked(), (strings{"GET", "GET"}));
  answer(list(on_conduit("a", "channel.ban", "conduit")));
  REQUIRE_EQ(asked(), (strings{"GET"}));
  answer(list(on_conduit("a", "channel.ban", "conduit") + "," + on_conduit("b", "channel.ban", "another")));
  CHECK(asked().empty());
  CHECK_EQ(report().enabled, 1u);
  CHECK_EQ(report().session_id, "another");
  kill(conduit);
}

END_FIXTURE_SCOPE()
