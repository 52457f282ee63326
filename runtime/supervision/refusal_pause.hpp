#pragma once

#include <chrono>

namespace creamery {

/// When what was refused for want of somebody's grant is asked for again: rarely; but soon, and more than once, when something has just
/// been granted, since that takes a moment to get everywhere.
class refusal_pause {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  struct options {
    /// After a refusal.
    clock::duration pause = std::chrono::minutes{30};
    /// After a refusal shortly after a grant.
    clock::duration short_pause = std::chrono::seconds{5};
    /// What is shortly after a grant.
    clock::duration shortly = std::chrono::seconds{15};
  };

  explicit refusal_pause(options o) : options_(o) {
  }

  /// Something was granted: whatever was refused is to be asked for now.
  void granted(time_point now) {
    granted_until_ = now + options_.shortly;
  }

  /// It was refused now: when to ask again.
  time_point after_refusal(time_point now) const {
    return now + (now < granted_until_ ? options_.short_pause : options_.pause);
  }

private:
  options options_;
  time_point granted_until_ = time_point::min();
};

} // namespace creamery
