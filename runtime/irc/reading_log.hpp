#pragma once

#include "messages/reports.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace creamery {

/// What one connection has read of its channels, and when it has not: Twitch repeats nothing, so what was said meanwhile is
/// missing (twitch-platform 1.4). Knows no clock. All times are in milliseconds since 1970.
class reading_log {
public:
  /// Most gaps that are remembered; the oldest ones are forgotten.
  static constexpr size_t max_gaps = 1'000;

  reading_log() = default;

  /// @param unread channels that were read before, in an earlier life of the process, and until when.
  explicit reading_log(const std::map<std::string, int64_t>& unread) {
    for (const auto& [channel, since] : unread)
      channels_[channel] = {false, since};
  }

  /// Everything that was sent to us before `when` has been read.
  void read(int64_t when) noexcept {
    read_until_ = std::max(read_until_, when);
  }

  /// The latest `when` of these; 0: none yet.
  int64_t read_until() const noexcept {
    return read_until_;
  }

  /// The channel is read from now on. Returns the gap that ends with that, if there is one: what comes before the first
  /// time is none.
  std::optional<reading_gap> joined(const std::string& channel, int64_t now);

  /// The channel isn't read any more, though it is to be.
  void lost(const std::string& channel);

  /// The channel isn't wanted any more.
  void left(const std::string& channel);

  /// All gaps that are remembered, those that have not ended last. One that begins at 0 comes before the first time.
  std::vector<reading_gap> gaps() const;

private:
  struct channel_state {
    bool joined = false;
    /// Since when it is, or is not; 0: it never was.
    int64_t since = 0;
  };

  int64_t read_until_ = 0;
  std::map<std::string, channel_state> channels_;
  std::deque<reading_gap> ended_;
};

/// When nobody read, of all connections that are to read a channel: with several of them (`redundancy`) that is when all their
/// gaps meet. In the order in which they began.
std::vector<reading_gap> common_gaps(const std::vector<connection_report>& readers);

} // namespace creamery
