#pragma once

#include "simulator/clock.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace creamery::simulator {

/// A line that somebody may answer: what the `reply-parent-…` tags say of it.
struct parent_line {
  std::string id;
  std::string login;
  std::string display_name;
  std::string user_id;
  std::string text;
  /// The first line of its thread: itself, unless it is an answer.
  std::string thread_id;
  std::string thread_login;
  std::string thread_display_name;
  std::string thread_user_id;
  /// Where and when it was said; no channel: not known.
  std::string channel{};
  time_point when{};
};

/// The newest lines, by their numbers. Takes the memory of `capacity` lines and no more.
class message_memory {
public:
  explicit message_memory(size_t capacity) : slots_(capacity) {
  }

  /// Where the line with this number is to be kept; what was there is forgotten, but its memory can be used again.
  parent_line& keep(uint64_t number) {
    auto& place = slots_[number % slots_.size()];
    place.number = number;
    return place.line;
  }

  /// The line with this number, if it is still remembered.
  const parent_line* find(uint64_t number) const {
    const auto& place = slots_[number % slots_.size()];
    return place.number == number ? &place.line : nullptr;
  }

  /// Some line that `is_it(line)` says yes to, whichever; nullptr if there is none. Looks at all of them.
  template <class F>
  const parent_line* find_any(F&& is_it) const {
    for (const auto& place : slots_)
      if (place.number != UINT64_MAX && is_it(place.line))
        return &place.line;
    return nullptr;
  }

private:
  struct slot {
    uint64_t number = UINT64_MAX;
    parent_line line;
  };

  std::vector<slot> slots_;
};

} // namespace creamery::simulator
