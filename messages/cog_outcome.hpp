#pragma once

#include "messages/say.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace creamery {

/// A change of what a cog has stored.
struct value_change {
  /// The channel that the value belongs to, or empty.
  std::string space;
  std::string key;
  /// JSON; nothing: the value is removed.
  std::optional<std::string> value;

  friend bool operator==(const value_change&, const value_change&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, value_change& x) {
  return f.object(x).fields(f.field("space", x.space), f.field("key", x.key), f.field("value", x.value));
}

/// What a cog's handler leaves behind: all of it is written at once, or nothing is.
struct cog_outcome {
  std::string bot;
  std::string cog;
  /// Its how-manieth outcome it is, from 1; the number grows by one each, as long as `numbering` is the same.
  uint64_t numbering = 0;
  uint64_t number = 0;
  /// The event that has been handled; 0: it was something else, which isn't kept.
  uint64_t event = 0;
  /// Its handler threw: then there is nothing else in it.
  bool is_poisoned = false;
  std::vector<value_change> changes = {};
  /// What it says durably.
  std::vector<say> says = {};

  friend bool operator==(const cog_outcome&, const cog_outcome&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, cog_outcome& x) {
  return f.object(x).fields(f.field("bot", x.bot), f.field("cog", x.cog), f.field("numbering", x.numbering),
                            f.field("number", x.number), f.field("event", x.event),
                            f.field("is_poisoned", x.is_poisoned), f.field("changes", x.changes),
                            f.field("says", x.says));
}

} // namespace creamery
