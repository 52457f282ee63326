#include "runtime/program/logging.hpp"

#include "runtime/telemetry/log.hpp"

#include <spdlog/common.h>

namespace creamery {

namespace {

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::trace: return spdlog::level::trace;
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warning: return spdlog::level::warn;
    case log_level::error: return spdlog::level::err;
    case log_level::critical: return spdlog::level::critical;
    case log_level::off: break;
  }
  return spdlog::level::off;
}

} // namespace

std::optional<failure> set_up_log(const logging_config& config) {
  log_options options{.level = to_spdlog(config.level),
                      .levels = {},
                      .console = true,
                      .file = config.file.string(),
                      .max_size = config.max_size_mb * 1024 * 1024,
                      .files = config.files};
  for (const auto& [component, level] : config.levels)
    options.levels[component] = to_spdlog(level);
  try {
    set_up_log(options);
    return std::nullopt;
  } catch (const spdlog::spdlog_ex& error) {
    return failure{config.file.string(), error.what()};
  }
}

} // namespace creamery
