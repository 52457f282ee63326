#pragma once

#include "actors/exceptions.hpp"
#include "actors/gathering.hpp"
#include "actors/interfaces.hpp"
#include "actors/wake_up.hpp"
#include "runtime/supervision/supervisor_core.hpp"

#include <spdlog/logger.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery {

/// How an actor ended, in the words of supervision.
inline exit_kind exit_kind_of(const caf::error& reason) {
  if (!reason)
    return exit_kind::normal;
  return reason == caf::exit_reason::user_shutdown ? exit_kind::shutdown : exit_kind::failure;
}

/// Why an actor ended, for people.
inline std::string reason_of(const caf::error& reason) {
  if (reason && reason.context().match_elements<std::string>())
    return reason.context().get_as<std::string>(0);
  return caf::to_string(reason);
}

/// Keeps the children of an actor alive, by the rules of `supervisor_core`. A part of the actor that owns it, which passes on
/// the messages of `supervising_actor`. When that actor is asked to end, it ends after its children; when the core gives up, it
/// ends as well.
template <class Self>
class supervisor {
public:
  /// What there is to know of a child.
  struct child {
    std::string name;
    /// What it is, for reports.
    std::string kind;
    child_policy policy;
    /// It is a `supervising_actor` itself.
    bool supervises = false;
    /// Starts an instance, and introduces it to those it talks to. A null pointer: what it needs is still in the hands of its
    /// predecessor, which is about to end.
    std::function<caf::actor()> start;
    /// The ways in which it can be told to fail, besides being killed.
    std::vector<std::string> faults = {};
    /// Called when somebody restarts it by hand: what is held against it is forgotten.
    std::function<void()> forgive = [] {};
    /// Called when an instance is stuck and isn't waited for any more.
    std::function<void()> given_up = [] {};
  };

  /// @param on_give_up called when the children fail too often: whatever is wrong may be in what is kept for them.
  supervisor(
    Self* self, std::shared_ptr<spdlog::logger> log, supervisor_core::options options,
    std::function<void()> on_give_up = [] {})
    : self_(self), log_(std::move(log)), core_(options, std::random_device{}()), on_give_up_(std::move(on_give_up)) {
    end_with_exceptions(self_);
    self_->set_down_handler([this](const caf::down_msg& down) { ended(down); });
    self_->set_exit_handler([this](const caf::exit_msg& request) { stop(request.reason); });
  }

  supervisor(const supervisor&) = delete;
  supervisor& operator=(const supervisor&) = delete;

  /// However the owner ends, be it that it is killed: children without a supervisor would live on beside those of its
  /// successor. Nobody is left who could wait for them, so they aren't asked.
  ~supervisor() {
    for (auto one = running_.rbegin(); one != running_.rend(); ++one)
      caf::anon_send_exit(one->address, caf::exit_reason::kill);
  }

  /// One more child: started in its turn by `start`, or at once after that. Its name has no '/' in it.
  void add(child one) {
    auto name = one.name;
    auto policy = one.policy;
    specs_.insert_or_assign(name, std::move(one));
    change([&](auto& todo) { core_.add(name, policy, now(), todo); });
  }

  /// A child that was added begins in quarantine.
  void quarantine(std::string_view name, std::string reason) {
    change([&](auto& todo) { core_.quarantine_child(name, std::move(reason), now(), todo); });
  }

  /// Names a child that could not even be started, so that it is seen.
  void add_failed(std::string name, std::string kind, std::string why) {
    failed_to_load_.push_back({std::move(name), std::move(kind), "failed to load", 0, std::move(why), 0, 0, {}});
  }

  /// Starts the children.
  void start() {
    change([this](auto& todo) { core_.start(now(), todo); });
  }

  // -- the messages of `supervising_actor` -------------------------------------------------------------------------------------

  /// The behaviour of the owner, which is a `supervising_actor`: what the supervisor does, and the owner's own handlers, among
  /// them that of `drain_atom`.
  template <class Handle, class... Handlers>
  typename Handle::behavior_type behavior(Handlers... own) {
    return {
      [this](ready_atom) { return ready(); },
      [this](caf::tick_atom) { tick(); },
      [this](restart_atom, const std::string& path) { return restart(path); },
      [this](tree_atom) { return report(); },
      [this](fault_atom, const std::string& path, const std::string& what) { return fault(path, what); },
      std::move(own)...,
    };
  }

  caf::result<void> ready() {
    if (started_)
      return caf::unit;
    asked_if_ready_.push_back(self_->template make_response_promise<void>());
    return asked_if_ready_.back();
  }

  void tick() {
    alarm_.rang(self_);
    change([this](auto& todo) { core_.expire(now(), todo); });
  }

  caf::result<void> restart(std::string_view path) {
    auto name = path.substr(0, path.find('/'));
    if (name.size() < path.size()) {
      if (auto* next = find(name); next != nullptr && specs_.at(next->name).supervises)
        return self_->delegate(caf::actor_cast<supervising_actor>(next->address), restart_atom_v,
                               std::string{path.substr(name.size() + 1)});
    } else if (change([&](auto& todo) { return core_.restart_child(name, now(), todo); })) {
      specs_.at(std::string{name}).forgive();
      log_->info("{} is restarted by hand", name);
      return caf::unit;
    }
    return caf::make_error(caf::sec::invalid_argument, "there is no '" + std::string{path} + "' here");
  }

  caf::result<void> fault(std::string_view path, const std::string& what) {
    auto name = path.substr(0, path.find('/'));
    auto* one = find(name);
    if (one == nullptr)
      return caf::make_error(caf::sec::invalid_argument, "there is no '" + std::string{path} + "' here");
    if (name.size() < path.size()) {
      if (specs_.at(one->name).supervises)
        return self_->delegate(caf::actor_cast<supervising_actor>(one->address), fault_atom_v,
                               std::string{path.substr(name.size() + 1)}, what);
    } else if (what == "kill") {
      caf::anon_send_exit(one->address, caf::exit_reason::kill);
      return caf::unit;
    } else if (const auto& faults = specs_.at(one->name).faults;
               std::find(faults.begin(), faults.end(), what) != faults.end()) {
      self_->send(caf::actor_cast<fault_target_actor>(one->address), fault_atom_v, what);
      return caf::unit;
    }
    return caf::make_error(caf::sec::invalid_argument, "'" + what + "' can't be done to '" + std::string{path} + "'");
  }

  caf::result<std::vector<child_report>> report() {
    auto present = present_children();
    gathering<std::vector<child_report>> all{self_, present};
    for (size_t i = 0; i < present.size(); ++i) {
      auto* there = find(present[i].name);
      if (there == nullptr || !specs_.at(present[i].name).supervises)
        continue;
      all.template ask<std::vector<child_report>>(
        self_, caf::actor_cast<supervising_actor>(there->address), report_timeout,
        [i](auto& answer, auto& below) { answer[i].children = std::move(below); }, tree_atom_v);
    }
    return all.when_complete();
  }

  /// The present instance of a child is stuck in its own code. False: it was given up before.
  bool stuck(std::string_view name, std::string reason) {
    auto* one = find(name);
    if (one == nullptr)
      return false;
    auto number = one->number;
    return change([&](auto& todo) { return core_.stuck(name, number, std::move(reason), now(), todo); });
  }

private:
  /// How long a child may take to tell about its own children.
  static constexpr auto report_timeout = std::chrono::seconds{1};

  struct instance {
    std::string name;
    uint64_t number;
    caf::actor address;
  };

  supervisor_core::time_point now() const {
    return self_->clock().now();
  }

  instance* find(std::string_view name) {
    // The latest one: those before it are stuck.
    auto i = std::find_if(running_.rbegin(), running_.rend(), [name](const auto& x) { return x.name == name; });
    return i == running_.rend() ? nullptr : &*i;
  }

  /// Lets the core decide, and does what it says. Returns what the core did.
  template <class Decide>
  auto change(Decide decide) {
    supervisor_action::list todo;
    if constexpr (std::is_void_v<decltype(decide(todo))>) {
      decide(todo);
      carry_out(todo);
    } else {
      auto result = decide(todo);
      carry_out(todo);
      return result;
    }
  }

  void carry_out(supervisor_action::list& todo) {
    for (auto& action : todo)
      std::visit([this](auto& x) { carry_out(x); }, action);
    alarm_.at(self_, core_.deadline());
  }

  void carry_out(supervisor_action::start& x) {
    auto address = specs_.at(x.child).start();
    if (!address)
      return change([&](auto& todo) { core_.postponed(x.child, x.instance, now(), todo); });
    running_.push_back({x.child, x.instance, address});
    self_->monitor(address);
    self_->request(address, caf::infinite, ready_atom_v)
      .then([this, name = x.child,
             number = x.instance] { change([&](auto& todo) { core_.ready(name, number, now(), todo); }); },
            [](const caf::error&) {
              // It has ended; the monitor tells.
            });
  }

  void carry_out(supervisor_action::stop& x) {
    end(x.instance, caf::exit_reason::user_shutdown);
  }

  void carry_out(supervisor_action::kill& x) {
    end(x.instance, caf::exit_reason::kill);
  }

  void carry_out(supervisor_action::abandon& x) {
    log_->error("{} can't be ended: it is given up", x.child);
    specs_.at(x.child).given_up();
  }

  void carry_out(supervisor_action::report_failure& x) {
    auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(x.wait).count();
    if (x.consequence == "restarting")
      log_->warn("{} failed ({}): restarting it in {} ms", x.child, x.reason, ms);
    else if (x.consequence == "quarantined")
      log_->error("{} failed ({}), once too often: it rests for {} s", x.child, x.reason, ms / 1000);
    else
      log_->error("{} failed ({}): {}", x.child, x.reason, x.consequence);
  }

  void carry_out(supervisor_action::all_started&) {
    started_ = true;
    for (auto& one : std::exchange(asked_if_ready_, {}))
      one.deliver();
  }

  void carry_out(supervisor_action::finish& x) {
    if (!stop_reason_) {
      log_->error("ends with its children: {}", x.reason);
      on_give_up_();
      stop_reason_ = caf::make_error(caf::exit_reason::user_shutdown, x.reason);
    }
    self_->quit(*stop_reason_);
  }

  void stop(caf::error reason) {
    if (!stop_reason_)
      stop_reason_ = std::move(reason);
    change([this](auto& todo) { core_.stop(now(), todo); });
  }

  void end(uint64_t number, caf::exit_reason how) {
    for (const auto& one : running_)
      if (one.number == number)
        caf::anon_send_exit(one.address, how);
  }

  void ended(const caf::down_msg& down) {
    auto one =
      std::find_if(running_.begin(), running_.end(), [&](const auto& x) { return x.address.address() == down.source; });
    if (one == running_.end())
      return;
    auto gone = std::move(*one);
    running_.erase(one);
    change([&](auto& todo) {
      core_.ended(gone.name, gone.number, exit_kind_of(down.reason), reason_of(down.reason), now(), todo);
    });
  }

  std::vector<child_report> present_children() const {
    std::vector<child_report> result;
    for (const auto& x : core_.children()) {
      auto up = x.state == supervisor_core::child_state::running ? now() - x.running_since : std::chrono::seconds{0};
      result.push_back({std::string{x.name},
                        specs_.at(std::string{x.name}).kind,
                        std::string{to_string(x.state)},
                        x.restarts,
                        std::string{x.last_error},
                        std::chrono::duration_cast<std::chrono::milliseconds>(up).count(),
                        x.abandoned,
                        {}});
    }
    result.insert(result.end(), failed_to_load_.begin(), failed_to_load_.end());
    return result;
  }

  Self* self_;
  std::shared_ptr<spdlog::logger> log_;
  supervisor_core core_;
  std::function<void()> on_give_up_;
  wake_up alarm_;
  std::map<std::string, child> specs_;
  std::vector<child_report> failed_to_load_;
  std::vector<instance> running_;
  bool started_ = false;
  std::vector<caf::typed_response_promise<void>> asked_if_ready_;
  std::optional<caf::error> stop_reason_;
};

} // namespace creamery
