#include "runtime/telemetry/log.hpp"

#include <spdlog/sinks/dup_filter_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <chrono>
#include <mutex>

namespace creamery {

namespace {

/// How long equal messages are held back before the next one is written again.
constexpr auto repetition_period = std::chrono::seconds{10};

struct log_state {
  std::mutex mutex;
  log_options options;
  spdlog::sink_ptr sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>();
};

log_state& state() {
  static log_state instance;
  return instance;
}

} // namespace

void set_up_log(const log_options& options) {
  auto all = std::make_shared<spdlog::sinks::dup_filter_sink_mt>(repetition_period);
  if (options.console)
    all->add_sink(std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  if (!options.file.empty())
    all->add_sink(
      std::make_shared<spdlog::sinks::rotating_file_sink_mt>(options.file, options.max_size, options.files));
  all->set_pattern("%Y-%m-%d %H:%M:%S.%e %^%-7l%$ [%n] %v");
  std::lock_guard guard{state().mutex};
  state().options = options;
  state().sink = std::move(all);
}

std::shared_ptr<spdlog::logger> make_logger(const std::string& name, const std::string& component) {
  std::lock_guard guard{state().mutex};
  auto logger = std::make_shared<spdlog::logger>(name, state().sink);
  auto special = state().options.levels.find(component);
  logger->set_level(special == state().options.levels.end() ? state().options.level : special->second);
  logger->flush_on(spdlog::level::warn);
  return logger;
}

} // namespace creamery
