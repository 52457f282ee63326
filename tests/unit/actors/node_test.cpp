#define CAF_SUITE actors.node

#include "actors/node.hpp"

#include "tests/unit/actors/doubles.hpp"
#include "tests/unit/actors/environment.hpp"

using namespace creamery;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

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
    root = sys.spawn<node>(std::move(accounts), std::make_shared<const broadcaster_settings>(), std::move(bots),
                           surroundings.get());
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

  static bool same(std::vector<caf::actor> a, std::vector<caf::actor> b) {
    std::sort(a.begin(), a.end());
    std::sort(b.begin(), b.end());
    return a == b;
  }

  static void collect(const std::vector<child_report>& tree, const std::string& above, strings& paths) {
    for (const auto& one : tree) {
      paths.push_back(above + one.name);
      collect(one.children, above + one.name + "/", paths);
    }
  }

  uint64_t restarts_of(const std::string& group, const std::string& name) {
    for (const auto& one : report().tree)
      for (const auto& child : one.children)
        if (one.name == group && child.name == name)
          return child.restarts;
    FAIL("no such child");
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
  root = sys.spawn<node>(std::vector<account_settings>{}, std::make_shared<const broadcaster_settings>(),
                         std::vector<bot_settings>{}, surroundings.get());
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

SCENARIO("an account that fails is replaced alone, and its bots go on with the next one") {
  start();
  auto running = sys.registry().running();
  auto bots = find("creamery.bot", 3);
  auto accounts = find("creamery.account", 2);
  for (const auto& one : accounts) {
    kill(one);
    CHECK_EQ(report().accounts.size(), 1u);
    pass(100ms);
    CHECK_EQ(report().accounts.size(), 2u);
  }
  CHECK_EQ(sys.registry().running(), running);
  CHECK(same(find("creamery.bot", 3), bots));
  for (const auto& one : {"first", "second", "third"})
    CHECK_EQ(dials(one), 1u);
  CHECK_EQ(restarts_of("accounts", "ann") + restarts_of("accounts", "xena"), 2u);
}

SCENARIO("the supervisor of the accounts is replaced alone, and the bots ask its successor") {
  start();
  auto running = sys.registry().running();
  auto bots = find("creamery.bot", 3);
  kill(find("creamery.accounts", 1).at(0));
  pass(100ms);
  CHECK_EQ(report().accounts.size(), 2u);
  CHECK_EQ(sys.registry().running(), running);
  CHECK(same(find("creamery.bot", 3), bots));
}

SCENARIO("the supervisor of the bots is replaced with all that is below it") {
  start();
  auto running = sys.registry().running();
  auto accounts = find("creamery.account", 2);
  kill(find("creamery.bots", 1).at(0));
  pass(100ms);
  CHECK_EQ(report().bots.size(), 3u);
  CHECK_EQ(sys.registry().running(), running);
  CHECK(same(find("creamery.account", 2), accounts));
}

SCENARIO("the tree names every actor by its path") {
  start();
  strings paths;
  collect(report().tree, "", paths);
  CHECK_EQ(paths, (strings{"accounts", "accounts/xena", "accounts/xena/token", "accounts/xena/outbox", "accounts/ann",
                           "accounts/ann/token", "accounts/ann/outbox", "bots", "bots/third", "bots/third/router",
                           "bots/third/irc-1", "bots/second", "bots/second/router", "bots/second/irc-1", "bots/first",
                           "bots/first/router", "bots/first/irc-1"}));
}

SCENARIO("an actor anywhere in the tree can be restarted by its path") {
  start();
  auto running = sys.registry().running();
  auto restart = [this](const std::string& path) {
    auto answer = self->request(root, caf::infinite, restart_atom_v, path);
    pass({});
    std::string problem;
    answer.receive([] {}, [&](const caf::error& why) { problem = to_string(why); });
    return problem;
  };
  auto bots = find("creamery.bot", 3);
  CHECK_EQ(restart("bots/second/router"), "");
  CHECK_EQ(restart("accounts/ann/outbox"), "");
  CHECK(same(find("creamery.bot", 3), bots));
  CHECK_EQ(restart("bots/second"), "");
  CHECK(!same(find("creamery.bot", 3), bots));
  CHECK_EQ(restart("accounts"), "");
  CHECK_EQ(sys.registry().running(), running);
  for (const auto& wrong :
       {"nobody", "bots/nobody", "bots/second/nobody", "bots/second/router/nobody", "/bots", "bots/", ""})
    CHECK(restart(wrong) != "");
  CHECK_EQ(restarts_of("bots", "second"), 0u); // it didn't fail
}

SCENARIO("a node whose children fail again and again gives up") {
  start();
  auto ended = std::make_shared<bool>(false);
  root->attach_functor([ended] { *ended = true; });
  for (int i = 0; i < 3; ++i) {
    kill(find("creamery.bots", 1).at(0));
    pass(1s);
  }
  CHECK(!*ended);
  kill(find("creamery.bots", 1).at(0));
  pass(1s);
  CHECK(*ended);
  CHECK_EQ(sys.registry().running(), before);
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
