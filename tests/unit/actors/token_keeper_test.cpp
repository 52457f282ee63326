#define CAF_SUITE actors.token_keeper

#include "actors/token_keeper.hpp"

#include "actors/supervisor.hpp"
#include "tests/unit/actors/doubles.hpp"
#include "tests/unit/actors/identity_double.hpp"

using namespace creamery;
using namespace std::chrono_literals;

namespace {

/// What a vault holds, and whether it works.
struct vault_double_content {
  stored_token token;
  std::vector<stored_token> written;
  bool broken = false;
  size_t followers = 0;
};

vault_actor::behavior_type vault_double(std::shared_ptr<vault_double_content> x) {
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [x](caf::get_atom, const grant_wanted&) -> caf::result<stored_token> {
      if (x->broken)
        return caf::make_error(caf::sec::runtime_error, "the disk is broken");
      return x->token;
    },
    [x](caf::put_atom, const stored_token& token) -> caf::result<bool> {
      if (x->broken)
        return caf::make_error(caf::sec::runtime_error, "the disk is broken");
      if (token.generation != x->token.generation + 1 && token.generation != x->token.generation)
        return false;
      x->token = token;
      x->written.push_back(token);
      return true;
    },
    [](grant_atom, const stored_token& token, const std::string&) { return token; },
    [x](follow_atom, const std::string&, const vault_user_actor&) { ++x->followers; },
    [](caf::tick_atom) {},
  };
}

struct authorizer_double_content {
  std::vector<std::string> wanted;
  std::vector<std::string> unwanted;
};

authorizer_actor::behavior_type authorizer_double(std::shared_ptr<authorizer_double_content> x) {
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [x](want_atom, const grant_wanted& what) { x->wanted.push_back(what.name() + ": " + what.reason); },
    [x](unwant_atom, const std::string& name) { x->unwanted.push_back(name); },
    [](grant_atom, const grant_wanted&) { return std::string{}; },
    [](use_atom, const vault_actor&) {},
    [](const browser_visit&) {},
    [](const identity_answer&) {},
    [](caf::tick_atom) {},
  };
}

stored_token token(const std::string& name, uint64_t generation) {
  stored_token x;
  x.client_id = "app";
  x.login = "creamybot";
  x.access_token = secret{"access-" + name};
  x.refresh_token = secret{"refresh-" + name};
  x.generation = generation;
  return x;
}

struct keeper_fixture : creamery::test::timed_fixture {
  creamery::test::captured_log log;
  creamery::test::identity_double twitch;
  std::shared_ptr<vault_double_content> disk = std::make_shared<vault_double_content>();
  std::shared_ptr<authorizer_double_content> guide = std::make_shared<authorizer_double_content>();
  vault_actor storage = sys.spawn(vault_double, disk);
  authorizer_actor authorizer = sys.spawn(authorizer_double, guide);
  kept_states memory;
  token_keeper_actor keeper;
  std::vector<std::string> given;

  ~keeper_fixture() {
    for (const auto& one : {caf::actor_cast<caf::actor>(keeper), caf::actor_cast<caf::actor>(storage),
                            caf::actor_cast<caf::actor>(authorizer)})
      kill(one);
  }

  account_settings settings() {
    account_settings x;
    x.id = x.identity.login = "creamybot";
    x.grant.bot = "creamy_bot";
    x.grant.client_id = "app";
    x.grant.client_secret = secret{"key"};
    x.grant.port = 18951;
    x.needed_scopes = {"chat:read", "chat:edit"};
    return x;
  }

  void start(account_settings with) {
    auto kept = memory.take<token_memory>("token", [&] {
      token_lifecycle life{{}, with.identity.token, !with.grant.client_id.empty(), 7};
      return std::make_shared<token_memory>(token_memory{std::move(life)});
    });
    REQUIRE(kept.has_value());
    keeper = sys.spawn<token_keeper>(with, std::move(*kept), storage, authorizer, &twitch, unix_milliseconds_of_test);
    pass({});
  }

  static int64_t unix_milliseconds_of_test(std::chrono::steady_clock::time_point when) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(when.time_since_epoch()).count() + 1'800'000'000'000;
  }

  /// The token that was granted is good.
  void begin() {
    disk->token = token("a", 1);
    start(settings());
    twitch.say_good();
    pass({});
  }

  /// Twitch is asked for a new token.
  void begin_renewal() {
    begin();
    pass(1min);
    tell(keeper, refused_atom_v, secret{"access-a"});
    twitch.say_invalid();
    pass({});
    CHECK(twitch.next().starts_with("/token"));
  }

  void expect_renewed() {
    want_token();
    CHECK_EQ(given, std::vector<std::string>{"access-b"});
    CHECK_EQ(disk->token.access_token.reveal(), "access-b");
    CHECK_EQ(disk->token.refresh_token.reveal(), "refresh-b");
    CHECK_EQ(twitch.asked, 3u); // is it good? is it still good? a new one, please
  }

  /// Somebody asks for a token; `given` tells what they get.
  void want_token() {
    sys.spawn([this](caf::event_based_actor* asker) {
      asker->request(keeper, caf::infinite, caf::get_atom_v)
        .then([this](const credentials& x) { given.emplace_back(x.token.reveal()); },
              [this](const caf::error&) { given.emplace_back("error"); });
    });
    pass({});
  }

  /// The same for the application's token.
  void want_app_token() {
    sys.spawn([this](caf::event_based_actor* asker) {
      asker->request(keeper, caf::infinite, app_token_atom_v)
        .then([this](const credentials& x) { given.emplace_back(x.token.reveal()); },
              [this](const caf::error& why) { given.push_back(reason_of(why)); });
    });
    pass({});
  }
};

using strings = std::vector<std::string>;

} // namespace

BEGIN_FIXTURE_SCOPE(keeper_fixture)

SCENARIO("whoever asks gets a token as soon as Twitch has called it good") {
  disk->token = token("a", 1);
  start(settings());
  want_token();
  CHECK_EQ(given, strings{});
  CHECK_EQ(twitch.next(), "/validate ");
  twitch.say_good();
  pass({});
  want_token();
  CHECK_EQ(given, (strings{"access-a", "access-a"}));
  auto report = ask<token_report>(keeper, token_atom_v);
  CHECK_EQ(report.state, "good");
  CHECK_EQ(report.login, "creamybot");
  CHECK_EQ(report.expires_in_ms, 14'000'000);
  CHECK(report.missing_scopes.empty());
  CHECK(report.remedy.empty());
}

SCENARIO("those who were told 401 all get the one token that is got for them") {
  begin();
  pass(1min);
  for (auto i = 0; i < 20; ++i) {
    caf::anon_send(keeper, refused_atom_v, secret{"access-a"});
    want_token();
  }
  CHECK_EQ(given, strings{});
  REQUIRE_EQ(twitch.open.size(), 1u);
  twitch.say_invalid();
  pass({});
  REQUIRE_EQ(twitch.open.size(), 1u);
  CHECK_EQ(twitch.next(), "/token client_id=app&client_secret=key&grant_type=refresh_token&refresh_token=refresh-a");
  CHECK_EQ(disk->written.size(), 1u); // that a renewal has begun
  CHECK(disk->written.front().renewal_begun_at > 0);
  twitch.grant("b");
  CHECK_EQ(given, strings{});
  pass({});
  CHECK_EQ(given, strings(20, "access-b"));
  CHECK_EQ(disk->token.access_token.reveal(), "access-b");
  CHECK_EQ(disk->token.renewal_begun_at, 0);
  CHECK_EQ(twitch.asked, 3u);
}

SCENARIO("a keeper that dies before the answer leaves the question to its successor") {
  begin_renewal();
  kill(keeper);
  start(settings());
  CHECK_EQ(twitch.open.size(), 1u); // not asked again
  twitch.grant("b");
  expect_renewed();
}

SCENARIO("a keeper that dies between the answer and the disk leaves the answer to its successor") {
  begin_renewal();
  disk->broken = true;
  twitch.grant("b");
  pass({});
  kill(keeper);
  disk->broken = false;
  start(settings());
  pass(10s);
  expect_renewed();
}

SCENARIO("an answer that comes when there is no keeper waits for the next one") {
  begin_renewal();
  kill(keeper);
  twitch.grant("b");
  start(settings());
  expect_renewed();
}

SCENARIO("without a token its owner is asked for one, and those who need it wait") {
  start(settings());
  want_token();
  CHECK_EQ(guide->wanted, strings{"creamy_bot: there is no token yet"});
  CHECK_EQ(log.count("creamery auth creamy_bot"), 1u);
  CHECK_EQ(log.count("http://localhost:18951/start/creamy_bot"), 1u);
  pass(24h);
  CHECK_EQ(given, strings{});
  CHECK_EQ(twitch.asked, 0u);
  disk->token = token("new", 1);
  tell(keeper, changed_atom_v);
  twitch.say_good();
  pass({});
  CHECK_EQ(given, strings{"access-new"});
  CHECK_EQ(guide->unwanted, strings{"creamy_bot"});
}

SCENARIO("a refused renewal is told once, with what helps") {
  begin();
  pass(1min);
  tell(keeper, refused_atom_v, secret{"access-a"});
  twitch.say_invalid();
  pass({});
  twitch.answer(400, R"({"error":"Bad Request","status":400,"message":"Invalid refresh token"})");
  pass(24h);
  CHECK_EQ(log.count("Invalid refresh token"), 1u);
  CHECK_EQ(log.count("access-a"), 0u);
  CHECK_EQ(log.count("refresh-a"), 0u);
  REQUIRE_EQ(guide->wanted.size(), 1u);
  CHECK(twitch.open.empty());
  auto report = ask<token_report>(keeper, token_atom_v);
  CHECK_EQ(report.state, "missing");
  CHECK(report.needs_grant);
  CHECK(report.remedy.find("creamery auth creamy_bot") != std::string::npos);
}

SCENARIO("an authorizer and a vault that are replaced are told again") {
  start(settings());
  CHECK_EQ(guide->wanted.size(), 1u);
  tell(keeper, use_atom_v, authorizer);
  CHECK_EQ(guide->wanted.size(), 2u);
  auto before = disk->followers;
  tell(keeper, use_atom_v, storage);
  CHECK_EQ(disk->followers, before + 1);
}

SCENARIO("a scope that cogs need and the token hasn't is named with the command that helps") {
  auto with = settings();
  with.needed_scopes.push_back("moderator:manage:banned_users");
  disk->token = token("a", 1);
  start(with);
  twitch.say_good();
  pass({});
  CHECK_EQ(log.count("the token lacks moderator:manage:banned_users, which cogs need: run: creamery auth creamy_bot"),
           1u);
  want_token();
  CHECK_EQ(given, strings{"access-a"}); // it is used all the same
  CHECK_EQ(ask<token_report>(keeper, token_atom_v).missing_scopes, strings{"moderator:manage:banned_users"});
}

SCENARIO("a token of the environment works without an application, and says what is missing when it ends") {
  auto with = settings();
  with.identity.token = secret{"from-env"};
  with.grant.client_id.clear();
  start(with);
  twitch.say_good(600);
  pass({});
  want_token();
  CHECK_EQ(given, strings{"from-env"});
  pass(10min);
  twitch.say_invalid();
  pass({});
  CHECK_EQ(log.count("set a client id and secret for bot 'creamy_bot'"), 1u);
  CHECK(guide->wanted.empty());
}

SCENARIO("an application's token is asked for once, however many need it") {
  begin();
  want_app_token();
  want_app_token();
  CHECK(twitch.next().find("grant_type=client_credentials") != std::string::npos);
  twitch.answer(200, R"({"access_token":"of-the-app","expires_in":5000000,"token_type":"bearer"})");
  pass({});
  CHECK_EQ(given, (strings{"of-the-app", "of-the-app"}));
  CHECK_EQ(twitch.asked, 2u); // the first question was about the user's token
}

SCENARIO("without an application there is no application's token, and whoever wants one is told what it takes") {
  auto with = settings();
  with.identity.token = secret{"from-env"};
  with.grant.client_id.clear();
  start(with);
  want_app_token();
  CHECK_EQ(given, strings{"an application's token takes a client id and secret for bot 'creamy_bot'"});
}

SCENARIO("a vault that can't be read is asked again, and nothing else is done meanwhile") {
  disk->broken = true;
  start(settings());
  CHECK_EQ(log.count("the disk is broken"), 1u);
  CHECK(guide->wanted.empty());
  disk->token = token("a", 1);
  disk->broken = false;
  pass(10s);
  twitch.say_good();
  pass({});
  want_token();
  CHECK_EQ(given, strings{"access-a"});
}

SCENARIO("what a vault could not do is tried at once when there is another one") {
  disk->broken = true;
  start(settings());
  disk->token = token("a", 1);
  disk->broken = false;
  tell(keeper, use_atom_v, storage);
  twitch.say_good();
  pass({});
  want_token();
  CHECK_EQ(given, strings{"access-a"});
}

END_FIXTURE_SCOPE()
