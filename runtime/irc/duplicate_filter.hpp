#pragma once

#include "messages/irc_line.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace creamery {

/// What makes a line itself: 128 bits made of its id, or of its content when Twitch gave it none. Equal ones mean equal texts for
/// all practical purposes.
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
///
/// There are two generations of them. New identities go into the younger one; when that is full or old enough, the older one is
/// forgotten as a whole and a new one is begun. So nothing is ever taken out alone, and a line costs two places to look at.
class seen_lines {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  struct options {
    /// How long an identity is remembered at least, as long as there is room; at most twice as long.
    clock::duration age = std::chrono::seconds{60};
    /// How many of the last ones are remembered at least; at most twice as many, at 32 to 64 bytes each.
    size_t count = 65'536;
  };

  explicit seen_lines(options o) : options_(o) {
  }

  /// Records an identity. Returns false if it was there already.
  bool insert(line_identity id, time_point now);

  /// How many are remembered.
  size_t size() const noexcept {
    return young_.size() + old_.size();
  }

private:
  /// A hash table with open addressing; as large as it has to be, at most half full.
  class generation {
  public:
    bool contains(line_identity id) const noexcept;
    /// Adds what isn't there yet.
    void add(line_identity id);
    /// Forgets everything, and gives the memory back.
    void clear();

    size_t size() const noexcept {
      return size_;
    }

  private:
    static void put(std::vector<line_identity>& slots, line_identity id) noexcept;

    /// A power of two of them, or none; an empty one is all zero.
    std::vector<line_identity> slots_;
    size_t size_ = 0;
  };

  options options_;
  generation young_;
  generation old_;
  time_point begun_{};
};

/// The recent lines of a bot's channels, and the messages of shared chats, for which a command must run once even when a bot
/// sits in several of the channels.
class duplicate_filter {
public:
  using time_point = seen_lines::time_point;

  explicit duplicate_filter(seen_lines::options o = {}) : lines_(o), sources_(o) {
  }

  /// Whether this line has not been handled yet in its channel; records it.
  bool is_new(const irc_line& line, time_point now);

  /// Whether a command in this line has not run yet in another channel of the same shared chat; records it.
  bool is_new_command(const irc_line& line, time_point now);

private:
  seen_lines lines_;
  seen_lines sources_;
};

} // namespace creamery
