#include "runtime/supervision/supervisor_core.hpp"

#include <algorithm>
#include <utility>

namespace creamery {

namespace {

using time_point = supervisor_core::time_point;
using child_state = supervisor_core::child_state;

/// Between two attempts to start a child whose predecessor hasn't quite ended.
constexpr auto postponed_start = std::chrono::milliseconds{5};

time_point after(time_point now, child_policy::duration wait) {
  return wait == child_policy::forever ? time_point::max() : now + wait;
}

std::string in_seconds(child_policy::duration d) {
  auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(d).count();
  return ms % 1000 == 0 ? std::to_string(ms / 1000) + " s" : std::to_string(ms) + " ms";
}

} // namespace

bool supervisor_core::add(std::string name, child_policy policy, time_point now, supervisor_action::list& todo) {
  if (find(name) != children_.end())
    return false;
  auto& one = children_.emplace_back(std::move(name), policy, seed_++);
  one.due = now;
  if (stopping())
    one.state = child_state::idle;
  advance(now, todo);
  return true;
}

void supervisor_core::start(time_point now, supervisor_action::list& todo) {
  if (phase_ != phase::fresh)
    return;
  phase_ = phase::starting;
  advance(now, todo);
}

void supervisor_core::ready(std::string_view name, uint64_t instance, time_point now, supervisor_action::list& todo) {
  auto one = find(name);
  if (one == children_.end() || one->instance != instance || one->state != child_state::starting)
    return;
  one->state = child_state::running;
  one->postponed_since.reset();
  one->running_since = now;
  one->tried = true;
  advance(now, todo);
}

void supervisor_core::postponed(std::string_view name, uint64_t instance, time_point now,
                                supervisor_action::list& todo) {
  auto one = find(name);
  if (one == children_.end() || one->instance != instance || one->state != child_state::starting)
    return;
  if (!one->postponed_since)
    one->postponed_since = now;
  if (after(*one->postponed_since, one->policy.start_timeout) <= now) {
    one->postponed_since.reset();
    return ended(name, instance, exit_kind::failure, "its predecessor doesn't end", now, todo);
  }
  one->state = child_state::waiting;
  one->due = now + postponed_start;
  one->tried |= one->policy.retry_first_start; // then it holds up nobody, like one that failed
  advance(now, todo);
}

void supervisor_core::ended(std::string_view name, uint64_t instance, exit_kind kind, std::string reason,
                            time_point now, supervisor_action::list& todo) {
  auto one = find(name);
  if (one == children_.end() || one->abandoned.erase(instance) > 0 || one->instance != instance || !one->alive())
    return;
  one->postponed_since.reset();
  auto asked_to = one->state == child_state::stopping || one->state == child_state::killing;
  if (stopping()) {
    one->state = child_state::idle;
  } else if (asked_to || one->in_group) { // as one of a group it goes down, even before its turn has come
    carry_on(one, now, todo);
  } else if (one->state == child_state::starting) {
    if (kind == exit_kind::normal)
      ended_for_good(one);
    else
      failed(one, std::move(reason), now, todo);
  } else if (one->policy.restart == restart_type::permanent
             || (one->policy.restart == restart_type::transient && kind == exit_kind::failure)) {
    if (now - one->running_since >= one->policy.healthy_after)
      one->wait.reset();
    failed(one, std::move(reason), now, todo);
  } else {
    if (kind == exit_kind::failure)
      todo.push_back(supervisor_action::report_failure{one->name, reason, "not restarted", {}});
    one->last_error = std::move(reason);
    if (one->policy.significant)
      significant_ended(one);
    ended_for_good(one);
  }
  advance(now, todo);
}

bool supervisor_core::stuck(std::string_view name, uint64_t instance, std::string reason, time_point now,
                            supervisor_action::list& todo) {
  auto one = find(name);
  if (one == children_.end() || one->instance != instance || stopping()
      || (one->state != child_state::starting && one->state != child_state::running))
    return false;
  todo.push_back(supervisor_action::kill{one->name, instance}); // takes effect if it ever comes back
  if (give_up(*one, todo))
    failed(one, std::move(reason), now, todo);
  else
    one->last_error = std::move(reason);
  advance(now, todo);
  return true;
}

void supervisor_core::expire(time_point now, supervisor_action::list& todo) {
  for (auto next = children_.begin(); next != children_.end();) {
    auto one = next++;
    if (one->due > now)
      continue;
    switch (one->state) {
      case child_state::starting:
        one->last_error = "it was not ready within " + in_seconds(one->policy.start_timeout);
        begin_kill(*one, sequel::failure, now, todo);
        break;
      case child_state::stopping: begin_kill(*one, one->then, now, todo); break;
      case child_state::killing:
        if (!give_up(*one, todo))
          break;
        if (stopping())
          one->state = child_state::idle;
        else
          carry_on(one, now, todo);
        break;
      case child_state::quarantined: wait_cleanly(*one, now); break;
      case child_state::idle:
      case child_state::waiting:
      case child_state::running: break;
    }
  }
  advance(now, todo);
}

void supervisor_core::stop(time_point now, supervisor_action::list& todo) {
  if (stopping())
    return;
  begin_stopping("it was stopped");
  advance(now, todo);
}

bool supervisor_core::restart_child(std::string_view name, time_point now, supervisor_action::list& todo) {
  auto one = find(name);
  if (one == children_.end() || stopping())
    return false;
  if (one->state == child_state::stopping || one->state == child_state::killing)
    one->then = sequel::waiting;
  else if (one->alive())
    begin_stop(*one, sequel::waiting, now, todo);
  else
    wait_cleanly(*one, now);
  advance(now, todo);
  return true;
}

bool supervisor_core::quarantine_child(std::string_view name, std::string reason, time_point now,
                                       supervisor_action::list& todo) {
  auto one = find(name);
  if (one == children_.end() || stopping() || one->alive() || !one->policy.quarantine)
    return false;
  one->tried = true;
  rest(*one, std::move(reason), now, todo);
  advance(now, todo);
  return true;
}

bool supervisor_core::stop_child(std::string_view name, time_point now, supervisor_action::list& todo) {
  return take_down(name, sequel::idle, now, todo);
}

bool supervisor_core::remove_child(std::string_view name, time_point now, supervisor_action::list& todo) {
  return take_down(name, sequel::removal, now, todo);
}

std::vector<supervisor_core::child_view> supervisor_core::children() const {
  std::vector<child_view> result;
  for (const auto& one : children_)
    result.push_back(
      {one.name, one.state, one.instance, one.restarts, one.abandoned.size(), one.running_since, one.last_error});
  return result;
}

supervisor_core::children_list::iterator supervisor_core::find(std::string_view name) {
  return std::find_if(children_.begin(), children_.end(), [name](const child& x) { return x.name == name; });
}

// -- one child ------------------------------------------------------------------------------------------------------------

void supervisor_core::begin_start(child& one, time_point now, supervisor_action::list& todo) {
  one.state = child_state::starting;
  one.instance = ++last_instance_;
  one.due = after(now, one.policy.start_timeout);
  todo.push_back(supervisor_action::start{one.name, one.instance});
}

void supervisor_core::begin_stop(child& one, sequel then, time_point now, supervisor_action::list& todo) {
  if (one.policy.shutdown == child_policy::duration::zero())
    return begin_kill(one, then, now, todo);
  one.state = child_state::stopping;
  one.then = then;
  one.due = after(now, one.policy.shutdown);
  todo.push_back(supervisor_action::stop{one.name, one.instance});
}

void supervisor_core::begin_kill(child& one, sequel then, time_point now, supervisor_action::list& todo) {
  one.state = child_state::killing;
  one.then = then;
  one.due = after(now, one.policy.abandon);
  todo.push_back(supervisor_action::kill{one.name, one.instance});
}

bool supervisor_core::take_down(std::string_view name, sequel then, time_point now, supervisor_action::list& todo) {
  auto one = find(name);
  if (one == children_.end() || stopping())
    return false;
  if (one->policy.restart == restart_type::temporary)
    then = sequel::removal; // as OTP: nothing would ever start it again
  one->tried = true;
  one->in_group = false;
  one->then = then;
  if (one->state == child_state::starting || one->state == child_state::running)
    begin_stop(*one, then, now, todo);
  else if (!one->alive())
    carry_on(one, now, todo);
  advance(now, todo);
  return true;
}

void supervisor_core::carry_on(children_list::iterator one, time_point now, supervisor_action::list& todo) {
  auto in_group = std::exchange(one->in_group, false);
  auto is_temporary = one->policy.restart == restart_type::temporary;
  if (one->then == sequel::removal || (in_group && is_temporary)) {
    children_.erase(one);
  } else if (in_group) {
    one->state = child_state::waiting;
    one->due = resume_at_;
    ++one->restarts;
  } else if (one->then == sequel::failure) {
    failed(one, one->last_error, now, todo);
  } else if (one->then == sequel::waiting) {
    wait_cleanly(*one, now);
  } else {
    one->state = child_state::idle;
  }
}

void supervisor_core::wait_cleanly(child& one, time_point now) {
  one.state = child_state::waiting;
  one.due = now;
  one.postponed_since.reset();
  one.wait.reset();
  if (one.window)
    one.window->clear();
}

void supervisor_core::rest(child& one, std::string reason, time_point now, supervisor_action::list& todo) {
  auto lasts = one.policy.quarantine->lasts;
  one.state = child_state::quarantined;
  one.due = after(now, lasts);
  one.last_error = reason;
  todo.push_back(supervisor_action::report_failure{one.name, std::move(reason), "quarantined", lasts});
}

bool supervisor_core::give_up(child& one, supervisor_action::list& todo) {
  todo.push_back(supervisor_action::abandon{one.name, one.instance});
  one.abandoned.insert(one.instance);
  if (stopping() || one.abandoned.size() <= one.policy.max_abandoned)
    return true;
  one.state = child_state::quarantined;
  one.due = time_point::max();
  one.in_group = false;
  todo.push_back(supervisor_action::report_failure{
    one.name, std::to_string(one.abandoned.size()) + " instances of it are stuck", "given up", {}});
  return false;
}

void supervisor_core::failed(children_list::iterator one, std::string reason, time_point now,
                             supervisor_action::list& todo) {
  auto report = [&](std::string_view consequence, child_policy::duration wait) {
    todo.push_back(supervisor_action::report_failure{one->name, reason, consequence, wait});
  };
  one->last_error = reason;
  if (!std::exchange(one->tried, true) && !one->policy.retry_first_start) {
    report(phase_ == phase::started ? "not started" : "escalating", {});
    if (phase_ == phase::started) {
      children_.erase(one);
    } else {
      one->state = child_state::idle;
      begin_stopping(one->name + " could not be started: " + reason);
    }
    return;
  }
  if (one->policy.restart == restart_type::temporary) {
    report("not restarted", {});
    children_.erase(one);
    return;
  }
  if (one->window && !one->window->admit(now))
    return rest(*one, std::move(reason), now, todo);
  if (!one->window && !window_.admit(now)) {
    report("escalating", {});
    one->state = child_state::idle;
    begin_stopping("more than " + std::to_string(options_.limit.intensity) + " failures within "
                   + in_seconds(options_.limit.period) + ", the last one: " + one->name + ": " + reason);
    return;
  }
  auto wait = one->wait.next();
  report("restarting", wait);
  one->state = child_state::waiting;
  one->due = now + wait;
  ++one->restarts;
  if (is_group())
    take_down_group(one, one->due);
}

void supervisor_core::ended_for_good(children_list::iterator one) {
  one->tried = true;
  if (one->policy.restart == restart_type::temporary)
    children_.erase(one);
  else
    one->state = child_state::idle;
}

void supervisor_core::significant_ended(children_list::iterator one) {
  auto others = std::any_of(children_.begin(), children_.end(), [&](const child& x) {
    return &x != &*one && x.policy.significant && x.state != child_state::idle;
  });
  if (options_.ends_with == auto_shutdown::any_significant
      || (options_.ends_with == auto_shutdown::all_significant && !others))
    begin_stopping("the significant child " + one->name + " has ended");
}

// -- all of them ----------------------------------------------------------------------------------------------------------

bool supervisor_core::is_group() const noexcept {
  return options_.strategy == restart_strategy::rest_for_one || options_.strategy == restart_strategy::one_for_all;
}

void supervisor_core::take_down_group(children_list::iterator failed, time_point due) {
  resume_at_ = due;
  auto first = options_.strategy == restart_strategy::one_for_all ? children_.begin() : std::next(failed);
  for (auto one = first; one != children_.end(); ++one) {
    if (one == failed)
      continue;
    if (one->alive()) {
      one->in_group = true;
    } else if (one->tried && one->state != child_state::quarantined) {
      one->state = child_state::waiting; // as OTP: one that had ended for good is started as well
      one->due = due;
    }
  }
}

void supervisor_core::begin_stopping(std::string reason) {
  phase_ = phase::stopping;
  end_reason_ = std::move(reason);
  for (auto& one : children_)
    if (!one.alive())
      one.state = child_state::idle;
}

void supervisor_core::advance(time_point now, supervisor_action::list& todo) {
  if (phase_ == phase::stopping)
    stop_all(now, todo);
  else if (phase_ == phase::starting || phase_ == phase::started) {
    if (stop_group(now, todo))
      start_waiting(now, todo);
  }
  deadline_ = time_point::max();
  for (const auto& one : children_)
    // A child that waits for its turn instead of a moment is started when something has happened.
    if (one.state != child_state::idle && one.state != child_state::running
        && (one.state != child_state::waiting || one.due > now))
      deadline_ = std::min(deadline_, one.due);
}

bool supervisor_core::stop_group(time_point now, supervisor_action::list& todo) {
  for (auto one = children_.rbegin(); one != children_.rend(); ++one) {
    if (!one->in_group)
      continue;
    if (one->state == child_state::starting || one->state == child_state::running)
      begin_stop(*one, sequel::waiting, now, todo);
    return false;
  }
  return true;
}

void supervisor_core::stop_all(time_point now, supervisor_action::list& todo) {
  auto waited_for = false;
  for (auto one = children_.rbegin(); one != children_.rend(); ++one) {
    if (!one->alive())
      continue;
    waited_for = true;
    if (one->state == child_state::starting || one->state == child_state::running)
      begin_stop(*one, sequel::idle, now, todo);
    if (options_.strategy != restart_strategy::simple_one_for_one)
      return;
  }
  if (waited_for)
    return;
  phase_ = phase::finished;
  todo.push_back(supervisor_action::finish{end_reason_});
}

void supervisor_core::start_waiting(time_point now, supervisor_action::list& todo) {
  auto is_untried = [](const child& x) {
    return !x.tried && (x.state == child_state::waiting || x.state == child_state::starting);
  };
  auto blocked = false;
  for (auto& one : children_) {
    // In a group whoever comes later depends on those before. Otherwise the order holds for the first start only.
    auto has_turn = !blocked || (!is_group() && one.tried);
    if (one.state == child_state::waiting && one.due <= now && has_turn)
      begin_start(one, now, todo);
    if (is_group())
      blocked |= one.state == child_state::waiting || one.state == child_state::starting;
    else
      blocked |= phase_ == phase::starting && is_untried(one);
  }
  if (phase_ == phase::starting && std::none_of(children_.begin(), children_.end(), is_untried)) {
    phase_ = phase::started;
    todo.push_back(supervisor_action::all_started{});
  }
}

std::string_view to_string(supervisor_core::child_state state) noexcept {
  switch (state) {
    case child_state::idle: return "stopped";
    case child_state::waiting: return "restarting";
    case child_state::starting: return "starting";
    case child_state::running: return "running";
    case child_state::stopping:
    case child_state::killing: return "stopping";
    case child_state::quarantined: return "quarantined";
  }
  return "unknown";
}

} // namespace creamery
