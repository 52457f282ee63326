#pragma once

#include "runtime/supervision/child_policy.hpp"
#include "runtime/supervision/restart_window.hpp"

#include <map>
#include <string>
#include <vector>

namespace creamery {

/// Takes commands whose handlers fail again and again out of service for a while, so that nobody can end a cog by spamming a
/// command, and its other commands go on. Knows no clock.
class command_quarantine {
public:
  using time_point = restart_window::clock::time_point;

  /// The third failure within a minute is one too many. Less patient than a cog's own quarantine, so that it comes first.
  static constexpr quarantine_policy default_policy{{2, std::chrono::minutes{1}}, std::chrono::minutes{10}};

  explicit command_quarantine(quarantine_policy policy = default_policy) : policy_(policy) {
  }

  /// The handler of this command failed. Returns whether the command rests from now on.
  bool failed(const std::string& command, time_point now) {
    auto& one = commands_.try_emplace(command, policy_.limit).first->second;
    if (one.window.admit(now))
      return false;
    one.window.clear();
    one.until = now + policy_.lasts;
    return true;
  }

  bool rests(const std::string& command, time_point now) const {
    auto one = commands_.find(command);
    return one != commands_.end() && now < one->second.until;
  }

  /// Those that rest, by name.
  std::vector<std::string> resting(time_point now) const {
    std::vector<std::string> result;
    for (const auto& [command, one] : commands_)
      if (now < one.until)
        result.push_back(command);
    return result;
  }

  /// Forgets all failures.
  void clear() noexcept {
    commands_.clear();
  }

  const quarantine_policy& policy() const noexcept {
    return policy_;
  }

private:
  struct record {
    explicit record(const restart_intensity& limit) : window(limit.intensity, limit.period) {
    }

    restart_window window;
    time_point until{};
  };

  quarantine_policy policy_;
  std::map<std::string, record> commands_;
};

} // namespace creamery
