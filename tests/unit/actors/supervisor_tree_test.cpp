#define CAF_SUITE actors.supervisor_tree

#include "actors/supervisor.hpp"

#include "tests/unit/actors/doubles.hpp"

#include <cstdlib>
#include <iostream>
#include <map>
#include <random>
#include <stdexcept>

using namespace creamery;
using namespace std::chrono_literals;

// Random trees under stress, after Akka's SupervisorHierarchySpec: children fail while they start, while they handle a message
// and while they stop, are killed and are restarted by hand, anywhere in the tree and all at once. In the end every actor's history
// must be legal, the tree must be whole again, and nothing may be left over.

namespace {

using strings = std::vector<std::string>;

/// What one place in the tree is, and how it behaves.
struct place {
  std::string name;
  std::string path;
  child_policy policy;
  supervisor_core::options options;
  /// How likely a start of it fails, or is slow, and how likely it doesn't hear when it is asked to end.
  double fails_to_start = 0;
  double starts_slowly = 0;
  double is_deaf = 0;
  std::vector<std::shared_ptr<place>> below;
};

/// What happened, and whatever is decided by chance.
struct history {
  explicit history(uint64_t seed) : dice(seed) {
  }

  bool happens(double probability) {
    return std::uniform_real_distribution<>{0, 1}(dice) < probability;
  }

  uint64_t up_to(uint64_t highest) {
    return std::uniform_int_distribution<uint64_t>{0, highest}(dice);
  }

  void started(const std::string& path, const caf::actor& who) {
    ++starts;
    if (auto i = alive.find(path); i != alive.end())
      problems.push_back(path + " was started while it was there");
    alive[path] = who;
  }

  void ended(const std::string& path, const caf::actor_addr& who) {
    if (auto i = alive.find(path); i != alive.end() && i->second.address() == who)
      alive.erase(i);
    else
      problems.push_back(path + " ended, but wasn't there");
  }

  std::mt19937_64 dice;
  /// Nothing fails by itself any more.
  bool calm = false;
  size_t starts = 0;
  std::map<std::string, caf::actor> alive;
  strings problems;
};

using member_actor = supervising_actor::extend<
  // Throw.
  caf::result<void>(caf::put_atom),
  // End by yourself.
  caf::result<void>(caf::ok_atom)>;

/// A supervisor with its children, or a leaf.
struct member_state {
  static inline const char* name = "member";

  member_state(member_actor::pointer self, std::shared_ptr<place> me, std::shared_ptr<history> seen)
    : self_(self), me_(std::move(me)), seen_(std::move(seen)), children(self, make_logger("test"), me_->options) {
  }

  member_actor::behavior_type make_behavior() {
    seen_->started(me_->path, caf::actor_cast<caf::actor>(self_));
    self_->attach_functor([seen = seen_, path = me_->path, who = self_->address()] { seen->ended(path, who); });
    self_->set_exception_handler([](const std::exception_ptr&) -> caf::error { return caf::sec::runtime_error; });
    if (!seen_->calm && seen_->happens(me_->fails_to_start))
      throw std::runtime_error("while it starts");
    is_slow_ = !seen_->calm && seen_->happens(me_->starts_slowly);
    if (!seen_->calm && seen_->happens(me_->is_deaf))
      self_->set_exit_handler([](const caf::exit_msg&) {});
    for (const auto& one : me_->below)
      children.add({one->name, "member", one->policy, true,
                    [this, one] { return caf::actor_cast<caf::actor>(self_->spawn<member>(one, seen_)); }});
    children.start();
    return {
      [this](ready_atom) { return ready(); },
      [](drain_atom) { return true; },
      [this](caf::tick_atom) { children.tick(); },
      [this](restart_atom, const std::string& path) { return children.restart(path); },
      [this](tree_atom) { return children.report(); },
      [this](fault_atom, const std::string& path, const std::string& what) { return children.fault(path, what); },
      [](caf::put_atom) { throw std::runtime_error("while it handles a message"); },
      [this](caf::ok_atom) {
        // Before it is ready that would mean that it declines to run.
        self_->request(member_actor{self_}, caf::infinite, ready_atom_v).then([this] { self_->quit(); });
      },
    };
  }

  using member = caf::stateful_actor<member_state, member_actor::base>;

private:
  caf::result<void> ready() {
    if (!is_slow_)
      return children.ready();
    auto promise = self_->make_response_promise<void>();
    asked_if_ready_.push_back(promise);
    if (asked_if_ready_.size() == 1)
      self_->run_delayed(std::chrono::milliseconds{seen_->up_to(1'500)}, [this] {
        is_slow_ = false;
        for (auto& one : asked_if_ready_)
          one.deliver();
      });
    return promise;
  }

  member_actor::pointer self_;
  std::shared_ptr<place> me_;
  std::shared_ptr<history> seen_;
  bool is_slow_ = false;
  std::vector<caf::typed_response_promise<void>> asked_if_ready_;

public:
  supervisor<member_actor::base> children;
};

using member = member_state::member;

std::shared_ptr<place> random_place(history& seen, const std::string& name, const std::string& above, size_t depth) {
  auto one = std::make_shared<place>();
  one->name = name;
  one->path = above + name;
  auto strategy = seen.up_to(2);
  one->options = {.strategy = strategy == 0   ? restart_strategy::one_for_one
                              : strategy == 1 ? restart_strategy::rest_for_one
                                              : restart_strategy::one_for_all,
                  .limit = {seen.up_to(4), 5s}};
  one->policy = {.start_timeout = 1s,
                 .shutdown = seen.happens(0.2) ? 0s : 2s,
                 .wait = {.first = std::chrono::milliseconds{seen.up_to(1) * 20}, .cap = 1s},
                 .retry_first_start = true};
  if (seen.happens(0.3))
    one->policy.quarantine = quarantine_policy{{seen.up_to(3), 5s}, 20s};
  one->fails_to_start = seen.happens(0.3) ? 0.3 : 0;
  one->starts_slowly = seen.happens(0.3) ? 0.5 : 0;
  one->is_deaf = seen.happens(0.3) ? 0.5 : 0;
  if (depth > 0)
    for (uint64_t i = 0, count = seen.up_to(4); i < count; ++i)
      one->below.push_back(random_place(seen, std::string(1, static_cast<char>('a' + i)), one->path + "/", depth - 1));
  if (!one->below.empty()) { // a supervisor is given the time it needs, and uses it
    one->policy.shutdown = one->policy.start_timeout = child_policy::forever;
    one->is_deaf = 0;
  }
  return one;
}

void collect(const place& from, strings& paths) {
  paths.push_back(from.path);
  for (const auto& one : from.below)
    collect(*one, paths);
}

struct tree_fixture : creamery::test::timed_fixture {
  /// Lives through one seed; returns what was wrong in the end.
  strings live(uint64_t seed, size_t& starts, size_t& strokes) {
    auto seen = std::make_shared<history>(seed);
    // The root's own supervisor never gives up, so that the tree comes back in any case.
    auto top = std::make_shared<place>();
    top->name = top->path = "top";
    top->options = {.limit = {1'000'000, 1s}};
    top->below.push_back(random_place(*seen, "root", "top/", 3));
    auto before = sys.registry().running();
    caf::actor parent = caf::actor_cast<caf::actor>(sys.spawn<member>(top, seen));
    pass(100ms);
    strings paths;
    collect(*top, paths);
    for (int i = 0; i < 30; ++i) {
      for (uint64_t n = seen->up_to(2); n > 0 && seen->alive.size() > 1; --n, ++strokes)
        strike(*seen, parent);
      pass(std::chrono::milliseconds{seen->up_to(400)});
    }
    // From now on nothing fails. Slow starts, long stops, back-offs and quarantines come to their ends.
    seen->calm = true;
    pass(2min);
    for (const auto& path : paths)
      if (seen->alive.count(path) == 0)
        seen->problems.push_back(path + " didn't come back: " + stand_of(parent));
    caf::anon_send_exit(parent, caf::exit_reason::user_shutdown);
    parent = nullptr;
    pass(1min);
    if (!seen->alive.empty())
      seen->problems.push_back(seen->alive.begin()->first + " is left over");
    if (sys.registry().running() != before)
      seen->problems.push_back("actors have leaked");
    seen->alive.clear();
    starts += seen->starts;
    return seen->problems;
  }

  /// How everybody stands, for a message.
  std::string stand_of(const caf::actor& parent) {
    return caf::deep_to_string(ask<std::vector<child_report>>(caf::actor_cast<member_actor>(parent), tree_atom_v));
  }

  /// Something bad happens to somebody.
  void strike(history& seen, const caf::actor& parent) {
    auto victim = std::next(seen.alive.begin(), static_cast<ptrdiff_t>(seen.up_to(seen.alive.size() - 1)));
    if (victim->second == parent)
      return;
    auto who = caf::actor_cast<member_actor>(victim->second);
    switch (seen.up_to(4)) {
      case 0: caf::anon_send_exit(who, caf::exit_reason::kill); break;
      case 1: caf::anon_send_exit(who, caf::exit_reason::user_shutdown); break;
      case 2: caf::anon_send(who, caf::ok_atom_v); break;
      case 3: caf::anon_send(who, caf::put_atom_v); break;
      default: caf::anon_send(caf::actor_cast<member_actor>(parent), restart_atom_v, victim->first.substr(4)); break;
    }
  }
};

uint64_t number_from(const char* variable, uint64_t otherwise) {
  const auto* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

} // namespace

BEGIN_FIXTURE_SCOPE(tree_fixture)

// CREAMERY_SEED runs one seed again, CREAMERY_SEEDS runs more of them.
SCENARIO("random trees survive being stressed [SupervisorHierarchySpec: 'survive being stressed']") {
  auto first = number_from("CREAMERY_SEED", 1);
  auto count = std::getenv("CREAMERY_SEED") ? 1 : number_from("CREAMERY_SEEDS", 1'000);
  log_options quiet;
  quiet.console = false;
  set_up_log(quiet);
  size_t starts = 0;
  size_t strokes = 0;
  for (auto seed = first; seed < first + count; ++seed)
    for (const auto& problem : live(seed, starts, strokes))
      FAIL("seed " << seed << " (again with CREAMERY_SEED=" << seed << "): " << problem);
  std::cout << count << " seeds: " << strokes << " strokes, " << starts << " starts\n";
  CHECK_GT(strokes, count * 10);
  CHECK_GT(starts, strokes);
}

END_FIXTURE_SCOPE()
