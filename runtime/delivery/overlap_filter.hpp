#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// Tells messages that come by two links, under ids that have nothing to do with each other, from messages that are alike: the same words
/// once more by the same link are another message, which the other link will bring once more, too. Bounded in age and in number.
class overlap_filter {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  /// @param memory so much later than by the first link, a message may come by another one.
  explicit overlap_filter(clock::duration memory) : memory_(memory) {
  }

  /// Whether this message has come by another link.
  /// @param kind, @param text what it says. @param sent_at in milliseconds since 1970; copies of a message are sent at almost the same time.
  /// @param comes_again another link may bring it, too: it is remembered.
  bool is_double(uint64_t link, std::string_view kind, std::string_view text, int64_t sent_at, bool comes_again,
                 time_point now);

  void clear() {
    seen_.clear();
  }

private:
  void forget_old(time_point now);

  struct message {
    std::vector<uint64_t> links;
    std::string kind;
    std::string text;
    int64_t sent_at;
    time_point came;
  };

  clock::duration memory_;
  std::deque<message> seen_;
};

} // namespace creamery
