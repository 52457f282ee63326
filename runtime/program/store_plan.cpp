#include "runtime/program/store_plan.hpp"

#include "runtime/store/crash_record.hpp"
#include "runtime/store/durable_store.hpp"
#include "runtime/store/files.hpp"
#include "runtime/store/reading_state.hpp"
#include "runtime/store/text_file.hpp"
#include "runtime/telemetry/log.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

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
  if (!state) {
    log.error("{}: {}: what was missed since the last run isn't known", file.string(), to_string(state.error()));
    return {};
  }
  auto now = unix_milliseconds();
  for (auto& [name, bot] : state->bots) {
    for (auto& [channel, until] : bot.read)
      until = std::min(until, now); // the clock may have been set back
    for (const auto& gap : missed_by_cogs(bot))
      log.warn("{}: the cog {} did not come to what was said in #{} between {} and {}", name, gap.cog, gap.channel,
               utc_time(gap.from), utc_time(gap.to));
  }
  return std::move(*state);
}

std::vector<crash> last_crashes(const std::filesystem::path& file, int64_t since, spdlog::logger& log) {
  auto crashes = read_crashes(file, since);
  if (!crashes) {
    log.error("{}: it is begun anew", to_string(crashes.error()));
    return {};
  }
  for (const auto& one : *crashes)
    log.warn("{} {}, {}", utc_time(one.at), one.signal,
             one.cog.empty() ? "in the program itself: the process ended"
                             : "in the cog " + one.cog + ": the process ended");
  return std::move(*crashes);
}

} // namespace

result<opened_store> open_store(const std::filesystem::path& path, const secret& key) {
  auto folder = store_folder::open(path);
  if (!folder)
    return folder.error();
  auto vault = token_vault::open(path, key);
  if (!vault)
    return vault.error();
  std::error_code error;
  std::filesystem::create_directory(path / store_files::budgets, error);
  if (error)
    return failure{"store.path", (path / store_files::budgets).string() + " can't be made: " + error.message()};
  auto durable = durable_store::open(path);
  if (!durable)
    return durable.error();
  auto log = make_logger("store");
  auto since = unix_milliseconds(std::chrono::steady_clock::now() - short_time);
  auto crashes = last_crashes(path / store_files::crashes, since, *log);
  if (auto failed = record_crashes(path / store_files::crashes, crashes))
    return *failed;
  store_settings settings{path, last_reading(path / store_files::reading, *log),
                          std::make_shared<guilt_list>(guilty_modules(crashes, guilty_after)),
                          std::shared_ptr<durable_store>{std::move(*durable)}};
  return opened_store{std::move(*folder), std::move(settings), std::shared_ptr<token_vault>{std::move(*vault)}};
}

} // namespace creamery
