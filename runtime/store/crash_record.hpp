#pragma once

#include "messages/result.hpp"
#include "runtime/supervision/guilt_list.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// What took the process down: a segmentation fault, an abort and the like. Written by the process itself, in its last moment,
/// and read by the next one.
struct crash {
  /// When, in milliseconds since 1970.
  int64_t at = 0;
  /// `SIGSEGV`, `SIGABRT`, …
  std::string signal;
  /// The module whose code was running, and the cog that it was for, as `<bot>/<cog>`; empty: the program's own code.
  std::string module;
  std::string cog;

  friend bool operator==(const crash&, const crash&) = default;
};

/// The crashes in a file, the oldest first; those from before `since` are left out, and what can't be read. Fails when the file
/// can't be read; one that isn't there is empty.
result<std::vector<crash>> read_crashes(const std::filesystem::path& file, int64_t since);

/// The same from the file's text.
std::vector<crash> parse_crashes(std::string_view text, int64_t since);

/// The modules that took the process down at least so many times.
std::map<std::string, guilt_list::guilt> guilty_modules(const std::vector<crash>& crashes, size_t times);

/// From now on crashes are written to this file, before the process ends as it would have anyway. It begins with those that are
/// `known`. Fails when the file can't be written.
std::optional<failure> record_crashes(const std::filesystem::path& file, const std::vector<crash>& known);

/// What a thread is running, for the record.
class crash_culprit {
public:
  crash_culprit(std::string_view module, std::string_view cog);

private:
  friend class crash_scope;

  std::string text_;
};

/// While this exists, its thread runs somebody else's code: a crash is theirs. Gives the thread, once, a stack for the last moment,
/// since its own may have run over.
class crash_scope {
public:
  explicit crash_scope(const crash_culprit& culprit) noexcept;
  crash_scope(const crash_scope&) = delete;
  crash_scope& operator=(const crash_scope&) = delete;
  ~crash_scope();

private:
  const char* before_;
};

} // namespace creamery
