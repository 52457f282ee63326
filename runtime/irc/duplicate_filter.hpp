#pragma once

#include "messages/irc_line.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace creamery {

/// What makes a line itself: 128 bits of its id, or of its content when Twitch gave it none.
struct line_identity {
  uint64_t high = 0;
  uint64_t low = 0;

  friend bool operator==(const line_identity&, const line_identity&) = default;
};

/// The identity of a line: its `id`; without one, its content if it has a `tmi-sent-ts`, which tells two equal lines apart.
/// A line with neither (a JOIN, a ROOMSTATE) has no identity and may come any number of times.
std::optional<line_identity> identify(const irc_line& line) noexcept;

/// The identity of the message that a line of a shared chat is a copy of (`source-id`, twitch-platform 1.13); nothing when
/// the line is no copy.
std::optional<line_identity> identify_source(const irc_line& line) noexcept;

/// Remembers the identities of recent lines and recognises those that come a second time: from the old and the new
/// connection while one replaces the other, or from two redundant ones. Bounded in age and in number.
class seen_lines {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  struct options {
    /// How long an identity is remembered.
    clock::duration age = std::chrono::seconds{60};
    /// How many are remembered at most; at 24 bytes each and as much again for the index.
    size_t count = 16'384;
  };

  explicit seen_lines(options o) : options_(o) {
  }

  /// Records an identity. Returns false if it was there already.
  bool insert(line_identity id, time_point now);

  size_t size() const noexcept {
    return order_.size();
  }

private:
  struct hash {
    size_t operator()(const line_identity& x) const noexcept {
      return static_cast<size_t>(x.low); // identities are random or hashed already
    }
  };

  struct entry {
    line_identity id;
    time_point seen;
  };

  options options_;
  std::unordered_set<line_identity, hash> known_;
  std::deque<entry> order_;
};

/// One window of recent lines for each channel, and one for the messages of shared chats, for which a command must run once
/// even when a bot sits in several of the channels.
class duplicate_filter {
public:
  using time_point = seen_lines::time_point;

  explicit duplicate_filter(seen_lines::options o = {}) : options_(o), sources_(o) {
  }

  /// Whether this line has not been handled yet; records it.
  bool is_new(const irc_line& line, time_point now);

  /// Whether a command in this line has not run yet in another channel of the same shared chat; records it.
  bool is_new_command(const irc_line& line, time_point now);

  /// Forgets a channel that was left.
  void forget(std::string_view channel);

private:
  struct string_hash {
    using is_transparent = void;

    size_t operator()(std::string_view x) const noexcept {
      return std::hash<std::string_view>{}(x);
    }
  };

  seen_lines::options options_;
  std::unordered_map<std::string, seen_lines, string_hash, std::equal_to<>> channels_;
  seen_lines sources_;
};

} // namespace creamery
