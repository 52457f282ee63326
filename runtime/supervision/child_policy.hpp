#pragma once

#include "runtime/supervision/backoff.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace creamery {

/// Which children are restarted when one has failed (Erlang/OTP's supervisor strategies).
enum class restart_strategy : uint8_t {
  /// The failed one.
  one_for_one,
  /// The failed one and those that were started after it, which depend on it.
  rest_for_one,
  /// All of them.
  one_for_all,
  /// The failed one; children come and go, their order means nothing, and they are stopped all at once.
  simple_one_for_one,
};

/// Whether a child that has ended by itself is restarted.
enum class restart_type : uint8_t {
  permanent,
  /// Only when it failed.
  transient,
  /// Never, not even with its siblings; it is forgotten as soon as it has ended.
  temporary,
};

/// Whether a supervisor ends when significant children have ended by themselves and are not restarted.
enum class auto_shutdown : uint8_t { never, any_significant, all_significant };

/// How a child ended.
enum class exit_kind : uint8_t {
  /// It was done.
  normal,
  /// It was asked to, by whomever.
  shutdown,
  /// It failed, or was killed.
  failure,
};

/// More than `intensity` failures within a period of this length are too many.
struct restart_intensity {
  /// OTP's default.
  size_t intensity = 1;
  std::chrono::steady_clock::duration period = std::chrono::seconds{5};
};

/// What becomes of a child that fails too often, instead of taking its supervisor with it: it rests for a while.
struct quarantine_policy {
  restart_intensity limit;
  /// Then it is tried again, with a clean record.
  std::chrono::steady_clock::duration lasts = std::chrono::minutes{10};
};

/// How one child is treated.
struct child_policy {
  using duration = std::chrono::steady_clock::duration;

  static constexpr duration forever = duration::max();

  restart_type restart = restart_type::permanent;
  /// From its start until it says that it is ready; then it counts as failed.
  duration start_timeout = std::chrono::seconds{30};
  /// From being asked to end until it is killed; zero: it is killed at once.
  duration shutdown = std::chrono::seconds{5};
  /// From being killed until it is given up: an actor that is stuck in its own code can't be ended.
  duration abandon = forever;
  /// So many instances that were given up may still be there; one more, and the child isn't replaced any more until somebody
  /// restarts it.
  size_t max_abandoned = 3;
  /// Before a restart. OTP has none.
  backoff::options wait = {.first = {}, .cap = std::chrono::minutes{1}};
  /// One that has lived for so long is healthy: its next failure is a first one again.
  duration healthy_after = std::chrono::seconds{30};
  /// A first start that fails is repeated like any other, instead of ending the supervisor, as OTP has it.
  bool retry_first_start = false;
  /// Counts for the supervisor's `auto_shutdown`.
  bool significant = false;
  /// Its failures count for itself, not for its supervisor.
  std::optional<quarantine_policy> quarantine = {};
};

} // namespace creamery
