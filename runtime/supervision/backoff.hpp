#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <random>

namespace creamery {

/// How long to wait before the next try: twice as long after every failure, up to a cap, with jitter so that many who
/// failed together don't try again together (Akka's BackoffSupervisor). Knows no clock.
class backoff {
public:
  using duration = std::chrono::steady_clock::duration;

  struct options {
    /// The wait after the first failure.
    duration first = std::chrono::seconds{1};
    /// No wait is longer than this, jitter included.
    duration cap = std::chrono::minutes{2};
    /// The share of a wait that is random, from 0 to 1: a wait w becomes something between w·(1-jitter) and w.
    double jitter = 0.5;
  };

  /// @param seed starts the sequence of random numbers: one seed, one sequence.
  backoff(options o, uint64_t seed) : options_(o), random_(seed) {
  }

  /// Records a failure and tells how long to wait before the next try.
  duration next() {
    auto wait = std::min(options_.cap, scaled());
    ++failures_;
    auto share = std::uniform_real_distribution<double>{1 - options_.jitter, 1}(random_);
    return std::chrono::duration_cast<duration>(wait * share);
  }

  /// Forgets the failures: it works again.
  void reset() noexcept {
    failures_ = 0;
  }

  /// How many failures in a row have been recorded.
  uint32_t failures() const noexcept {
    return failures_;
  }

private:
  duration scaled() const noexcept {
    // 2^30 seconds are 34 years: more doublings only overflow.
    auto doublings = std::min<uint32_t>(failures_, 30);
    if (options_.first > options_.cap / (int64_t{1} << doublings))
      return options_.cap;
    return options_.first * (int64_t{1} << doublings);
  }

  options options_;
  std::minstd_rand random_;
  uint32_t failures_ = 0;
};

} // namespace creamery
