#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace creamery {

/// The modules that took the process down too often, until their cogs have rested or somebody has let them go. Any thread
/// may use it.
class guilt_list {
public:
  struct guilt {
    /// When it did so last, in milliseconds since 1970.
    int64_t at = 0;
    /// What there is to tell about it.
    std::string what;

    friend bool operator==(const guilt&, const guilt&) = default;
  };

  explicit guilt_list(std::map<std::string, guilt> modules) : modules_(std::move(modules)) {
  }

  /// What is held against a module; nothing: nothing is.
  std::optional<guilt> of(const std::string& module) const {
    std::lock_guard guard{mutex_};
    auto found = modules_.find(module);
    return found == modules_.end() ? std::nullopt : std::optional{found->second};
  }

  void forgive(const std::string& module) {
    std::lock_guard guard{mutex_};
    modules_.erase(module);
  }

private:
  mutable std::mutex mutex_;
  std::map<std::string, guilt> modules_;
};

} // namespace creamery
