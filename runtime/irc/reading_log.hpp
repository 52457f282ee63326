#pragma once

#include "messages/reports.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace creamery {

/// What one connection has read of its channels, and when it has not: Twitch repeats nothing, so what was said meanwhile is
/// missing (twitch-platform 1.4). Knows no clock. All times are in milliseconds since 1970; when something was *sent* is a time
/// by Twitch's clock, *now* one by ours, and the two needn't agree.
class reading_log {
public:
  /// Most gaps that are remembered; the oldest ones are forgotten.
  static constexpr size_t max_gaps = 1'000;

  reading_log() = default;

  /// @param channels those that are to be read, and until when they were, in an earlier life of the process; 0: never.
  explicit reading_log(const std::map<std::string, int64_t>& channels) {
    for (const auto& [channel, until] : channels)
      channels_[channel] = {false, until, until};
  }

  /// One more channel is to be read.
  void want(const std::string& channel) {
    channels_.try_emplace(channel);
  }

  /// Everything that was sent to us before `sent` has been read.
  void read(int64_t sent, int64_t now);

  /// Of what was read, the router has only what was sent before `when`; nothing: it has all of it.
  void router_lacks(std::optional<int64_t> when) noexcept {
    router_lacks_ = when;
  }

  /// Everything that was sent before this has been read: the latest of these times, also those of JOINs.
  int64_t complete_until() const noexcept;

  /// Until when a channel has been read and given to the router; 0: it never was.
  int64_t read_until(const std::string& channel) const;

  /// The channel is read from now on. Returns the gap that ends with that, if there is one: what comes before the first
  /// time is none.
  std::optional<reading_gap> joined(const std::string& channel, int64_t now);

  /// The channel isn't read any more, though it is to be.
  void lost(const std::string& channel);

  /// The channel has another reader, which has read it since `joined`; what the one before had still to tell is lost. Returns
  /// the gap that this makes, if there is one.
  std::optional<reading_gap> changed_hands(const std::string& channel, int64_t joined);

  /// Whoever read is gone, with what the router hadn't got yet: all channels are lost.
  void abandon();

  /// The channel isn't wanted any more.
  void left(const std::string& channel);

  /// All gaps that are remembered, those that have not ended last. One that begins at 0 comes before the first time.
  std::vector<reading_gap> gaps() const;

private:
  struct channel_state {
    bool joined = false;
    /// Since when it is (by our clock), or is not (by the clock of what was read last); 0: it never was.
    int64_t since = 0;
    /// The same moment by our clock.
    int64_t since_ours = 0;
  };

  void remember(const reading_gap& gap);

  int64_t read_until_ = 0;
  /// When that was read, by our clock.
  int64_t read_at_ = 0;
  int64_t last_join_ = 0;
  std::optional<int64_t> router_lacks_;
  std::map<std::string, channel_state> channels_;
  std::deque<reading_gap> ended_;
};

/// When nobody read, of all connections that are to read a channel: with several of them (`redundancy`) that is when all their
/// gaps meet. In the order in which they began.
std::vector<reading_gap> common_gaps(const std::vector<connection_report>& readers);

} // namespace creamery
