#define CAF_SUITE actors.helix_client

#include "actors/helix_client.hpp"

#include "messages/helix/calls.hpp"
#include "tests/unit/actors/doubles.hpp"

#include <deque>

using namespace creamery;
using namespace std::chrono_literals;

namespace {

/// Helix, which answers when a test says so.
class helix_double final : public helix::transport {
public:
  struct call {
    helix::outgoing what;
    std::function<void(helix::incoming)> done;
  };

  void send(helix::outgoing what, std::function<void(helix::incoming)> done) override {
    open.push_back({std::move(what), std::move(done)});
  }

  void answer(unsigned status, const std::string& body, std::optional<int64_t> remaining = {}) {
    if (open.empty())
      FAIL("nothing was sent");
    auto one = std::move(open.front());
    open.pop_front();
    one.done({status, body, {800, remaining, {}}, {}, true});
  }

  std::deque<call> open;
};

struct keeper_content {
  std::string token = "first";
  std::string problem;
  std::vector<std::string> refused;
};

token_keeper_actor::behavior_type keeper_double(std::shared_ptr<keeper_content> x) {
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [](caf::get_atom) { return credentials{}; },
    [x](try_atom) -> caf::result<credentials> {
      if (!x->problem.empty())
        return caf::make_error(caf::sec::runtime_error, x->problem);
      return credentials{"creamybot", secret{x->token}, "42", "app"};
    },
    [](app_token_atom) {
      return credentials{"", secret{"of the app"}, "42", "app"};
    },
    [x](refused_atom, const secret& token) {
      x->refused.emplace_back(token.reveal());
      x->token = "second";
    },
    [](use_atom, const vault_actor&) {},
    [](use_atom, const authorizer_actor&) {},
    [](changed_atom) {},
    [](answered_atom) {},
    [](const identity_answer&) {},
    [](caf::tick_atom) {},
    [](token_atom) { return token_report{}; },
  };
}

struct helix_fixture : creamery::test::timed_fixture {
  helix_double twitch;
  std::shared_ptr<keeper_content> tokens = std::make_shared<keeper_content>();
  token_keeper_actor keeper = sys.spawn(keeper_double, tokens);
  helix_actor client = sys.spawn<helix_client>("creamybot", keeper, twitch, unix_milliseconds_of_test);
  std::vector<helix::answer> answers;

  helix_fixture() {
    sched.run();
  }

  ~helix_fixture() {
    kill(client);
    kill(keeper);
  }

  static int64_t unix_milliseconds_of_test(std::chrono::steady_clock::time_point when) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count() + 1'800'000'000'000;
  }

  void make(helix::request what) {
    sys.spawn([this, what](caf::event_based_actor* asker) {
      asker->request(client, caf::infinite, what)
        .then([this](const helix::answer& x) { answers.push_back(x); },
              [this](const caf::error&) {
                answers.push_back({true, {helix::error::kind::overloaded, 0, "gone"}, 0, {}});
              });
    });
    pass({});
  }

  void answer(unsigned status, const std::string& body, std::optional<int64_t> remaining = {}) {
    twitch.answer(status, body, remaining);
    pass({});
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(helix_fixture)

SCENARIO("a call goes out with the account's token, its application and the user's id") {
  make(helix::ban_user("1", "2", 60s, "").what);
  REQUIRE_EQ(twitch.open.size(), 1u);
  const auto& sent = twitch.open.front().what;
  CHECK_EQ(sent.target, "/moderation/bans?broadcaster_id=1&moderator_id=42");
  CHECK(sent.token == secret{"first"});
  CHECK_EQ(sent.client_id, "app");
  answer(200, R"({"data":[]})");
  REQUIRE_EQ(answers.size(), 1u);
  CHECK(!answers.front().is_error);
  CHECK_EQ(answers.front().body, R"({"data":[]})");
}

SCENARIO("a call as the application goes out with its token") {
  make(helix::get_conduits().what);
  REQUIRE_EQ(twitch.open.size(), 1u);
  CHECK(twitch.open.front().what.token == secret{"of the app"});
}

SCENARIO("401: the keeper is told which token it was, and the call goes out once more with the new one") {
  make(helix::get_users({}, {}).what);
  answer(401, R"({"message":"Invalid OAuth token"})");
  CHECK_EQ(tokens->refused, std::vector<std::string>{"first"});
  REQUIRE_EQ(twitch.open.size(), 1u);
  CHECK(twitch.open.front().what.token == secret{"second"});
  CHECK(answers.empty());
  answer(401, R"({"message":"Missing scope: x"})");
  REQUIRE_EQ(answers.size(), 1u);
  CHECK(answers.front().why.what == helix::error::kind::unauthorized);
  CHECK_EQ(answers.front().why.text, "Missing scope: x");
  CHECK(twitch.open.empty());
}

SCENARIO("without a token a call fails with what helps") {
  tokens->problem = "there is no token yet: run: creamery auth bot";
  make(helix::get_users({}, {}).what);
  REQUIRE_EQ(answers.size(), 1u);
  CHECK(answers.front().why.what == helix::error::kind::unauthorized);
  CHECK_EQ(answers.front().why.text, tokens->problem);
  CHECK(twitch.open.empty());
}

SCENARIO("429 and broken answers are waited out, with the caller none the wiser") {
  make(helix::get_users({}, {}).what);
  answer(429, R"({"message":"Too Many Requests"})", 700);
  CHECK(twitch.open.empty());
  pass(5s);
  answer(500, "");
  pass(5s);
  answer(200, "{}");
  REQUIRE_EQ(answers.size(), 1u);
  CHECK(!answers.front().is_error);
}

SCENARIO("a call whose time is over is answered with that") {
  auto what = helix::get_users({}, {}).what;
  what.timeout_ms = 3'000;
  make(what);
  answer(429, R"({"message":"Too Many Requests"})", 0);
  pass(4s);
  REQUIRE_EQ(answers.size(), 1u);
  CHECK(answers.front().why.what == helix::error::kind::timed_out);
  pass(1h);
  CHECK(twitch.open.empty());
}

SCENARIO("whoever waits when the actor dies is told so") {
  make(helix::get_users({}, {}).what);
  kill(client);
  REQUIRE_EQ(answers.size(), 1u);
  CHECK(answers.front().is_error);
}

END_FIXTURE_SCOPE()
