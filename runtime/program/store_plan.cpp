#include "runtime/program/store_plan.hpp"

#include "runtime/store/crash_record.hpp"
#include "runtime/store/files.hpp"
#include "runtime/store/reading_state.hpp"
#include "runtime/store/text_file.hpp"
#include "runtime/telemetry/log.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <chrono>
#include <utility>

namespace creamery {

namespace {

/// A module that takes the process down so often within so long begins in quarantine. Longer than the quarantine lasts, so
/// that one more crash after it is enough.
constexpr size_t guilty_after = 2;
constexpr auto short_time = std::chrono::hours{1};

constexpr size_t max_reading_size = 16 << 20;

reading_state last_reading(const std::filesystem::path& file, spdlog::logger& log) {
  auto text = read_text(file, max_reading_size);
  if (text && !*text)
    return {}; // the first start
  auto state = text ? parse_reading_state(**text) : result<reading_state>{text.error()};
  if (state)
    return std::move(*state);
  log.error("{}: {}: what was missed since the last run isn't known", file.string(), to_string(state.error()));
  return {};
}

std::map<std::string, std::string> guilty_of(const std::vector<crash>& crashes, spdlog::logger& log) {
  for (const auto& one : crashes)
    log.warn("{} {}, {}", utc_time(one.at), one.signal,
             one.cog.empty() ? "in the program itself: the process ended"
                             : "in the cog " + one.cog + ": the process ended");
  return guilty_modules(crashes, guilty_after);
}

} // namespace

result<opened_store> open_store(const std::filesystem::path& path) {
  auto folder = store_folder::open(path);
  if (!folder)
    return folder.error();
  std::error_code error;
  std::filesystem::create_directory(path / store_files::budgets, error);
  if (error)
    return failure{"store.path", (path / store_files::budgets).string() + " can't be made: " + error.message()};
  auto log = make_logger("store");
  auto since = unix_milliseconds(std::chrono::steady_clock::now() - short_time);
  auto crashes = read_crashes(path / store_files::crashes, since);
  if (!crashes)
    return crashes.error();
  if (auto failed = record_crashes(path / store_files::crashes, since))
    return *failed;
  store_settings settings{path, last_reading(path / store_files::reading, *log), guilty_of(*crashes, *log)};
  return opened_store{std::move(*folder), std::move(settings)};
}

} // namespace creamery
