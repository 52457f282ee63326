#pragma once

#include "messages/scan/scan.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The slow, obvious twins of messages/scan, and how the two are compared.

namespace creamery::test {

inline std::vector<scan::tag_span> slow_split(std::string_view tags) {
  std::vector<scan::tag_span> found;
  for (size_t begin = 0; begin <= tags.size();) {
    auto end = std::min(tags.find(';', begin), tags.size());
    auto sign = std::min(tags.substr(0, end).find('=', begin), end);
    auto value = std::min(sign + 1, end);
    found.push_back({static_cast<uint16_t>(begin), static_cast<uint16_t>(sign), static_cast<uint16_t>(value),
                     static_cast<uint16_t>(end)});
    begin = end + 1;
  }
  return found;
}

inline std::optional<scan::tag_span> slow_find_tag(std::string_view tags, std::string_view key) {
  std::optional<scan::tag_span> found;
  for (const auto& one : slow_split(tags))
    if (tags.substr(one.key, one.key_end - one.key) == key)
      found = one;
  return found;
}

/// Has one instruction set do everything with `text`, which lies in memory of exactly its size, so that a byte too far is
/// found by a sanitizer. Returns what it does differently from the slow twins; empty: nothing.
inline std::string scan_difference(const scan::functions& fast, std::string_view text, std::string_view key) {
  const std::string name = scan::to_string(fast.set);
  const auto memory = std::make_unique<char[]>(text.size());
  std::copy(text.begin(), text.end(), memory.get());
  const auto* first = memory.get();
  const auto* last = first + text.size();

  for (char c : {' ', ';', '=', '\\', '\0'})
    if (fast.find(first, last, c) != first + std::min(text.find(c), text.size()))
      return name + ": find";

  if (!key.empty()) {
    scan::tag_span found;
    const auto slow = slow_find_tag(text, key);
    if (fast.find_tag(first, text.size(), key.data(), key.size(), found) != slow.has_value()
        || (slow && found != *slow))
      return name + ": find_tag";
  }

  const auto expected = slow_split(text);
  for (size_t capacity : {1, 3, 32}) {
    std::vector<scan::tag_span> all;
    std::vector<scan::tag_span> some(capacity);
    for (size_t from = 0; from <= text.size();) {
      const auto count = fast.split_tags(first, text.size(), from, some.data(), capacity);
      if (count == 0 || count > capacity)
        return name + ": how many split_tags finds";
      all.insert(all.end(), some.begin(), some.begin() + static_cast<ptrdiff_t>(count));
    }
    if (all != expected)
      return name + ": split_tags";
  }
  return {};
}

} // namespace creamery::test
