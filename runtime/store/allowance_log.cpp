#include "runtime/store/allowance_log.hpp"

#include "runtime/store/text_file.hpp"

#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <ctime>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <unistd.h>

namespace creamery {

namespace {

using kind = allowance_log::kind;
using use = allowance_log::use;

constexpr std::array<std::string_view, 3> kind_names{"message", "login  ", "join   "};

/// Every use has a line of this length, so that one can be replaced by another.
constexpr size_t line_size = 32;

constexpr size_t max_file_size = 4 << 20;

/// More in one line is no line of ours.
constexpr size_t max_count = 100'000;

std::string to_line(const use& x) {
  return fmt::format("{} {:>14} {:>8}\n", kind_names[static_cast<size_t>(x.what)], x.at, x.count);
}

/// Takes a number and the spaces before it from the beginning of `line`.
template <class T>
bool take(std::string_view& line, T& value) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value);
  line.remove_prefix(static_cast<size_t>(end - line.data()));
  return error == std::errc{};
}

/// Nothing: an empty slot, or a line that was only half written when the machine ended.
std::optional<use> parse_line(std::string_view line) {
  for (size_t i = 0; i < kind_names.size(); ++i) {
    use x{static_cast<kind>(i), 0, 0};
    if (!line.starts_with(kind_names[i]))
      continue;
    line.remove_prefix(kind_names[i].size());
    if (take(line, x.at) && take(line, x.count) && x.at > 0 && x.count > 0 && x.count <= max_count)
      return x;
  }
  return std::nullopt;
}

} // namespace

allowance_log::allowance_log(const account_limits& limits) {
  // As many as may happen in one period: each use counts for one at least.
  std::array<size_t, 3> sizes{std::max(limits.messages, limits.privileged_messages), limits.logins, limits.joins};
  size_t offset = 0;
  for (size_t i = 0; i < sizes.size(); ++i) {
    rings_[i] = {std::vector<use>(sizes[i], use{static_cast<kind>(i), 0, 0}), 0, offset};
    offset += sizes[i];
  }
}

result<std::unique_ptr<allowance_log>> allowance_log::open(const std::filesystem::path& file,
                                                           const account_limits& limits, int64_t booted) {
  auto content = read_text(file, max_file_size);
  if (!content)
    return content.error();
  auto log = std::make_unique<allowance_log>(limits);
  if (*content) {
    auto known = parse_uses(**content);
    for (const auto& ring : log->rings_)
      if (!ring.slots.empty() && booted > 0)
        known.push_back({ring.slots.front().what, booted, ring.slots.size()});
    std::stable_sort(known.begin(), known.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
    for (const auto& x : known)
      log->record(x.what, x.at, x.count);
  }
  std::string lines;
  for (const auto& ring : log->rings_)
    for (const auto& slot : ring.slots)
      lines += to_line(slot);
  if (auto failed = replace_text(file, lines))
    return *failed;
  log->path_ = file;
  descriptor opened{::open(file.c_str(), O_WRONLY | O_CLOEXEC)};
  if (!opened)
    return last_error(file, "can't be written");
  log->file_ = std::move(opened);
  return log;
}

std::optional<failure> allowance_log::record(kind what, int64_t at, size_t count) {
  auto& in = of(what);
  if (in.slots.empty())
    return std::nullopt;
  auto& slot = in.slots[in.next];
  slot = {what, at, count};
  auto place = static_cast<off_t>((in.offset + in.next) * line_size);
  in.next = (in.next + 1) % in.slots.size();
  if (!file_)
    return std::nullopt;
  auto line = to_line(slot);
  if (::pwrite(file_.get(), line.data(), line.size(), place) == static_cast<ssize_t>(line.size()))
    return std::nullopt;
  return last_error(path_, "can't be written");
}

void allowance_log::use_up(int64_t at) {
  for (auto& ring : rings_)
    if (!ring.slots.empty())
      record(ring.slots.front().what, at, ring.slots.size());
}

std::vector<use> allowance_log::uses() const {
  std::vector<use> result;
  for (const auto& ring : rings_)
    std::copy_if(ring.slots.begin(), ring.slots.end(), std::back_inserter(result),
                 [](const auto& x) { return x.count > 0; });
  std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return result;
}

std::vector<use> parse_uses(std::string_view text) {
  std::vector<use> result;
  for (; text.size() >= line_size; text.remove_prefix(line_size))
    if (auto x = parse_line(text.substr(0, line_size)))
      result.push_back(*x);
  return result;
}

int64_t boot_time() {
  timespec up{};
  ::clock_gettime(CLOCK_BOOTTIME, &up);
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now - std::chrono::seconds{up.tv_sec}).count();
}

} // namespace creamery
