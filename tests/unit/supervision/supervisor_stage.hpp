#pragma once

#include "runtime/supervision/supervisor_core.hpp"
#include "tests/unit/fixture.hpp"

#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::test {

/// Plays the children of a supervisor core in virtual time, and writes down what happens to them.
class supervisor_stage {
public:
  using time_point = supervisor_core::time_point;
  using duration = child_policy::duration;
  using state = supervisor_core::child_state;
  using strings = std::vector<std::string>;

  /// A restart without a wait is what OTP does.
  static child_policy at_once(restart_type type = restart_type::permanent) {
    return {.restart = type, .wait = {.first = {}}};
  }

  explicit supervisor_stage(supervisor_core::options options = {}) : core(options, 1) {
  }

  /// Adds children of one policy.
  void add(const strings& names, child_policy policy = at_once()) {
    for (const auto& name : names)
      run([&](auto& todo) { CHECK(core.add(name, policy, now, todo)); });
  }

  void start() {
    run([&](auto& todo) { core.start(now, todo); });
  }

  /// A supervisor with these children, all of them running.
  void begin(const strings& names, child_policy policy = at_once()) {
    add(names, policy);
    start();
    take();
  }

  void ready(const std::string& name) {
    run([&](auto& todo) { core.ready(name, instance_of(name), now, todo); });
  }

  /// The child ends by itself.
  void ends(const std::string& name, exit_kind kind = exit_kind::failure) {
    trace.push_back("end " + name);
    run([&](auto& todo) { core.ended(name, instance_of(name), kind, reason_of(kind), now, todo); });
  }

  void stop() {
    run([&](auto& todo) { core.stop(now, todo); });
  }

  void pass(duration time) {
    auto end = now + time;
    for (size_t steps = 0; core.deadline() <= end; ++steps) {
      if (steps > 100'000)
        FAIL("the core's deadline doesn't move on");
      now = std::max(now, core.deadline());
      run([&](auto& todo) { core.expire(now, todo); });
    }
    now = end;
  }

  template <class Body>
  void run(Body body) {
    supervisor_action::list todo;
    body(todo);
    carry_out(std::move(todo));
  }

  /// What happened since this was called last, as words: `start a`, `stop a`, `kill a`, `end a`, `finish`, `all started`.
  strings take() {
    return std::exchange(trace, {});
  }

  supervisor_core::child_view view(std::string_view name) const {
    for (const auto& one : core.children())
      if (one.name == name)
        return one;
    FAIL("there is no child " << name);
  }

  state state_of(std::string_view name) const {
    return view(name).state;
  }

  bool knows(std::string_view name) const {
    auto all = core.children();
    return std::any_of(all.begin(), all.end(), [name](const auto& x) { return x.name == name; });
  }

  uint64_t instance_of(std::string_view name) const {
    return knows(name) ? view(name).instance : 0;
  }

  /// Children that behave in a special way.
  std::map<std::string, size_t> failing_starts; // how many of its next starts fail
  std::set<std::string> ignoring;               // end normally instead of getting ready
  std::set<std::string> slow;                   // get ready only when told
  std::set<std::string> held_up;                // can't be started yet
  std::set<std::string> deaf;                   // don't end when they are asked to
  std::set<std::string> stuck;                  // don't even end when they are killed

  time_point now{};
  supervisor_core core;
  strings trace;
  strings failures;
  std::string finished;

private:
  static std::string reason_of(exit_kind kind) {
    return kind == exit_kind::normal ? "normal" : kind == exit_kind::shutdown ? "shutdown" : "boom";
  }

  void carry_out(supervisor_action::list todo) {
    for (auto& action : todo)
      queue_.push_back(std::move(action));
    if (std::exchange(busy_, true))
      return;
    while (!queue_.empty()) {
      auto next = std::move(queue_.front());
      queue_.pop_front();
      std::visit([this](auto& x) { carry_out(x); }, next);
    }
    busy_ = false;
  }

  void carry_out(supervisor_action::start& x) {
    trace.push_back("start " + x.child);
    if (held_up.count(x.child) > 0) {
      run([&](auto& todo) { core.postponed(x.child, x.instance, now, todo); });
    } else if (auto i = failing_starts.find(x.child); i != failing_starts.end() && i->second > 0) {
      --i->second;
      run([&](auto& todo) { core.ended(x.child, x.instance, exit_kind::failure, "boom", now, todo); });
    } else if (ignoring.count(x.child) > 0) {
      run([&](auto& todo) { core.ended(x.child, x.instance, exit_kind::normal, "normal", now, todo); });
    } else if (slow.count(x.child) == 0) {
      run([&](auto& todo) { core.ready(x.child, x.instance, now, todo); });
    }
  }

  void carry_out(supervisor_action::stop& x) {
    trace.push_back("stop " + x.child);
    if (deaf.count(x.child) == 0 && stuck.count(x.child) == 0)
      run([&](auto& todo) { core.ended(x.child, x.instance, exit_kind::shutdown, "shutdown", now, todo); });
  }

  void carry_out(supervisor_action::kill& x) {
    trace.push_back("kill " + x.child);
    if (stuck.count(x.child) == 0)
      run([&](auto& todo) { core.ended(x.child, x.instance, exit_kind::failure, "killed", now, todo); });
  }

  void carry_out(supervisor_action::abandon& x) {
    trace.push_back("abandon " + x.child);
  }

  void carry_out(supervisor_action::report_failure& x) {
    failures.push_back(x.child + ": " + x.reason + ": " + std::string{x.consequence});
  }

  void carry_out(supervisor_action::all_started&) {
    trace.push_back("all started");
  }

  void carry_out(supervisor_action::finish& x) {
    trace.push_back("finish");
    finished = x.reason;
  }

  std::deque<supervisor_action::any> queue_;
  bool busy_ = false;
};

} // namespace creamery::test
