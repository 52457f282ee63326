#define CAF_SUITE actors.node

#include "actors/node.hpp"

#include "tests/unit/actors/doubles.hpp"
#include "tests/unit/actors/environment.hpp"

using namespace creamery;
using namespace std::chrono_literals;

namespace {

struct node_fixture : creamery::test::timed_fixture {
  creamery::test::captured_log log;
  creamery::test::environment surroundings;
  size_t before = sys.registry().running();
  node_actor root;

  ~node_fixture() {
    if (root)
      kill(root);
  }

  /// Two accounts; the first one has two bots.
  void start() {
    std::vector<account_settings> accounts{{"xena", {"xena", secret{"token"}}}, {"ann", {"ann", secret{"token"}}}};
    std::vector<bot_settings> bots{
      {"third", "ann", "!", {"a"}, {}}, {"second", "xena", "!", {"b"}, {}}, {"first", "xena", "!", {"c"}, {}}};
    root = sys.spawn<node>(std::move(accounts), std::move(bots), surroundings.get());
    pass({});
  }

  node_report report() {
    return ask<node_report>(root, caf::get_atom_v);
  }

  /// The actors of a kind, which are caught when they are asked for their reports.
  std::vector<caf::actor> find(std::string_view kind, size_t count) {
    caf::anon_send(root, caf::get_atom_v);
    std::vector<caf::actor> found;
    while (found.size() < count && sched.try_run_once())
      found = busy(kind);
    pass({});
    if (found.size() != count)
      FAIL("not as many actors as expected");
    return found;
  }

  uint64_t dials(const std::string& bot) {
    for (const auto& one : report().bots)
      if (one.name == bot && !one.connections.empty())
        return one.connections[0].dials;
    return 0;
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(node_fixture)

SCENARIO("a node starts its accounts and bots, and reports all of them by name") {
  start();
  auto x = report();
  REQUIRE_EQ(x.accounts.size(), 2u);
  CHECK_EQ(x.accounts[0].account, "ann");
  CHECK_EQ(x.accounts[1].account, "xena");
  REQUIRE_EQ(x.bots.size(), 3u);
  CHECK_EQ(x.bots[0].name, "first");
  CHECK_EQ(x.bots[1].name, "second");
  CHECK_EQ(x.bots[2].name, "third");
  for (const auto& one : x.bots) {
    REQUIRE_EQ(one.connections.size(), 1u);
    CHECK_EQ(one.connections[0].state, "dialling");
  }
}

SCENARIO("a node without anything answers as well") {
  root = sys.spawn<node>(std::vector<account_settings>{}, std::vector<bot_settings>{}, surroundings.get());
  auto x = report();
  CHECK(x.accounts.empty());
  CHECK(x.bots.empty());
}

SCENARIO("a bot that fails is started again alone") {
  start();
  auto running = sys.registry().running();
  auto bots = find("creamery.bot", 3);
  kill(bots.at(0));
  CHECK_EQ(report().bots.size(), 2u);
  pass(20ms);
  CHECK_EQ(report().bots.size(), 3u);
  CHECK_EQ(sys.registry().running(), running);
  auto now = find("creamery.bot", 3);
  size_t kept = 0;
  for (const auto& one : now)
    kept += static_cast<size_t>(std::count(bots.begin(), bots.end(), one));
  CHECK_EQ(kept, 2u);
}

SCENARIO("an account that fails takes its bots along, which begin anew with the next one") {
  start();
  auto running = sys.registry().running();
  auto bots = find("creamery.bot", 3);
  auto accounts = find("creamery.account", 2);
  WHEN("the first account is killed") {
    kill(accounts.at(0));
    CHECK_EQ(report().accounts.size(), 1u);
    pass(100ms);
    THEN("all are there again, and none twice") {
      auto x = report();
      CHECK_EQ(x.accounts.size(), 2u);
      CHECK_EQ(x.bots.size(), 3u);
      CHECK_EQ(sys.registry().running(), running);
      for (const auto& one : x.bots)
        CHECK_EQ(dials(one.name), 1u);
    }
    AND("the bots of the other account were left alone") {
      auto now = find("creamery.bot", 3);
      size_t kept = 0;
      for (const auto& one : now)
        kept += static_cast<size_t>(std::count(bots.begin(), bots.end(), one));
      CHECK((kept == 1 || kept == 2));
      CHECK_LT(kept, 3u);
    }
  }
}

SCENARIO("everything ends with the node") {
  start();
  CHECK_GT(sys.registry().running(), before + 10);
  caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  pass(1h);
  CHECK_EQ(sys.registry().running(), before);
}

SCENARIO("everything ends with a node that is killed") {
  start();
  kill(root);
  pass(1h);
  CHECK_EQ(sys.registry().running(), before);
}

END_FIXTURE_SCOPE()
