#include "runtime/store/crash_record.hpp"

#include "runtime/store/text_file.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

namespace creamery {

namespace {

using json = nlohmann::json;

constexpr size_t max_file_size = 1 << 20;

/// Longer names are cut.
constexpr size_t max_name = 200;

/// A stack on which the handler below runs, with room for those that it passes the signal on to.
constexpr size_t last_stack_size = 64 << 10;

struct deadly_signal {
  int number;
  const char* name;
};

constexpr std::array<deadly_signal, 5> deadly_signals{
  {{SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"}, {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"}, {SIGABRT, "SIGABRT"}}};

/// What the handler needs. It may run in the middle of anything, so it allocates nothing and takes no lock.
std::atomic<int> record_file = -1;
std::atomic_flag is_recorded;
std::array<struct sigaction, deadly_signals.size()> handlers_before;

/// Whose code the thread runs, as members of a JSON object; null: the program's own. In the thread's own block from the start
/// (`initial-exec`), since otherwise the first access allocates.
[[gnu::tls_model("initial-exec")]] thread_local const char* running = nullptr;

/// A line that is put together without the library.
class last_words {
public:
  void add(const char* text) noexcept {
    while (*text != '\0' && size_ < text_.size())
      text_[size_++] = *text++;
  }

  void add(int64_t number) noexcept {
    std::array<char, 24> digits{};
    auto i = digits.size() - 1;
    do
      digits[--i] = static_cast<char>('0' + number % 10);
    while ((number /= 10) > 0 && i > 0);
    add(&digits[i]);
  }

  void write_to(int file) const noexcept {
    // There is nobody left who could be told that it failed.
    [[maybe_unused]] auto ignored = ::write(file, text_.data(), size_);
  }

private:
  /// Long enough for the names, of which each byte may take six.
  std::array<char, 4096> text_{};
  size_t size_ = 0;
};

extern "C" void on_deadly_signal(int number, siginfo_t* info, void*) {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  last_words words;
  words.add("{\"at\":");
  words.add(int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000);
  for (size_t i = 0; i < deadly_signals.size(); ++i) {
    if (deadly_signals[i].number != number)
      continue;
    words.add(",\"signal\":\"");
    words.add(deadly_signals[i].name);
    words.add("\"");
    ::sigaction(number, &handlers_before[i], nullptr);
  }
  if (const auto* whose = running)
    words.add(whose);
  words.add("}\n");
  if (!is_recorded.test_and_set()) // two threads may fail at the same time: that is one death
    words.write_to(record_file);
  // Whoever handled it before does so now: a fault happens again as soon as this returns; what was sent has to be sent again.
  if (info->si_code <= 0)
    ::raise(number);
}

/// A stack for the handler, unless the thread has one already (a sanitizer's, for example).
class last_stack {
public:
  last_stack() : memory_(new char[last_stack_size]) {
    stack_t present{};
    if (::sigaltstack(nullptr, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0)
      return;
    stack_t mine{};
    mine.ss_sp = memory_.get();
    mine.ss_size = last_stack_size;
    is_used_ = ::sigaltstack(&mine, nullptr) == 0;
  }

  last_stack(const last_stack&) = delete;
  last_stack& operator=(const last_stack&) = delete;

  ~last_stack() {
    if (!is_used_)
      return;
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
  }

private:
  std::unique_ptr<char[]> memory_;
  bool is_used_ = false;
};

} // namespace

std::vector<crash> parse_crashes(std::string_view rest, int64_t since) {
  std::vector<crash> result;
  while (!rest.empty()) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    auto x = json::parse(line, nullptr, false);
    if (!x.is_object() || !x.contains("at") || !x["at"].is_number_integer())
      continue; // the machine ended while it was written
    auto text = [&](const char* key) {
      return x.contains(key) && x[key].is_string() ? x[key].get<std::string>() : std::string{};
    };
    if (auto at = x["at"].get<int64_t>(); at >= since)
      result.push_back({at, text("signal"), text("module"), text("cog")});
  }
  return result;
}

result<std::vector<crash>> read_crashes(const std::filesystem::path& file, int64_t since) {
  auto content = read_text(file, max_file_size);
  if (!content)
    return content.error();
  return parse_crashes(*content ? **content : std::string{}, since);
}

std::map<std::string, guilt_list::guilt> guilty_modules(const std::vector<crash>& crashes, size_t times) {
  std::map<std::string, std::vector<const crash*>> by_module;
  for (const auto& one : crashes)
    if (!one.module.empty())
      by_module[one.module].push_back(&one);
  std::map<std::string, guilt_list::guilt> result;
  for (const auto& [module, its] : by_module)
    if (its.size() >= times)
      result[module] = {its.back()->at, fmt::format("it took the process down {} times, the last time by {}",
                                                    its.size(), its.back()->signal)};
  return result;
}

std::optional<failure> record_crashes(const std::filesystem::path& file, const std::vector<crash>& known) {
  std::string lines;
  for (const auto& one : known)
    lines += json{{"at", one.at}, {"signal", one.signal}, {"module", one.module}, {"cog", one.cog}}.dump() + "\n";
  if (auto failed = replace_text(file, lines))
    return failed;
  auto opened = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC); // needed until the very end
  if (opened < 0)
    return last_error(file, "can't be written");
  if (record_file.exchange(opened) >= 0)
    return std::nullopt; // the handlers are there already
  for (size_t i = 0; i < deadly_signals.size(); ++i) {
    struct sigaction action {};

    action.sa_sigaction = on_deadly_signal;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    ::sigaction(deadly_signals[i].number, &action, &handlers_before[i]);
  }
  return std::nullopt;
}

crash_culprit::crash_culprit(std::string_view module, std::string_view cog) {
  auto members = json{{"module", module.substr(0, max_name)}, {"cog", cog.substr(0, max_name)}}.dump(
    -1, ' ', false, json::error_handler_t::replace);
  text_ = "," + members.substr(1, members.size() - 2);
}

crash_scope::crash_scope(const crash_culprit& culprit) noexcept : before_(running) {
  thread_local const last_stack stack;
  running = culprit.text_.c_str();
}

crash_scope::~crash_scope() {
  running = before_;
}

} // namespace creamery
