#define CAF_SUITE actors.supervisor

#include "actors/supervisor.hpp"

#include "tests/unit/actors/doubles.hpp"

#include <stdexcept>

using namespace creamery;
using namespace std::chrono_literals;

namespace {

using strings = std::vector<std::string>;

/// What children did, in order.
struct nursery {
  strings events;
  /// The present ones, in the order they were started first.
  std::vector<std::pair<std::string, caf::actor>> children;

  size_t count(std::string_view event) const {
    return static_cast<size_t>(std::count(events.begin(), events.end(), event));
  }

  caf::actor& at(std::string_view name) {
    auto found = std::find_if(children.begin(), children.end(), [name](const auto& x) { return x.first == name; });
    if (found == children.end())
      FAIL("no such child");
    return found->second;
  }
};

using child_actor = supervised_actor::extend<
  // Throw an exception with this text.
  caf::result<void>(std::string),
  // End without an error.
  caf::result<void>(caf::ok_atom)>;

/// Ends as it is told to.
child_actor::behavior_type child(child_actor::pointer self) {
  end_with_exceptions(self);
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [](const std::string& why) { throw std::runtime_error(why); },
    [self](caf::ok_atom) { self->quit(); },
  };
}

/// A supervisor of three children and of one that could not be loaded.
struct owner_state {
  static inline const char* name = "owner";

  owner_state(supervising_actor::pointer self, std::shared_ptr<nursery> seen)
    : self_(self), seen_(std::move(seen)), children(self, make_logger("test"), {.limit = {100, 1min}}) {
  }

  supervising_actor::behavior_type make_behavior() {
    for (auto one : {"a", "b", "c"})
      children.add(
        {one, "child", {.wait = {.first = 20ms}}, false, [this, one = std::string{one}] { return start(one); }});
    children.add_failed("d", "child", "no such file");
    children.start();
    return children.behavior<supervising_actor>([](drain_atom) { return true; });
  }

  caf::actor start(const std::string& one) {
    auto made = caf::actor_cast<caf::actor>(self_->spawn(child));
    seen_->events.push_back("start " + one);
    made->attach_functor([seen = seen_, one] { seen->events.push_back("end " + one); });
    auto known =
      std::find_if(seen_->children.begin(), seen_->children.end(), [&](const auto& x) { return x.first == one; });
    if (known == seen_->children.end())
      seen_->children.emplace_back(one, made);
    else
      known->second = made;
    return made;
  }

  supervising_actor::pointer self_;
  std::shared_ptr<nursery> seen_;
  supervisor<supervising_actor::base> children;
};

using owner = caf::stateful_actor<owner_state, supervising_actor::base>;

/// A supervisor whose first child is well and whose second one fails at once, until it is told otherwise.
struct nested_state {
  static inline const char* name = "nested";

  nested_state(supervising_actor::pointer self, std::shared_ptr<nursery> seen, std::shared_ptr<bool> fails)
    : self_(self), seen_(std::move(seen)), fails_(std::move(fails)), children(self, make_logger("test"), {}) {
  }

  supervising_actor::behavior_type make_behavior() {
    for (auto one : {"well", "ill"})
      children.add({one, "child", {}, false, [this, one = std::string{one}] { return start(one); }});
    children.start();
    return children.behavior<supervising_actor>([](drain_atom) { return true; });
  }

  caf::actor start(const std::string& one) {
    auto made = caf::actor_cast<caf::actor>(self_->spawn(child));
    seen_->events.push_back("start " + one);
    made->attach_functor([seen = seen_, one] { seen->events.push_back("end " + one); });
    if (one == "ill" && *fails_)
      caf::anon_send_exit(made, caf::exit_reason::kill);
    return made;
  }

  supervising_actor::pointer self_;
  std::shared_ptr<nursery> seen_;
  std::shared_ptr<bool> fails_;
  supervisor<supervising_actor::base> children;
};

/// A supervisor of the one above.
struct outer_state {
  static inline const char* name = "outer";

  outer_state(supervising_actor::pointer self, std::shared_ptr<nursery> seen, std::shared_ptr<bool> fails)
    : self_(self), children(self, make_logger("test"), {.limit = {100, 1min}}) {
    children.add({"nested",
                  "supervisor",
                  {.start_timeout = child_policy::forever, .wait = {.first = 1s}, .retry_first_start = true},
                  true,
                  [this, seen, fails] {
                    return caf::actor_cast<caf::actor>(
                      self_->spawn<caf::stateful_actor<nested_state, supervising_actor::base>>(seen, fails));
                  }});
  }

  supervising_actor::behavior_type make_behavior() {
    children.start();
    return children.behavior<supervising_actor>([](drain_atom) { return true; });
  }

  supervising_actor::pointer self_;
  supervisor<supervising_actor::base> children;
};

struct supervisor_fixture : creamery::test::timed_fixture {
  creamery::test::captured_log log;
  std::shared_ptr<nursery> seen = std::make_shared<nursery>();
  supervising_actor parent = sys.spawn<owner>(seen);

  supervisor_fixture() {
    sched.run();
  }

  ~supervisor_fixture() {
    if (parent)
      kill(parent);
    for (auto& [name, one] : seen->children)
      kill(one);
    seen->children.clear();
  }

  std::vector<child_report> report() {
    return ask<std::vector<child_report>>(parent, tree_atom_v);
  }

  /// Ends a child and tells how long it takes until there is another one.
  caf::timespan restart_of(std::string_view name) {
    auto before = seen->count("start " + std::string{name});
    auto begin = sched.clock().now();
    kill(seen->at(name));
    while (seen->count("start " + std::string{name}) == before) {
      if (sched.clock().now() - begin > 1h)
        FAIL("it isn't started again");
      pass(1ms);
    }
    return sched.clock().now() - begin;
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(supervisor_fixture)

SCENARIO("children are started in order, and the report names all") {
  CHECK_EQ(seen->events, (strings{"start a", "start b", "start c"}));
  auto x = report();
  REQUIRE_EQ(x.size(), 4u);
  CHECK_EQ(x[0].name, "a");
  CHECK_EQ(x[0].state, "running");
  CHECK_EQ(x[0].restarts, 0u);
  CHECK_EQ(x[0].last_error, "");
  CHECK_EQ(x[3].name, "d");
  CHECK_EQ(x[3].state, "failed to load");
  CHECK_EQ(x[3].last_error, "no such file");
}

SCENARIO("a child that fails is started again alone") {
  WHEN("a handler of the second child throws") {
    seen->events.clear();
    tell(seen->at("b"), std::string{"boom"});
    THEN("it has ended, and isn't started again in the same moment") {
      CHECK_EQ(seen->events, (strings{"end b"}));
      CHECK_EQ(report()[1].state, "restarting");
      CHECK_EQ(report()[1].last_error, "an exception: boom");
      CHECK_EQ(log.count("b failed"), 1u);
    }
    AND("soon it is, and no other one") {
      pass(20ms);
      CHECK_EQ(seen->events, (strings{"end b", "start b"}));
      CHECK_EQ(report()[1].state, "running");
      CHECK_EQ(report()[1].restarts, 1u);
      CHECK_EQ(report()[0].restarts, 0u);
    }
  }
}

SCENARIO("a supervisor that fails while it starts takes its children down, and backs off before it starts them again "
         "['stop children "
         "when backoff from exception in first setup']") {
  auto inner = std::make_shared<nursery>();
  auto fails = std::make_shared<bool>(true);
  auto outer = sys.spawn<caf::stateful_actor<outer_state, supervising_actor::base>>(inner, fails);
  pass({});
  CHECK_EQ(inner->events, (strings{"start well", "start ill", "end ill", "end well"}));
  *fails = false;
  pass(400ms);
  CHECK_EQ(inner->events.size(), 4u); // it waits
  pass(1s);
  CHECK_EQ(inner->events, (strings{"start well", "start ill", "end ill", "end well", "start well", "start ill"}));
  auto tree = ask<std::vector<child_report>>(outer, tree_atom_v);
  REQUIRE_EQ(tree.size(), 1u);
  CHECK_EQ(tree[0].restarts, 1u);
  REQUIRE_EQ(tree[0].children.size(), 2u);
  CHECK_EQ(tree[0].children[1].state, "running");
  kill(outer);
}

SCENARIO("a child that ends without an error is missed as well") {
  tell(seen->at("a"), caf::ok_atom_v);
  pass(20ms);
  CHECK_EQ(seen->count("start a"), 2u);
}

SCENARIO("a child can be restarted by hand, and it is told when there is none") {
  auto restart = [this](const std::string& path) {
    auto answer = self->request(parent, caf::infinite, restart_atom_v, path);
    pass({});
    std::string problem;
    answer.receive([] {}, [&](const caf::error& why) { problem = to_string(why); });
    return problem;
  };
  seen->events.clear();
  CHECK_EQ(restart("b"), "");
  CHECK_EQ(seen->events, (strings{"end b", "start b"}));
  CHECK_EQ(report()[1].restarts, 0u);
  CHECK(restart("nobody").find("there is no 'nobody' here") != std::string::npos);
  CHECK(restart("d").find("there is no 'd' here") != std::string::npos);
  CHECK(restart("").find("there is no '' here") != std::string::npos);
  CHECK_EQ(seen->events.size(), 2u);
}

SCENARIO("who fails again and again waits longer and longer, up to a bound") {
  std::vector<caf::timespan> waits;
  for (int i = 0; i < 20; ++i)
    waits.push_back(restart_of("a"));
  CHECK_LE(waits[0], caf::timespan{21ms});
  CHECK_GE(waits[0], caf::timespan{10ms});
  // Twice as long each time, of which half is chance.
  for (size_t i = 2; i < 12; ++i)
    CHECK_GE(waits[i], waits[i - 2]);
  for (auto wait : waits)
    CHECK_LE(wait, caf::timespan{2min + 1ms});
  CHECK_GE(waits.back(), caf::timespan{1min});
  CHECK_EQ(report()[0].restarts, 20u);
  WHEN("another one fails for the first time") {
    THEN("it doesn't wait for the sins of the first") {
      CHECK_LE(restart_of("b"), caf::timespan{21ms});
    }
  }
}

SCENARIO("a child that has lived for a while has its earlier failures forgiven") {
  for (int i = 0; i < 10; ++i)
    restart_of("a");
  pass(29s);
  CHECK_GT(restart_of("a"), caf::timespan{1s});
  pass(30s);
  CHECK_LE(restart_of("a"), caf::timespan{21ms});
}

SCENARIO("stopping ends the children, the last one first, and starts none again") {
  GIVEN("a child that waits to be started again") {
    kill(seen->at("b"));
    seen->events.clear();
    WHEN("the supervisor is asked to end") {
      caf::anon_send_exit(parent, caf::exit_reason::user_shutdown);
      pass({});
      THEN("the others end in reverse order") {
        CHECK_EQ(seen->events, (strings{"end c", "end a"}));
      }
      AND("none comes back") {
        pass(1h);
        CHECK_EQ(seen->events.size(), 2u);
      }
    }
  }
}

SCENARIO("children don't outlive their supervisor, however it ends") {
  kill(parent);
  CHECK_EQ(seen->count("end a") + seen->count("end b") + seen->count("end c"), 3u);
  pass(1h);
  CHECK_EQ(seen->count("start a"), 1u);
}

END_FIXTURE_SCOPE()
