#pragma once

#include "messages/chat_batch.hpp"
#include "messages/slab.hpp"
#include "runtime/irc/parser.hpp"
#include "runtime/telemetry/log.hpp"
#include "tests/unit/fixture.hpp"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <unistd.h>
#include <utility>
#include <vector>

namespace creamery::test {

/// A fixture in which time passes timer by timer, so that hours are lived through as they would be.
struct timed_fixture : fixture {
  /// Lets `time` pass; whatever comes due on the way happens at its own moment.
  void pass(caf::timespan time) {
    auto& clock = sched.clock();
    auto end = clock.now() + time;
    sched.run();
    for (size_t steps = 0;; ++steps) {
      if (steps > 1'000'000)
        FAIL("an actor rings its own alarm for ever");
      auto next = std::find_if(clock.schedule.begin(), clock.schedule.end(),
                               [](const auto& x) { return !x.second.f.disposed(); });
      if (next == clock.schedule.end() || next->first > end)
        break;
      clock.advance_time(std::max(next->first - clock.now(), caf::timespan{0}));
      sched.run();
    }
    clock.advance_time(std::max(end - clock.now(), caf::timespan{0}));
    sched.run();
  }

  /// Timers that have not fired yet.
  size_t timers() {
    const auto& schedule = sched.clock().schedule;
    return static_cast<size_t>(
      std::count_if(schedule.begin(), schedule.end(), [](const auto& x) { return !x.second.f.disposed(); }));
  }

  /// The time in nanoseconds, as messages carry it.
  int64_t nanoseconds() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(sched.clock().now().time_since_epoch()).count();
  }

  /// Sends a message and lets everything happen that follows from it at once, alarms for this very moment included.
  template <class Handle, class... Ts>
  void tell(const Handle& to, Ts... message) {
    caf::anon_send(to, std::move(message)...);
    pass({});
  }

  /// Asks for something that is answered at once.
  template <class Answer, class Handle, class... Ts>
  Answer ask(const Handle& whom, Ts... question) {
    auto response = self->request(whom, caf::infinite, std::move(question)...);
    pass({});
    Answer result{};
    response.receive([&](Answer& x) { result = std::move(x); }, [](caf::error& why) { FAIL(to_string(why)); });
    return result;
  }

  /// Ends an actor as nothing but `kill` does: in the middle of everything, without its consent.
  template <class Handle>
  void kill(const Handle& whom) {
    caf::anon_send_exit(whom, caf::exit_reason::kill);
    pass({});
  }

  /// The actors of this name that have something to do at this moment.
  std::vector<caf::actor> busy(std::string_view name) {
    std::vector<caf::actor> found;
    for (auto* job : sched.jobs)
      if (auto* one = dynamic_cast<caf::scheduled_actor*>(job); one != nullptr && one->name() == name)
        found.push_back(caf::actor_cast<caf::actor>(one->ctrl()));
    return found;
  }
};

/// Lines as a net session delivers them.
inline line_batch lines_of(const std::vector<std::string>& lines, size_t cost = 1) {
  std::string bytes;
  line_batch result;
  for (const auto& line : lines) {
    result.lines.push_back({static_cast<uint32_t>(bytes.size()), static_cast<uint32_t>(line.size())});
    bytes += line + "\r\n";
  }
  result.memory = slab::copy_of(bytes);
  result.cost = cost;
  return result;
}

/// Lines as a chat connection forwards them.
inline chat_batch batch_of(const std::vector<std::string>& lines, uint64_t number = 0, int64_t read_at = 0) {
  auto raw = lines_of(lines);
  chat_batch result{"bot/irc-1", number, read_at, raw.memory, {}};
  for (auto where : raw.lines) {
    irc_index index;
    if (parse_irc(text_of(*raw.memory, where), index) != irc_parse_error::none)
      FAIL("a test's line can't be parsed");
    index.begin = where.offset;
    result.lines.push_back(index);
  }
  return result;
}

/// What somebody says in chat.
inline std::string privmsg(const std::string& id, const std::string& text, const std::string& user = "ann",
                           const std::string& channel = "chan") {
  return "@id=" + id + ";tmi-sent-ts=1767225600123 :" + user + "!" + user + "@" + user + ".tmi.twitch.tv PRIVMSG #"
         + channel + " :" + text;
}

/// The log of whatever is made while this lives.
class captured_log {
public:
  captured_log() {
    log_options options;
    options.console = false;
    options.file = path_.string();
    set_up_log(options);
  }

  captured_log(const captured_log&) = delete;
  captured_log& operator=(const captured_log&) = delete;

  ~captured_log() {
    log_options options;
    options.console = false;
    set_up_log(options);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  std::vector<std::string> lines() const {
    std::vector<std::string> result;
    std::ifstream file{path_};
    for (std::string line; std::getline(file, line);)
      result.push_back(line);
    return result;
  }

  /// Lines that contain `text`.
  size_t count(std::string_view text) const {
    auto all = lines();
    return static_cast<size_t>(
      std::count_if(all.begin(), all.end(), [text](const auto& x) { return x.find(text) != std::string::npos; }));
  }

private:
  std::filesystem::path path_ =
    std::filesystem::temp_directory_path() / ("creamery-unit-" + std::to_string(::getpid()) + ".log");
};

} // namespace creamery::test
