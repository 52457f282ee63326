#pragma once

#include "messages/irc_line.hpp"

#include <cstddef>
#include <string_view>

/// What is looked at in each line when parsers are measured. Each returns a number that depends on all of it, so that nothing can be
/// left out.

namespace creamery::benchmarks {

inline size_t envelope(const irc_line& line) {
  return line.channel().size() + line.nick().size() + line.text().size();
}

inline size_t three_tags(const irc_line& line) {
  auto size = envelope(line);
  for (std::string_view key : {"id", "display-name", "badges"})
    size += line.tag(key).value_or("").size();
  return size;
}

inline size_t all_tags(const irc_line& line) {
  auto size = envelope(line);
  line.for_each_tag_text([&](std::string_view key, std::string_view value) { size += key.size() + value.size(); });
  return size;
}

} // namespace creamery::benchmarks
