#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// Tells messages that come by two ways, under ids that have nothing to do with each other, from messages that are alike: the same words
/// once more the same way are another message, which will come once more the other way, too. Bounded in age and in number.
class overlap_filter {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  /// @param memory so much later than the first way, a message may come another one.
  explicit overlap_filter(clock::duration memory) : memory_(memory) {
  }

  /// Whether this message has come another way. @param way a number of the caller's.
  /// @param kind, @param text what it says. @param sent_at in milliseconds since 1970; copies of a message are sent at almost the same time.
  /// @param may_come_again it may come another way, too: it is remembered.
  bool is_double(uint64_t way, std::string_view kind, std::string_view text, int64_t sent_at, bool may_come_again,
                 time_point now);

  /// Whether nothing is remembered.
  bool is_empty() const noexcept {
    return seen_.empty();
  }

  /// Forgets everything.
  void clear() {
    seen_.clear();
  }

private:
  void forget_old(time_point now);

  struct message {
    std::vector<uint64_t> ways;
    std::string kind;
    std::string text;
    int64_t sent_at;
    time_point came;
  };

  clock::duration memory_;
  std::deque<message> seen_;
};

} // namespace creamery
