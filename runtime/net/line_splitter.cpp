#include "runtime/net/line_splitter.hpp"

#include <utility>

namespace creamery {

size_t line_splitter::split(std::string_view text, size_t offset, std::vector<line_span>& lines) {
  size_t begin = 0;
  auto search_from = std::exchange(scanned_, 0);
  for (;;) {
    const auto end = text.find('\n', search_from);
    if (end == std::string_view::npos)
      break;
    if (!std::exchange(skipping_, false))
      add(text.substr(begin, end - begin), offset + begin, lines);
    begin = search_from = end + 1;
  }
  const auto unfinished = text.size() - begin;
  if (!skipping_ && unfinished > max_line_ + 1) { // + 1: the last byte may be the CR of its end
    skipping_ = true;
    ++oversize_;
  }
  if (skipping_)
    return text.size();
  scanned_ = unfinished;
  return begin;
}

void line_splitter::split_message(std::string_view text, size_t offset, std::vector<line_span>& lines) {
  const auto begin = split(text, offset, lines);
  scanned_ = 0;
  if (!std::exchange(skipping_, false))
    add(text.substr(begin), offset + begin, lines);
}

void line_splitter::add(std::string_view line, size_t offset, std::vector<line_span>& lines) {
  bool fits = line.size() <= max_line_ + 1; // longer ones were given up before their end could come in another part
  while (!line.empty() && line.back() == '\r')
    line.remove_suffix(1);
  fits = fits && line.size() <= max_line_;
  if (!fits)
    ++oversize_;
  else if (!line.empty())
    lines.push_back({static_cast<uint32_t>(offset), static_cast<uint32_t>(line.size())});
}

} // namespace creamery
