#define CAF_SUITE actors.account

#include "actors/account.hpp"

#include "tests/unit/actors/doubles.hpp"
#include "tests/unit/actors/environment.hpp"

using namespace creamery;
using namespace std::chrono_literals;

namespace {

using outboxes = std::vector<outbox_actor>;

outbox_user_actor::behavior_type follower(std::shared_ptr<outboxes> told) {
  return {[told](use_atom, const outbox_actor& outbox) { told->push_back(outbox); }};
}

/// Helix, which answers everything at once.
class helix_double final : public helix::transport {
public:
  void send(helix::outgoing what, std::function<void(helix::incoming)> done) override {
    asked.push_back(what.target);
    done({200, R"({"data":[]})", {}, {}, true});
  }

  std::vector<std::string> asked;
};

struct account_fixture : creamery::test::timed_fixture {
  creamery::test::captured_log log;
  creamery::test::environment surroundings;
  account_actor holder = sys.spawn<account>(account_settings{"creamybot", {"creamybot", secret{"hush-hush"}}},
                                            vault_actor{}, authorizer_actor{}, store_actor{}, surroundings.get());
  std::shared_ptr<outboxes> told = std::make_shared<outboxes>();
  outbox_user_actor user = sys.spawn(follower, told);

  account_fixture() {
    sched.run();
  }

  ~account_fixture() {
    kill(holder);
    kill(user);
  }

  outbox_actor told_outbox(const account_actor& of) {
    tell(of, follow_atom_v, std::string{"bot"}, user);
    return told->back();
  }

  bool is_alive(const outbox_actor& one) {
    return !deref(one).getf(caf::abstract_actor::is_terminated_flag);
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(account_fixture)

SCENARIO("an account knows its credentials") {
  auto identity = ask<credentials>(holder, caf::get_atom_v);
  CHECK_EQ(identity.login, "creamybot");
  CHECK(identity.token == secret{"hush-hush"});
}

SCENARIO("whoever follows an account is told its outbox, and the next one when that fails") {
  GIVEN("two bots of one account") {
    auto other_told = std::make_shared<outboxes>();
    auto other = sys.spawn(follower, other_told);
    sched.run();
    tell(holder, follow_atom_v, std::string{"one"}, user);
    tell(holder, follow_atom_v, std::string{"other"}, other);
    THEN("both are told the same outbox") {
      REQUIRE_EQ(told->size(), 1u);
      REQUIRE_EQ(other_told->size(), 1u);
      CHECK(told->front() == other_told->front());
      CHECK_EQ(ask<outbox_report>(told->front(), caf::get_atom_v).account, "creamybot");
    }
    WHEN("it dies") {
      kill(told->front());
      CHECK_EQ(told->size(), 1u);
      pass(20ms);
      THEN("both are told another one") {
        REQUIRE_EQ(told->size(), 2u);
        REQUIRE_EQ(other_told->size(), 2u);
        CHECK(told->back() != told->front());
        CHECK(told->back() == other_told->back());
        CHECK_EQ(ask<outbox_report>(told->back(), caf::get_atom_v).account, "creamybot");
      }
    }
    WHEN("one of the bots is gone and the outbox dies again") {
      kill(other);
      kill(told->back());
      pass(100ms);
      THEN("the other one is told all the same") {
        CHECK_EQ(told->size(), 3u);
        CHECK_EQ(other_told->size(), 2u);
      }
    }
  }
}

SCENARIO("an account that Twitch has verified is allowed more") {
  CHECK_EQ(ask<uint64_t>(told_outbox(holder), join_atom_v, uint64_t{5000}), 20u);
  auto verified = sys.spawn<account>(account_settings{"bigbot", {"bigbot", secret{"hush"}}, true}, vault_actor{},
                                     authorizer_actor{}, store_actor{}, surroundings.get());
  sched.run();
  CHECK_EQ(ask<uint64_t>(told_outbox(verified), join_atom_v, uint64_t{5000}), 2000u);
  kill(verified);
}

SCENARIO("an anonymous account has no token, and none is asked for") {
  account_settings nobody{"reader (anonymous)", {"justinfan12345", {}}};
  nobody.anonymous = true;
  auto reader = sys.spawn<account>(nobody, vault_actor{}, authorizer_actor{}, store_actor{}, surroundings.get());
  sched.run();
  CHECK_EQ(ask<credentials>(reader, caf::get_atom_v).login, "justinfan12345");
  CHECK(ask<credentials>(reader, caf::get_atom_v).token.empty());
  CHECK(ask<token_report>(reader, token_atom_v).state.empty());
  kill(reader);
}

SCENARIO("a call of Twitch's API that comes while an account is started waits until there is somebody to make it") {
  helix_double twitch;
  surroundings.get().identity.helix = &twitch;
  auto started = sys.spawn<account>(account_settings{"red", {"red", secret{"hush-hush"}}}, vault_actor{},
                                    authorizer_actor{}, store_actor{}, surroundings.get());
  auto answer = ask<helix::answer>(started, helix::request{.path = "/users"});
  CHECK(!answer.is_error);
  CHECK_EQ(answer.why.text, "");
  CHECK_EQ(twitch.asked, std::vector<std::string>{"/users"});
  kill(started);
}

SCENARIO("a refused login is a warning in the log, without the token") {
  tell(holder, login_refused{"bot/irc-1", "Login authentication failed", secret{"hush-hush"}});
  CHECK_EQ(log.count("Twitch refused the login of bot/irc-1: \"Login authentication failed\""), 1u);
  CHECK_EQ(log.count("hush-hush"), 0u);
}

SCENARIO("an account tells how its outbox stands") {
  CHECK_EQ(ask<outbox_report>(holder, caf::put_atom_v).account, "creamybot");
}

SCENARIO("who asks for a report while there is no outbox gets an error and doesn't wait") {
  tell(holder, follow_atom_v, std::string{"one"}, user);
  kill(told->front());
  auto failed = std::make_shared<bool>(false);
  sys.spawn([failed, holder = holder](caf::event_based_actor* asker) {
    asker->request(holder, caf::infinite, caf::put_atom_v)
      .then([](const outbox_report&) {}, [failed](const caf::error&) { *failed = true; });
  });
  sched.run();
  CHECK(*failed);
}

SCENARIO("an account whose predecessor hasn't quite ended has no children yet, and says so") {
  // The one that the fixture has started holds what they work on.
  auto successor = sys.spawn<account>(account_settings{"creamybot", {"creamybot", secret{"hush-hush"}}}, vault_actor{},
                                      authorizer_actor{}, store_actor{}, surroundings.get());
  tell(successor, follow_atom_v, std::string{"one"}, user);
  CHECK(told->empty());
  auto failed = std::make_shared<int>(0);
  sys.spawn([failed, successor](caf::event_based_actor* asker) {
    auto done = [failed](const caf::error&) { ++*failed; };
    asker->request(successor, caf::infinite, caf::put_atom_v).then([](const outbox_report&) {}, done);
    asker->request(successor, caf::infinite, caf::get_atom_v).then([](const credentials&) {}, done);
    asker->request(successor, caf::infinite, token_atom_v).then([](const token_report&) {}, done);
    asker->request(successor, caf::infinite, drain_atom_v).then([](bool) {}, done);
  });
  sched.run();
  CHECK_EQ(*failed, 4);
  kill(holder);
  pass(1s);
  CHECK_EQ(told->size(), 1u);
  CHECK_EQ(ask<outbox_report>(successor, caf::put_atom_v).account, "creamybot");
  kill(successor);
}

SCENARIO("an account that ends takes its outbox with it") {
  tell(holder, follow_atom_v, std::string{"one"}, user);
  WHEN("it is asked to") {
    caf::anon_send_exit(holder, caf::exit_reason::user_shutdown);
    pass(1h);
    THEN("there is no outbox any more, and no new one") {
      CHECK_EQ(told->size(), 1u);
      CHECK(!is_alive(told->front()));
    }
  }
}

SCENARIO("an account that is killed takes its outbox with it") {
  tell(holder, follow_atom_v, std::string{"one"}, user);
  kill(holder);
  pass(1h);
  CHECK_EQ(told->size(), 1u);
  CHECK(!is_alive(told->front()));
}

END_FIXTURE_SCOPE()
