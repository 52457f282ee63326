#include "messages/rfc3339.hpp"

#include <chrono>

namespace creamery {

namespace {

/// Reads what it expects from the front of a text, and remembers whether that failed.
class time_reader {
public:
  explicit time_reader(std::string_view text) : rest_(text) {
  }

  int number(size_t digits) {
    if (rest_.size() < digits) {
      failed_ = true;
      return 0;
    }
    int value = 0;
    for (auto c : rest_.substr(0, digits)) {
      failed_ |= c < '0' || c > '9';
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  /// One of these characters.
  char any_of(std::string_view characters) {
    if (rest_.empty() || characters.find(rest_.front()) == std::string_view::npos) {
      failed_ = true;
      return '\0';
    }
    auto c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  /// Milliseconds behind the point, if there is one.
  int64_t fraction() {
    if (rest_.empty() || rest_.front() != '.')
      return 0;
    rest_.remove_prefix(1);
    int64_t value = 0;
    size_t digits = 0;
    for (; digits < rest_.size() && rest_[digits] >= '0' && rest_[digits] <= '9'; ++digits)
      if (digits < 3)
        value = value * 10 + (rest_[digits] - '0');
    failed_ |= digits == 0;
    rest_.remove_prefix(digits);
    for (; digits < 3; ++digits)
      value *= 10;
    return value;
  }

  bool done() const noexcept {
    return !failed_ && rest_.empty();
  }

private:
  std::string_view rest_;
  bool failed_ = false;
};

} // namespace

std::optional<int64_t> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  time_reader reader{text};
  auto y = reader.number(4);
  reader.any_of("-");
  auto m = static_cast<unsigned>(reader.number(2));
  reader.any_of("-");
  auto d = static_cast<unsigned>(reader.number(2));
  reader.any_of("Tt ");
  auto hour = reader.number(2);
  reader.any_of(":");
  auto minute = reader.number(2);
  reader.any_of(":");
  auto second = reader.number(2);
  auto fraction = reader.fraction();
  auto zone = reader.any_of("Zz+-");
  int offset = 0;
  if (zone == '+' || zone == '-') {
    auto hours = reader.number(2);
    reader.any_of(":");
    offset = (hours * 60 + reader.number(2)) * (zone == '-' ? -1 : 1);
  }
  year_month_day day{year{y}, month{m}, std::chrono::day{d}};
  // A leap second is written as 60.
  if (!reader.done() || !day.ok() || hour > 23 || minute > 59 || second > 60)
    return std::nullopt;
  auto at = sys_days{day} + hours{hour} + minutes{minute - offset} + seconds{second} + milliseconds{fraction};
  return duration_cast<milliseconds>(at.time_since_epoch()).count();
}

} // namespace creamery
