#pragma once

#include <spdlog/logger.h>

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace creamery {

/// Where the service's log goes.
struct log_options {
  spdlog::level::level_enum level = spdlog::level::info;
  /// Levels of single components, by their names (`irc`, `net`, `router`, `outbox`, `bot`, `cog`, `program`).
  std::map<std::string, spdlog::level::level_enum> levels;
  /// Whether there is a console to write to.
  bool console = true;
  /// Empty: no file.
  std::string file;
  /// The file is replaced by a new one at this size, in bytes; so many old ones are kept.
  size_t max_size = 10 * 1024 * 1024;
  size_t files = 5;
};

/// Sets up the log; called once, before any actor is started. Equal messages that follow each other are written once, with
/// the number of those left out behind them. Throws `spdlog::spdlog_ex` when the file can't be opened.
void set_up_log(const log_options& options);

/// The logger of a component. `name` is what is shown, and `component` decides about its level.
std::shared_ptr<spdlog::logger> make_logger(const std::string& name, const std::string& component);

/// The same when the name is the component's.
inline std::shared_ptr<spdlog::logger> make_logger(const std::string& component) {
  return make_logger(component, component);
}

} // namespace creamery
