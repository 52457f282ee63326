#pragma once

#include "messages/result.hpp"
#include "simulator/clock.hpp"

#include <cstdint>
#include <cstdio>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// Writes one JSON object in one line, member by member; cheap enough for a hundred thousand lines a second.
class json_line {
public:
  /// Begins anew, in the memory of `text`.
  explicit json_line(std::string& text) : text_(&text) {
    text.assign(1, '{');
  }

  json_line& number(std::string_view name, int64_t value);
  json_line& text(std::string_view name, std::string_view value);
  json_line& flag(std::string_view name, bool value);

  /// A list of numbers, one by one between these two.
  json_line& begin_list(std::string_view name);
  json_line& element(uint64_t value);
  json_line& end_list();

  void finish() {
    *text_ += '}';
  }

private:
  void name(std::string_view name);

  std::string* text_;
  bool first_element_ = true;
};

/// Everything that happened, as a checker needs it: one JSON object a line, numbered (`n`) and timed (`at`,
/// microseconds since 1970). The newest lines are kept in memory, all of them go to a file if there is one.
class history {
public:
  explicit history(size_t limit);
  ~history();

  history(const history&) = delete;
  history& operator=(const history&) = delete;

  /// Writes to `file` from now on; what was in it is lost.
  result<bool> write_to(const std::string& file);

  /// Records something. `fill(json_line&)` adds what there is to say besides number, time and `event`.
  template <class F>
  void add(std::string_view event, time_point now, F&& fill) {
    std::string text = begin();
    json_line line{text};
    line.number("n", static_cast<int64_t>(next_++)).number("at", now.time_since_epoch().count()).text("event", event);
    fill(line);
    line.finish();
    store(std::move(text), event);
  }

  /// The number of the next line.
  uint64_t next() const noexcept {
    return next_;
  }

  /// Lines from number `from` on, as far as they are still kept, at most `limit`.
  std::vector<std::string> lines(uint64_t from, size_t limit) const;

  /// Brings the file up to date.
  void flush();

  /// Called with each line that isn't a chat line.
  void observe(std::function<void(const std::string&)> observer) {
    observer_ = std::move(observer);
  }

private:
  /// Memory for a line: that of the oldest one, if there are enough of them.
  std::string begin();
  void store(std::string line, std::string_view event);

  struct closer {
    void operator()(std::FILE* file) const noexcept {
      std::fclose(file);
    }
  };

  size_t limit_;
  uint64_t next_ = 1;
  std::deque<std::string> kept_;
  std::unique_ptr<std::FILE, closer> file_;
  std::string buffer_;
  bool write_failed_ = false;
  std::function<void(const std::string&)> observer_;
};

} // namespace creamery::simulator
