#pragma once

#include "cogs/module.hpp"
#include "messages/result.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace creamery {

/// A cog's code in memory. Never unloaded: something of it might still be in use (DESIGN 9).
class cog_module {
public:
  explicit cog_module(const creamery_cog_descriptor& descriptor) noexcept : descriptor_(descriptor) {
  }

  const creamery_cog_descriptor& descriptor() const noexcept {
    return descriptor_;
  }

private:
  const creamery_cog_descriptor& descriptor_;
};

/// Finds cogs by their name and loads them, each version of a file once. Safe to be used by several threads.
class module_loader {
public:
  /// @param directories where `<name>.so` is looked for, in this order.
  explicit module_loader(std::vector<std::filesystem::path> directories) : directories_(std::move(directories)) {
  }

  /// The module of a cog. Fails, naming the paths tried, when there is none, and with the reason when it can't be loaded or
  /// was built for another version of the program.
  result<std::shared_ptr<const cog_module>> load(const std::string& name);

  /// When the module's file was changed last, in milliseconds since 1970; nothing: there is none.
  std::optional<int64_t> last_change(const std::string& name) const;

  /// The folders that modules are usually in: those in `search_path` (separated by ':'), `cogs` beside the program, and
  /// where an installation puts them.
  static std::vector<std::filesystem::path> usual_directories(const std::string& search_path);

  /// How many modules have been mapped, old versions included.
  size_t mapped() const;

private:
  mutable std::mutex mutex_;
  std::vector<std::filesystem::path> directories_;
  /// By path and time of the last change.
  std::unordered_map<std::string, std::shared_ptr<const cog_module>> loaded_;
};

} // namespace creamery
