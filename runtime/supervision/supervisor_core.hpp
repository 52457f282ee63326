#pragma once

#include "runtime/supervision/child_policy.hpp"
#include "runtime/supervision/restart_window.hpp"

#include <chrono>
#include <cstdint>
#include <list>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace creamery {

/// What the owner of a supervisor core has to do next, in order.
namespace supervisor_action {

/// Start this child; say `ready` and `ended` under this instance number.
struct start {
  std::string child;
  uint64_t instance;
  friend bool operator==(const start&, const start&) = default;
};

/// Ask it to end.
struct stop {
  std::string child;
  uint64_t instance;
  friend bool operator==(const stop&, const stop&) = default;
};

/// End it at once.
struct kill {
  std::string child;
  uint64_t instance;
  friend bool operator==(const kill&, const kill&) = default;
};

/// It can't be ended, and is no longer waited for. What it still says must not count any more.
struct abandon {
  std::string child;
  uint64_t instance;
  friend bool operator==(const abandon&, const abandon&) = default;
};

/// The child failed, and what follows from that; for the log.
struct report_failure {
  std::string child;
  std::string reason;
  /// `restarting` or `quarantined` (both after `wait`), `given up`, `not started`, `not restarted`, or `escalating`.
  std::string_view consequence;
  std::chrono::steady_clock::duration wait;
  friend bool operator==(const report_failure&, const report_failure&) = default;
};

/// Every child has been started once: the supervisor itself is ready.
struct all_started {
  friend bool operator==(const all_started&, const all_started&) = default;
};

/// All children have ended, and the supervisor is to end as well: `exit_kind::shutdown`, whatever led to it (OTP).
struct finish {
  std::string reason;
  friend bool operator==(const finish&, const finish&) = default;
};

using any = std::variant<start, stop, kill, abandon, report_failure, all_started, finish>;

using list = std::vector<any>;

} // namespace supervisor_action

/// Decides what a supervisor does, with Erlang/OTP's semantics (peers D1), back-off (Akka's BackoffSupervisor) and
/// quarantine. No actor, no clock: it is told what happened and what time it is, and says what to do.
///
/// Children are started in the order in which they were added, each when the one before is ready, and stopped in reverse
/// order. OTP's `ignore` is a child that ends normally before it is ready: it isn't restarted, and the next one is started.
class supervisor_core {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  struct options {
    restart_strategy strategy = restart_strategy::one_for_one;
    /// More failures than that, and the supervisor stops its children and ends: its own supervisor decides.
    restart_intensity limit = {};
    auto_shutdown ends_with = auto_shutdown::never;
  };

  /// How a child stands.
  enum class child_state : uint8_t {
    /// It ended by itself and isn't restarted, or was stopped by hand.
    idle,
    /// It will be started: its turn, or its time, hasn't come yet.
    waiting,
    starting,
    running,
    /// It was asked to end.
    stopping,
    /// It was killed.
    killing,
    /// It failed too often.
    quarantined,
  };

  struct child_view {
    std::string_view name;
    child_state state;
    uint64_t instance;
    /// How often it was started again after a failure, or along with a sibling that had failed.
    uint64_t restarts;
    /// Instances that were given up and have not ended yet.
    size_t abandoned;
    /// Since when it has been ready; meaningless unless it is running.
    time_point running_since;
    /// Why it ended last; empty: it hasn't.
    std::string_view last_error;
  };

  /// @param seed for the jitter of the back-off.
  supervisor_core(options o, uint64_t seed) : options_(o), window_(o.limit.intensity, o.limit.period), seed_(seed) {
  }

  /// One more child, at the end of the order. It is started in its turn; when the supervisor has started, at once. False: there
  /// is one of that name.
  bool add(std::string name, child_policy policy, time_point now, supervisor_action::list& todo);

  /// Starts the children.
  void start(time_point now, supervisor_action::list& todo);

  /// This instance is ready.
  void ready(std::string_view child, uint64_t instance, time_point now, supervisor_action::list& todo);

  /// This instance can't be started yet, because its predecessor, which is about to end, still has what it needs. It is tried
  /// again in a moment; that is no failure, unless it takes longer than a start may.
  void postponed(std::string_view child, uint64_t instance, time_point now, supervisor_action::list& todo);

  /// This instance has ended, or could not even be started.
  void ended(std::string_view child, uint64_t instance, exit_kind kind, std::string reason, time_point now,
             supervisor_action::list& todo);

  /// This instance is stuck in its own code: gives it up and treats it as failed. False: it was given up already, or isn't there.
  bool stuck(std::string_view child, uint64_t instance, std::string reason, time_point now,
             supervisor_action::list& todo);

  /// `deadline()` has come.
  void expire(time_point now, supervisor_action::list& todo);

  /// When to call `expire`; `time_point::max()`: only after something has happened.
  time_point deadline() const noexcept {
    return deadline_;
  }

  /// Stops the children in reverse order; `finish` follows.
  void stop(time_point now, supervisor_action::list& todo);

  // -- by hand: each returns false when there is no such child, or the supervisor is stopping ---------------------------------

  /// Stops a child that is there, starts it again or for the first time in any case, with a clean record.
  bool restart_child(std::string_view child, time_point now, supervisor_action::list& todo);

  /// A child that isn't running, and may be in quarantine, begins in it.
  bool quarantine_child(std::string_view child, std::string reason, time_point now, supervisor_action::list& todo);

  /// Stops a child; it stays known.
  bool stop_child(std::string_view child, time_point now, supervisor_action::list& todo);

  /// Stops a child and forgets it.
  bool remove_child(std::string_view child, time_point now, supervisor_action::list& todo);

  /// The children in their order.
  std::vector<child_view> children() const;

  bool stopping() const noexcept {
    return phase_ == phase::stopping || phase_ == phase::finished;
  }

private:
  enum class phase : uint8_t { fresh, starting, started, stopping, finished };

  /// What becomes of a child once it has ended as it was told to.
  enum class sequel : uint8_t {
    idle,
    waiting,
    /// It is forgotten.
    removal,
    /// It was killed because it didn't get ready in time: a failure.
    failure,
  };

  struct child {
    child(std::string its_name, child_policy its_policy, uint64_t seed)
      : name(std::move(its_name)), policy(its_policy), wait(its_policy.wait, seed) {
      if (policy.quarantine)
        window.emplace(policy.quarantine->limit.intensity, policy.quarantine->limit.period);
    }

    bool alive() const noexcept {
      return state >= child_state::starting && state <= child_state::killing;
    }

    std::string name;
    child_policy policy;
    backoff wait;
    std::optional<restart_window> window;
    child_state state = child_state::waiting;
    sequel then = sequel::idle;
    uint64_t instance = 0;
    std::set<uint64_t> abandoned;
    /// When it is to be started, or when the patience with its present state ends.
    time_point due{};
    time_point running_since{};
    /// Its first start is over, however it went.
    bool tried = false;
    /// It goes down because of a sibling; those go one after the other.
    bool in_group = false;
    uint64_t restarts = 0;
    std::string last_error;
    /// Since when its start is postponed again and again.
    std::optional<time_point> postponed_since;
  };

  using children_list = std::list<child>;

  children_list::iterator find(std::string_view name);
  void begin_start(child& one, time_point now, supervisor_action::list& todo);
  void begin_stop(child& one, sequel then, time_point now, supervisor_action::list& todo);
  void begin_kill(child& one, sequel then, time_point now, supervisor_action::list& todo);
  /// Stops it, if it is there; what becomes of it then.
  bool take_down(std::string_view name, sequel then, time_point now, supervisor_action::list& todo);
  /// It is gone, as it was meant to be.
  void carry_on(children_list::iterator one, time_point now, supervisor_action::list& todo);
  /// It will be started at once; its failures are forgotten.
  static void wait_cleanly(child& one, time_point now);
  /// It isn't started for a while.
  static void rest(child& one, std::string reason, time_point now, supervisor_action::list& todo);
  /// It isn't waited for any more. False: too many of its instances are stuck, so there will be no other one.
  bool give_up(child& one, supervisor_action::list& todo);
  /// It ended by itself and is to be started again, or could not be started.
  void failed(children_list::iterator one, std::string reason, time_point now, supervisor_action::list& todo);
  /// It ended by itself and is not started again.
  void ended_for_good(children_list::iterator one);
  void significant_ended(children_list::iterator one);
  bool is_group() const noexcept;
  /// Those that share the fate of one that failed go down and are started again, from `due` on.
  void take_down_group(children_list::iterator failed, time_point due);
  void begin_stopping(std::string reason);
  /// Does whatever can be done now.
  void advance(time_point now, supervisor_action::list& todo);
  /// Stops what is to go down, in reverse order. False: something is still on its way down.
  bool stop_group(time_point now, supervisor_action::list& todo);
  void stop_all(time_point now, supervisor_action::list& todo);
  void start_waiting(time_point now, supervisor_action::list& todo);

  options options_;
  restart_window window_;
  uint64_t seed_;
  phase phase_ = phase::fresh;
  children_list children_;
  uint64_t last_instance_ = 0;
  /// When those that went down along with another one are started again.
  time_point resume_at_{};
  time_point deadline_ = time_point::max();
  std::string end_reason_;
};

/// `running`, `restarting`, …: for people and for the API.
std::string_view to_string(supervisor_core::child_state state) noexcept;

} // namespace creamery
