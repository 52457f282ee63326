#define CAF_SUITE supervision.supervisor_core

#include "runtime/supervision/supervisor_core.hpp"

#include "tests/unit/supervision/supervisor_stage.hpp"

using namespace creamery;
using namespace std::chrono_literals;

namespace {

using stage = test::supervisor_stage;
using state = supervisor_core::child_state;
using strings = std::vector<std::string>;

supervisor_core::options with(restart_strategy strategy, size_t intensity = 10) {
  return {.strategy = strategy, .limit = {intensity, 5s}, .ends_with = auto_shutdown::never};
}

} // namespace

// The names in capital letters are those of OTP's supervisor_SUITE, those in quotes of Akka's SupervisionSpec (peers D1, D2).
// Not here: CHILD_UNLINK and SUP_START_IGNORE_INIT (there are no links and no init function), SUP_START_MAP_FAULTY_SPECS (a
// policy is typed, so a faulty one doesn't compile).

// -- starting ---------------------------------------------------------------------------------------------------------------

SCENARIO("children are started in order, each when the one before is ready [SUP_START_NORMAL]") {
  stage x;
  x.slow = {"a", "b"};
  x.add({"a", "b", "c"});
  CHECK_EQ(x.take(), strings{}); // not before the supervisor starts
  x.start();
  CHECK_EQ(x.take(), (strings{"start a"}));
  x.ready("a");
  CHECK_EQ(x.take(), (strings{"start b"}));
  CHECK(x.state_of("a") == state::running);
  CHECK(x.state_of("b") == state::starting);
  CHECK(x.state_of("c") == state::waiting);
  x.ready("b");
  CHECK_EQ(x.take(), (strings{"start c", "all started"}));
  CHECK(x.core.deadline() == stage::time_point::max());
}

SCENARIO("a supervisor without children has started at once") {
  stage x;
  x.start();
  CHECK_EQ(x.take(), (strings{"all started"}));
  x.stop();
  CHECK_EQ(x.take(), (strings{"finish"}));
}

SCENARIO("a child that declines to run is kept, and the next one is started [SUP_START_IGNORE_CHILD]") {
  stage x;
  x.ignoring = {"a"};
  x.add({"a", "b"});
  x.start();
  CHECK_EQ(x.take(), (strings{"start a", "start b", "all started"}));
  CHECK(x.state_of("a") == state::idle);
  GIVEN("a temporary one") {
    x.ignoring.insert("t");
    x.add({"t"}, stage::at_once(restart_type::temporary));
    THEN("it is forgotten [SUP_START_IGNORE_TEMPORARY_CHILD]") {
      CHECK(!x.knows("t"));
    }
  }
}

SCENARIO(
  "when a first start fails the children before it are stopped and the supervisor ends [SUP_START_ERROR_RETURN]") {
  stage x;
  x.failing_starts["c"] = 1;
  x.add({"a", "b", "c", "d"});
  x.start();
  CHECK_EQ(x.take(), (strings{"start a", "start b", "start c", "stop b", "stop a", "finish"}));
  CHECK_EQ(x.finished, "c could not be started: boom");
}

SCENARIO("a first start that may fail is repeated, and holds up nobody") {
  stage x{with(restart_strategy::one_for_one)};
  x.failing_starts["a"] = 2;
  x.add({"a", "b"}, {.wait = {.first = 1s, .jitter = 0}, .retry_first_start = true});
  x.start();
  CHECK_EQ(x.take(), (strings{"start a", "start b", "all started"}));
  x.pass(1s);
  CHECK_EQ(x.take(), (strings{"start a"}));
  x.pass(2s);
  CHECK_EQ(x.take(), (strings{"start a"}));
  CHECK(x.state_of("a") == state::running);
}

SCENARIO("a child that doesn't get ready in time is killed and counts as failed [SUP_START_FAIL]") {
  stage x{with(restart_strategy::one_for_one)};
  x.begin({"a"}, {.start_timeout = 3s, .wait = {.first = {}}});
  x.slow = {"a"};
  x.ends("a");
  CHECK_EQ(x.take(), (strings{"end a", "start a"}));
  x.pass(3s - 1ms);
  CHECK_EQ(x.take(), strings{});
  x.pass(1ms);
  CHECK_EQ(x.take(), (strings{"kill a", "start a"}));
  CHECK_EQ(x.failures.back(), "a: it was not ready within 3 s: restarting");
}

SCENARIO("two children of one name can't be [CHILD_SPECS]") {
  stage x;
  x.begin({"a"});
  supervisor_action::list todo;
  CHECK(!x.core.add("a", {}, x.now, todo));
  CHECK(todo.empty());
  CHECK_EQ(x.core.children().size(), 1u);
}

// -- stopping ---------------------------------------------------------------------------------------------------------------

SCENARIO("children are stopped in reverse order, each when the one after it has ended [SUP_STOP]") {
  stage x;
  x.begin({"a", "b", "c"});
  x.deaf = {"b"};
  x.stop();
  CHECK_EQ(x.take(), (strings{"stop c", "stop b"}));
  x.ends("b", exit_kind::shutdown);
  CHECK_EQ(x.take(), (strings{"end b", "stop a", "finish"}));
}

SCENARIO("a child that takes too long to end is killed [SUP_STOP_TIMEOUT]") {
  stage x;
  x.begin({"a", "b"});
  x.deaf = {"b"};
  x.stop();
  x.pass(5s - 1ms); // the default
  CHECK_EQ(x.take(), (strings{"stop b"}));
  x.pass(1ms);
  CHECK_EQ(x.take(), (strings{"kill b", "stop a", "finish"}));
}

SCENARIO("a child may have all the time it wants to end [SUP_STOP_INFINITY]") {
  stage x;
  x.begin({"a"}, {.shutdown = child_policy::forever});
  x.deaf = {"a"};
  x.stop();
  x.pass(1h);
  CHECK_EQ(x.take(), (strings{"stop a"}));
  x.ends("a", exit_kind::normal);
  CHECK_EQ(x.take(), (strings{"end a", "finish"}));
}

SCENARIO("a child may be killed without being asked [SUP_STOP_BRUTAL_KILL]") {
  stage x;
  x.begin({"a", "b"}, {.shutdown = {}});
  x.stop();
  CHECK_EQ(x.take(), (strings{"kill b", "kill a", "finish"}));
}

SCENARIO("a supervisor that is stopped while it starts stops what it has started") {
  stage x;
  x.slow = {"b"};
  x.add({"a", "b", "c"});
  x.start();
  x.take();
  x.stop();
  CHECK_EQ(x.take(), (strings{"stop b", "stop a", "finish"}));
}

SCENARIO("nothing is restarted any more once the supervisor is stopping") {
  stage x;
  x.begin({"a", "b", "c"});
  x.deaf = {"c"};
  x.stop();
  x.ends("a");
  x.ends("c");
  CHECK_EQ(x.take(), (strings{"stop c", "end a", "end c", "stop b", "finish"}));
  supervisor_action::list todo;
  CHECK(!x.core.restart_child("a", x.now, todo));
  CHECK(x.core.add("d", {}, x.now, todo));
  CHECK(todo.empty());
}

// -- which ends are followed by a restart ------------------------------------------------------------------------------------

SCENARIO("a permanent child is always restarted [PERMANENT_NORMAL, _SHUTDOWN, _ABNORMAL]") {
  for (auto kind : {exit_kind::normal, exit_kind::shutdown, exit_kind::failure}) {
    stage x;
    x.begin({"a"});
    x.ends("a", kind);
    CHECK_EQ(x.take(), (strings{"end a", "start a"}));
    CHECK_EQ(x.view("a").restarts, 1u);
    CHECK(x.state_of("a") == state::running);
  }
}

SCENARIO("a transient child is restarted only when it failed [TRANSIENT_NORMAL, _SHUTDOWN, _ABNORMAL]") {
  for (auto kind : {exit_kind::normal, exit_kind::shutdown, exit_kind::failure}) {
    stage x;
    x.begin({"a"}, stage::at_once(restart_type::transient));
    x.ends("a", kind);
    if (kind == exit_kind::failure) {
      CHECK_EQ(x.take(), (strings{"end a", "start a"}));
    } else {
      CHECK_EQ(x.take(), (strings{"end a"}));
      CHECK(x.state_of("a") == state::idle);
    }
  }
}

SCENARIO("a temporary child is never restarted, and is forgotten [TEMPORARY_NORMAL, _SHUTDOWN, _ABNORMAL]") {
  for (auto kind : {exit_kind::normal, exit_kind::shutdown, exit_kind::failure}) {
    stage x;
    x.begin({"a"}, stage::at_once(restart_type::temporary));
    x.ends("a", kind);
    CHECK_EQ(x.take(), (strings{"end a"}));
    CHECK(!x.knows("a"));
  }
}

SCENARIO("a temporary child isn't restarted with its siblings either [TEMPORARY_BYSTANDER]") {
  for (auto strategy : {restart_strategy::one_for_all, restart_strategy::rest_for_one}) {
    stage x{with(strategy)};
    x.begin({"a"});
    x.add({"t"}, stage::at_once(restart_type::temporary));
    x.take();
    x.ends("a");
    CHECK_EQ(x.take(), (strings{"end a", "stop t", "start a"}));
    CHECK(!x.knows("t"));
  }
}

// -- strategies -------------------------------------------------------------------------------------------------------------

SCENARIO("one for one restarts the one that failed [ONE_FOR_ONE]") {
  stage x{with(restart_strategy::one_for_one)};
  x.begin({"a", "b", "c"});
  x.ends("b");
  CHECK_EQ(x.take(), (strings{"end b", "start b"}));
}

SCENARIO("rest for one restarts the one that failed and those after it [REST_FOR_ONE]") {
  stage x{with(restart_strategy::rest_for_one)};
  x.begin({"a", "b", "c", "d"});
  x.ends("b");
  CHECK_EQ(x.take(), (strings{"end b", "stop d", "stop c", "start b", "start c", "start d"}));
  CHECK_EQ(x.view("a").restarts, 0u);
  CHECK_EQ(x.view("d").restarts, 1u);
  x.ends("d");
  CHECK_EQ(x.take(), (strings{"end d", "start d"}));
}

SCENARIO("one for all restarts all of them [ONE_FOR_ALL]") {
  stage x{with(restart_strategy::one_for_all)};
  x.begin({"a", "b", "c"});
  x.ends("b");
  CHECK_EQ(x.take(), (strings{"end b", "stop c", "stop a", "start a", "start b", "start c"}));
}

SCENARIO("a child that had ended for good is started again along with its group") {
  stage x{with(restart_strategy::one_for_all)};
  x.begin({"a"});
  x.add({"t"}, stage::at_once(restart_type::transient));
  x.take();
  x.ends("t", exit_kind::normal);
  CHECK(x.state_of("t") == state::idle);
  x.ends("a");
  CHECK_EQ(x.take(), (strings{"end t", "end a", "start a", "start t"}));
}

SCENARIO("another child's restart that fails is another failure [ONE_FOR_ALL_OTHER_CHILD_FAILS_RESTART]") {
  stage x{with(restart_strategy::one_for_all)};
  x.begin({"a", "b", "c"});
  x.failing_starts["b"] = 1;
  x.ends("c");
  CHECK_EQ(x.take(),
           (strings{"end c", "stop b", "stop a", "start a", "start b", "stop a", "start a", "start b", "start c"}));
}

SCENARIO("the same for those that come later [REST_FOR_ONE_OTHER_CHILD_FAILS_RESTART]") {
  stage x{with(restart_strategy::rest_for_one)};
  x.begin({"a", "b", "c"});
  x.failing_starts["b"] = 1;
  x.ends("a");
  CHECK_EQ(x.take(), (strings{"end a", "stop c", "stop b", "start a", "start b", "start b", "start c"}));
}

SCENARIO("children of one kind come and go, and stop all at once [SIMPLE_ONE_FOR_ONE, SIMPLE_ONE_FOR_ONE_SHUTDOWN]") {
  stage x{with(restart_strategy::simple_one_for_one)};
  x.start();
  x.add({"a", "b", "c"});
  CHECK_EQ(x.take(), (strings{"all started", "start a", "start b", "start c"}));
  x.ends("b");
  CHECK_EQ(x.take(), (strings{"end b", "start b"}));
  x.deaf = {"a", "b", "c"};
  x.stop();
  CHECK_EQ(x.take(), (strings{"stop c", "stop b", "stop a"}));
  x.pass(5s);
  CHECK_EQ(x.take(), (strings{"kill a", "kill b", "kill c", "finish"}));
}

SCENARIO("a sibling that dies while its group goes down is one death, not one failure more") {
  stage x{with(restart_strategy::one_for_all, 1)};
  x.begin({"a", "b", "c"});
  x.deaf = {"c"};
  x.ends("a");
  CHECK_EQ(x.take(), (strings{"end a", "stop c"}));
  x.ends("b");
  x.ends("c");
  CHECK_EQ(x.take(), (strings{"end b", "end c", "start a", "start b", "start c"}));
}

SCENARIO("an earlier child that fails while later ones go down takes its own group with it") {
  stage x{with(restart_strategy::rest_for_one)};
  x.begin({"a", "b", "c", "d"});
  x.deaf = {"d"};
  x.ends("b");
  CHECK_EQ(x.take(), (strings{"end b", "stop d"}));
  x.ends("a");
  x.ends("d", exit_kind::shutdown);
  CHECK_EQ(x.take(), (strings{"end a", "end d", "stop c", "start a", "start b", "start c", "start d"}));
}

SCENARIO("a child that is being killed because it wasn't ready goes down with its group like the others") {
  stage x{with(restart_strategy::rest_for_one)};
  x.begin({"a", "b"}, {.start_timeout = 1s, .wait = {.first = {}}});
  x.slow = {"b"};
  x.ends("b");
  x.stuck = {"b"};
  x.pass(1s);
  x.ends("a");
  CHECK_EQ(x.take(), (strings{"end b", "start b", "kill b", "end a"}));
  x.slow = {};
  x.ends("b");
  CHECK_EQ(x.take(), (strings{"end b", "start a", "start b"}));
  CHECK(x.state_of("b") == state::running);
}

// -- intensity and escalation --------------------------------------------------------------------------------------------------

SCENARIO("by default one restart in five seconds is tolerated, as in OTP") {
  CHECK_EQ(restart_intensity{}.intensity, 1u);
  CHECK(restart_intensity{}.period == 5s);
  CHECK(child_policy{}.shutdown == 5s);
  CHECK(child_policy{}.restart == restart_type::permanent);
  stage x;
  x.begin({"a"});
  x.ends("a");
  x.pass(5s - 1ms);
  x.ends("a");
  CHECK_EQ(x.take(), (strings{"end a", "start a", "end a", "finish"}));
  CHECK_EQ(x.finished, "more than 1 failures within 5 s, the last one: a: boom");
}

SCENARIO("failures that lie further apart are tolerated for ever [MULTIPLE_RESTARTS, 'reset retry limit after "
         "withinTimeRange']") {
  stage x;
  x.begin({"a"});
  for (int i = 0; i < 1'000; ++i) {
    x.ends("a");
    x.pass(5s);
  }
  CHECK(x.finished.empty());
  CHECK_EQ(x.view("a").restarts, 1'000u);
}

SCENARIO(
  "with an intensity of 0 the first failure is too much ['stop at first exception when restart retries limit is 0']") {
  stage x{with(restart_strategy::one_for_one, 0)};
  x.begin({"a", "b"});
  x.ends("a");
  CHECK_EQ(x.take(), (strings{"end a", "stop b", "finish"}));
}

SCENARIO("too many failures of different children escalate just as well [ONE_FOR_ONE_ESCALATION]") {
  stage x{with(restart_strategy::one_for_one, 2)};
  x.begin({"a", "b", "c"});
  x.ends("a");
  x.ends("b");
  x.take();
  x.ends("c");
  CHECK_EQ(x.take(), (strings{"end c", "stop b", "stop a", "finish"}));
  CHECK_EQ(x.failures.back(), "c: boom: escalating");
}

SCENARIO("groups escalate as well [ONE_FOR_ALL_ESCALATION, REST_FOR_ONE_ESCALATION]") {
  for (auto strategy : {restart_strategy::one_for_all, restart_strategy::rest_for_one}) {
    stage x{with(strategy, 1)};
    x.begin({"a", "b"});
    x.ends("a");
    x.take();
    x.ends("a");
    CHECK_EQ(x.take(), (strings{"end a", "stop b", "finish"}));
  }
}

SCENARIO("children of one kind escalate as well [SIMPLE_ONE_FOR_ONE_ESCALATION]") {
  stage x{with(restart_strategy::simple_one_for_one, 0)};
  x.begin({"a", "b"});
  x.ends("a");
  CHECK_EQ(x.take(), (strings{"end a", "stop b", "finish"}));
}

SCENARIO("a restart that fails again and again escalates instead of going round for ever [HANGING_RESTART_LOOP]") {
  for (auto strategy : {restart_strategy::one_for_one, restart_strategy::one_for_all, restart_strategy::rest_for_one}) {
    stage x{with(strategy, 8)};
    x.begin({"a", "b"});
    x.failing_starts["b"] = 1'000;
    x.ends("b");
    CHECK_EQ(x.trace.back(), "finish");
    CHECK_EQ(std::count(x.trace.begin(), x.trace.end(), "start b"), 8);
  }
}

SCENARIO("a significant child that ends by itself may end its supervisor [SIGNIFICANT_TRANSIENT]") {
  auto significant = stage::at_once(restart_type::transient);
  significant.significant = true;
  GIVEN("a supervisor that ends with any of them") {
    stage x{{.ends_with = auto_shutdown::any_significant}};
    x.begin({"a", "b"});
    x.add({"s", "t"}, significant);
    x.take();
    x.ends("s", exit_kind::normal);
    CHECK_EQ(x.take(), (strings{"end s", "stop t", "stop b", "stop a", "finish"}));
  }
  GIVEN("one that ends with the last of them") {
    stage x{{.ends_with = auto_shutdown::all_significant}};
    x.begin({"a"});
    x.add({"s", "t"}, significant);
    x.take();
    x.ends("s", exit_kind::normal);
    CHECK_EQ(x.take(), (strings{"end s"}));
    x.ends("t", exit_kind::shutdown);
    CHECK_EQ(x.take(), (strings{"end t", "stop a", "finish"}));
  }
  GIVEN("one that never does") {
    stage x;
    x.begin({"a"});
    x.add({"s"}, significant);
    x.take();
    x.ends("s", exit_kind::normal);
    CHECK_EQ(x.take(), (strings{"end s"}));
  }
}

// -- back-off: what Akka's SupervisionSpec asks of restartWithBackoff (peers D2) ------------------------------------------------

SCENARIO("a restart waits, and twice as long after each failure") {
  stage x{with(restart_strategy::one_for_one, 100)};
  x.begin({"a", "b"}, {.wait = {.first = 1s, .cap = 4s, .jitter = 0}});
  for (auto wait : {1s, 2s, 4s, 4s}) {
    x.ends("a");
    CHECK(x.state_of("a") == state::waiting);
    x.pass(wait - 1ms);
    CHECK_EQ(x.take(), (strings{"end a"}));
    x.pass(1ms);
    CHECK_EQ(x.take(), (strings{"start a"}));
  }
  CHECK_EQ(x.view("b").restarts, 0u);
}

SCENARIO("a child that has lived for long enough begins its back-off anew ['reset exponential backoff count after "
         "reset timeout']") {
  stage x{with(restart_strategy::one_for_one, 100)};
  x.begin({"a"}, {.wait = {.first = 1s, .cap = 1min, .jitter = 0}, .healthy_after = 10s});
  x.ends("a");
  x.pass(1s);
  x.ends("a");
  x.pass(2s);
  x.pass(10s - 1ms);
  x.take();
  x.ends("a");
  x.pass(4s - 1ms);
  CHECK_EQ(x.take(), (strings{"end a"}));
  x.pass(1ms + 10s);
  x.ends("a");
  x.take();
  x.pass(1s);
  CHECK_EQ(x.take(), (strings{"start a"}));
}

SCENARIO("in a group all wait for the one that failed") {
  stage x{with(restart_strategy::one_for_all, 100)};
  x.begin({"a", "b"}, {.wait = {.first = 1s, .jitter = 0}});
  x.ends("b");
  CHECK_EQ(x.take(), (strings{"end b", "stop a"}));
  x.pass(1s - 1ms);
  CHECK_EQ(x.take(), strings{});
  x.pass(1ms);
  CHECK_EQ(x.take(), (strings{"start a", "start b"}));
}

SCENARIO("a supervisor that is stopped during a back-off doesn't start the child any more") {
  stage x{with(restart_strategy::one_for_one)};
  x.begin({"a", "b"}, {.wait = {.first = 1s, .jitter = 0}});
  x.ends("a");
  x.take();
  x.stop();
  CHECK_EQ(x.take(), (strings{"stop b", "finish"}));
  x.pass(1h);
  CHECK_EQ(x.take(), strings{});
}

// -- postponed starts -------------------------------------------------------------------------------------------------------

SCENARIO("a child whose predecessor hasn't ended is started as soon as it has, and that is no failure") {
  stage x{with(restart_strategy::one_for_one, 0)};
  x.held_up = {"b"};
  x.add({"a", "b", "c"}, {.start_timeout = 30s});
  x.start();
  x.pass(1s);
  auto trace = x.take();
  CHECK_EQ(trace.front(), "start a");
  CHECK(trace.size() > 100u);
  CHECK_EQ(std::count(trace.begin(), trace.end(), "start b"), static_cast<std::ptrdiff_t>(trace.size()) - 1);
  CHECK(x.state_of("b") == state::waiting);
  CHECK(x.state_of("c") == state::waiting); // the order holds
  CHECK_EQ(x.failures, strings{});
  WHEN("it can be started") {
    x.held_up.clear();
    x.pass(10ms);
    THEN("it is, and so are those after it") {
      CHECK_EQ(x.take(), (strings{"start b", "start c", "all started"}));
      CHECK_EQ(x.view("b").restarts, 0u);
    }
  }
  WHEN("one of another instance is told to be postponed") {
    x.run([&](auto& todo) { x.core.postponed("c", 1, x.now, todo); });
    THEN("nothing happens") {
      CHECK(x.state_of("c") == state::running);
    }
  }
}

SCENARIO("a start that is postponed holds up nobody if it may fail") {
  stage x;
  x.held_up = {"a"};
  x.add({"a", "b"}, {.retry_first_start = true});
  x.start();
  x.pass(100ms);
  CHECK(x.state_of("a") == state::waiting);
  CHECK(x.state_of("b") == state::running);
}

SCENARIO("a predecessor that never ends makes the start a failure after its time") {
  stage x{with(restart_strategy::one_for_one, 0)};
  x.held_up = {"a"};
  x.add({"a"}, {.start_timeout = 2s});
  x.start();
  x.pass(1999ms);
  CHECK_EQ(x.failures, strings{});
  x.pass(10ms);
  CHECK_EQ(x.failures, (strings{"a: its predecessor doesn't end: escalating"}));
}

SCENARIO("a supervisor that is stopped waits for no postponed start") {
  stage x;
  x.held_up = {"a"};
  x.add({"a"});
  x.start();
  x.run([&](auto& todo) { x.core.stop(x.now, todo); });
  CHECK_EQ(x.finished, "it was stopped");
}

// -- quarantine -------------------------------------------------------------------------------------------------------------

SCENARIO("a child may begin in quarantine, and the others don't wait for it") {
  stage x;
  x.add({"a"});
  x.add({"q"}, {.quarantine = quarantine_policy{{2, 10s}, 5min}});
  x.add({"b"});
  x.run([&](auto& todo) {
    CHECK(x.core.quarantine_child("q", "it is guilty", x.now, todo));
    CHECK(!x.core.quarantine_child("a", "it has no such policy", x.now, todo));
    CHECK(!x.core.quarantine_child("c", "it isn't there", x.now, todo));
  });
  x.start();
  CHECK_EQ(x.take(), (strings{"start a", "start b", "all started"}));
  CHECK_EQ(x.failures, (strings{"q: it is guilty: quarantined"}));
  CHECK_EQ(x.view("q").last_error, "it is guilty");
  WHEN("its time is over") {
    x.pass(5min);
    THEN("it is started") {
      CHECK_EQ(x.take(), (strings{"start q"}));
      x.run([&](auto& todo) { CHECK(!x.core.quarantine_child("q", "it runs already", x.now, todo)); });
    }
  }
}

SCENARIO("a child that fails too often rests for a while, and its supervisor goes on") {
  stage x{with(restart_strategy::one_for_one, 0)};
  auto fail_twice = [&] {
    x.ends("q");
    x.ends("q");
    CHECK_EQ(x.take(), (strings{"end q", "start q", "end q", "start q"}));
  };
  x.begin({"a"});
  x.add({"q"}, {.wait = {.first = {}}, .quarantine = quarantine_policy{{2, 10s}, 5min}});
  x.take();
  fail_twice();
  x.ends("q");
  CHECK_EQ(x.take(), (strings{"end q"}));
  CHECK(x.state_of("q") == state::quarantined);
  CHECK_EQ(x.failures.back(), "q: boom: quarantined");
  x.pass(5min - 1ms);
  CHECK_EQ(x.take(), strings{});
  WHEN("its time is over") {
    x.pass(1ms);
    THEN("it gets another chance, with a clean record") {
      CHECK_EQ(x.take(), (strings{"start q"}));
      fail_twice();
    }
  }
  WHEN("it rests once more, and somebody restarts it") {
    x.ends("q");
    CHECK(x.state_of("q") == state::quarantined);
    x.take();
    x.run([&](auto& todo) { CHECK(x.core.restart_child("q", x.now, todo)); });
    THEN("it runs again, with a clean record") {
      CHECK_EQ(x.take(), (strings{"start q"}));
      fail_twice();
    }
  }
  WHEN("the supervisor stops while it rests") {
    x.ends("q");
    x.take();
    x.stop();
    THEN("it isn't waited for") {
      CHECK_EQ(x.take(), (strings{"stop a", "finish"}));
    }
  }
}

// -- what can't be ended ----------------------------------------------------------------------------------------------------

SCENARIO("a child that is stuck is given up and replaced, up to a bound") {
  stage x{with(restart_strategy::one_for_one)};
  x.begin({"a"}, {.max_abandoned = 2, .wait = {.first = {}}});
  x.stuck = {"a"};
  auto first = x.instance_of("a");
  auto give_up = [&] {
    x.run([&](auto& todo) { x.core.stuck("a", x.instance_of("a"), "busy for 30 s", x.now, todo); });
  };
  give_up();
  CHECK_EQ(x.take(), (strings{"kill a", "abandon a", "start a"}));
  CHECK_EQ(x.view("a").abandoned, 1u);
  CHECK_GT(x.instance_of("a"), first);
  give_up();
  CHECK_EQ(x.view("a").abandoned, 2u);
  x.take();
  WHEN("one comes back and ends after all") {
    x.run([&](auto& todo) { x.core.ended("a", first, exit_kind::failure, "killed", x.now, todo); });
    THEN("there is room for another one") {
      CHECK_EQ(x.view("a").abandoned, 1u);
      CHECK(x.state_of("a") == state::running);
      give_up();
      CHECK_EQ(x.take(), (strings{"kill a", "abandon a", "start a"}));
    }
  }
  WHEN("one more than may be stuck are") {
    give_up();
    THEN("there is no other one, until somebody restarts it") {
      CHECK_EQ(x.take(), (strings{"kill a", "abandon a"}));
      CHECK(x.state_of("a") == state::quarantined);
      CHECK_EQ(x.failures.back(), "a: 3 instances of it are stuck: given up");
      x.pass(24h);
      x.run([&](auto& todo) { CHECK(!x.core.stuck("a", x.instance_of("a"), "busy for a day", x.now, todo)); });
      CHECK_EQ(x.take(), strings{});
      x.run([&](auto& todo) { CHECK(x.core.restart_child("a", x.now, todo)); });
      CHECK_EQ(x.take(), (strings{"start a"}));
    }
  }
}

SCENARIO("one that doesn't even end when it is killed is not waited for for ever") {
  stage x{with(restart_strategy::one_for_one)};
  x.begin({"a", "b"}, {.shutdown = 1s, .abandon = 2s});
  x.stuck = {"b"};
  WHEN("it is restarted by hand") {
    x.run([&](auto& todo) { x.core.restart_child("b", x.now, todo); });
    x.pass(3s);
    CHECK_EQ(x.take(), (strings{"stop b", "kill b", "abandon b", "start b"}));
  }
  WHEN("the supervisor stops") {
    x.stop();
    x.pass(3s);
    CHECK_EQ(x.take(), (strings{"stop b", "kill b", "abandon b", "stop a", "finish"}));
  }
}

SCENARIO("what an instance that was replaced says means nothing") {
  stage x{with(restart_strategy::one_for_one)};
  x.slow = {"a"};
  x.begin({"a"});
  auto old = x.instance_of("a");
  x.ready("a");
  x.ends("a");
  x.take();
  x.run([&](auto& todo) { x.core.ready("a", old, x.now, todo); });
  x.run([&](auto& todo) { x.core.ended("a", old, exit_kind::failure, "late", x.now, todo); });
  x.run([&](auto& todo) { x.core.stuck("a", old, "late", x.now, todo); });
  x.run([&](auto& todo) { x.core.ended("nobody", 1, exit_kind::failure, "late", x.now, todo); });
  CHECK(x.state_of("a") == state::starting);
  CHECK_EQ(x.take(), strings{});
}

// -- by hand ----------------------------------------------------------------------------------------------------------------

SCENARIO("a child can be stopped, started, restarted and removed by hand [TREE, COUNT_CHILDREN]") {
  stage x{with(restart_strategy::one_for_all, 0)};
  x.begin({"a", "b", "c"});
  auto by_hand = [&](auto what, std::string_view name) {
    auto known = false;
    x.run([&](auto& todo) { known = (x.core.*what)(name, x.now, todo); });
    return known;
  };
  CHECK(by_hand(&supervisor_core::stop_child, "b"));
  CHECK_EQ(x.take(), (strings{"stop b"}));
  CHECK(x.state_of("b") == state::idle);
  CHECK(by_hand(&supervisor_core::restart_child, "b"));
  CHECK_EQ(x.take(), (strings{"start b"}));
  CHECK(by_hand(&supervisor_core::restart_child, "c"));
  CHECK_EQ(x.take(), (strings{"stop c", "start c"}));
  CHECK_EQ(x.view("c").restarts, 0u); // it didn't fail
  CHECK(by_hand(&supervisor_core::remove_child, "a"));
  CHECK_EQ(x.take(), (strings{"stop a"}));
  CHECK(!x.knows("a"));
  CHECK(!by_hand(&supervisor_core::restart_child, "a"));
  CHECK(!by_hand(&supervisor_core::stop_child, "a"));
  CHECK(!by_hand(&supervisor_core::remove_child, "a"));
  CHECK_EQ(x.core.children().size(), 2u);
}

SCENARIO("a temporary child that is stopped by hand is forgotten") {
  stage x;
  x.begin({"t"}, stage::at_once(restart_type::temporary));
  x.run([&](auto& todo) { x.core.stop_child("t", x.now, todo); });
  CHECK(!x.knows("t"));
}

SCENARIO("a child that is added later is started at once, and nothing else is disturbed when it fails [EXTRA_RETURN]") {
  stage x;
  x.begin({"a"});
  x.add({"b"});
  CHECK_EQ(x.take(), (strings{"start b"}));
  x.failing_starts["c"] = 1;
  x.add({"c"});
  CHECK_EQ(x.take(), (strings{"start c"}));
  CHECK(!x.knows("c"));
  CHECK_EQ(x.failures, (strings{"c: boom: not started"}));
}
