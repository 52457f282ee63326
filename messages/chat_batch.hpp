#pragma once

#include "messages/irc_line.hpp"
#include "messages/slab.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace creamery {

/// Saves and loads the memory of lines: inside a machine it is shared, to another machine only the lines themselves go, one
/// behind the other. Every offset that arrives is checked.
template <class Inspector, class Items, class GetIndex>
bool inspect_lines(Inspector& f, std::shared_ptr<const slab>& memory, Items& items, GetIndex index_of) {
  std::string bytes;
  if constexpr (!Inspector::is_loading) {
    auto packed = items;
    for (auto& item : packed) {
      auto& index = index_of(item);
      auto begin = static_cast<uint32_t>(bytes.size());
      bytes.append(memory->data() + index.begin, index.size);
      index.begin = begin;
    }
    return f.apply(bytes) && f.apply(packed);
  } else {
    if (!f.apply(bytes) || !f.apply(items))
      return false;
    for (auto& item : items)
      if (!is_valid(index_of(item), bytes.size()))
        return false;
    memory = slab::copy_of(bytes);
    return true;
  }
}

/// Lines of one connection that others are interested in, in the order they arrived. Cheap to copy within a machine.
struct chat_batch {
  std::string connection;
  /// Counts the batches of this connection, from 1, whoever sends them. 0: not counted.
  uint64_t number = 0;
  /// When its bytes were read from the socket, in nanoseconds of this machine's steady clock.
  int64_t read_at = 0;
  std::shared_ptr<const slab> memory;
  std::vector<irc_index> lines;
  /// Its connection joined a channel a moment ago, and may be ahead of another one that has been in that channel for longer.
  bool just_joined = false;
};

template <class Inspector>
bool inspect(Inspector& f, chat_batch& x) {
  auto index_of = [](irc_index& line) -> irc_index& { return line; };
  return f.apply(x.connection) && f.apply(x.number) && f.apply(x.read_at) && f.apply(x.just_joined)
         && inspect_lines(f, x.memory, x.lines, index_of);
}

/// One line on its way to a cog.
struct cog_line {
  irc_index index;
  /// Counts the lines for this cog, from 1; what was shed leaves a gap.
  uint64_t number = 0;
  /// Which of the cog's commands this line calls; `no_command`: none, the cog gets it for what it is.
  uint16_t command = no_command;
  /// Where the command's arguments begin in the text, in bytes.
  uint16_t arguments = 0;

  static constexpr uint16_t no_command = 0xFFFF;

  friend bool operator==(const cog_line&, const cog_line&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, cog_line& x) {
  return f.object(x).fields(f.field("index", x.index), f.field("number", x.number), f.field("command", x.command),
                            f.field("arguments", x.arguments));
}

/// Lines for one cog. Those numbered below `from` were handled before and are to be skipped.
struct cog_batch {
  struct content {
    std::shared_ptr<const slab> memory;
    std::vector<cog_line> lines;
    int64_t read_at = 0;
  };

  uint64_t from = 0;
  std::shared_ptr<const content> lines;
};

template <class Inspector>
bool inspect(Inspector& f, cog_batch& x) {
  auto index_of = [](cog_line& line) -> irc_index& { return line.index; };
  if constexpr (Inspector::is_loading) {
    auto loaded = std::make_shared<cog_batch::content>();
    if (!f.apply(x.from) || !f.apply(loaded->read_at) || !inspect_lines(f, loaded->memory, loaded->lines, index_of))
      return false;
    x.lines = std::move(loaded);
    return true;
  } else {
    auto content = x.lines ? *x.lines : cog_batch::content{};
    return f.apply(x.from) && f.apply(content.read_at) && inspect_lines(f, content.memory, content.lines, index_of);
  }
}

/// How far a cog is: everything up to line number `upto` is done.
struct cog_progress {
  std::string cog;
  uint64_t instance = 0;
  uint64_t upto = 0;
  /// The lines so far, by all instances, whose handler threw or never returned.
  uint64_t poisoned = 0;

  friend bool operator==(const cog_progress&, const cog_progress&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, cog_progress& x) {
  return f.object(x).fields(f.field("cog", x.cog), f.field("instance", x.instance), f.field("upto", x.upto),
                            f.field("poisoned", x.poisoned));
}

/// What a cog wants to get, told by the cog itself whenever it starts.
struct cog_interest {
  /// The names of its commands, in lower case, without prefix.
  std::vector<std::string> commands;
  /// The kinds of line that it wants besides its commands: bit n for the verb with the value n.
  uint32_t verbs = 0;

  bool wants(irc_verb verb) const noexcept {
    return (verbs >> static_cast<unsigned>(verb) & 1) != 0;
  }

  void add(irc_verb verb) noexcept {
    verbs |= uint32_t{1} << static_cast<unsigned>(verb);
  }

  friend bool operator==(const cog_interest&, const cog_interest&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, cog_interest& x) {
  return f.object(x).fields(f.field("commands", x.commands), f.field("verbs", x.verbs));
}

} // namespace creamery
