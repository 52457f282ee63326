#pragma once

#include "messages/slab.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace creamery {

/// Finds the lines in received text, in place. A line ends with LF, or with CR LF; empty lines are dropped. A line that
/// is too long is skipped to its end and counted, and what follows is not affected. Where the text is cut makes no
/// difference.
class line_splitter {
public:
  /// @param max_line the longest line taken, in bytes, without its end.
  explicit line_splitter(size_t max_line) : max_line_(max_line) {
  }

  /// Appends the whole lines of `text` to `lines`.
  ///
  /// @param text the next part of a stream, beginning with what the last call didn't consume.
  /// @param offset where `text` begins in its slab.
  /// @returns how many bytes are consumed; what remains is an unfinished line of at most `max_line` + 1 bytes.
  size_t split(std::string_view text, size_t offset, std::vector<line_span>& lines);

  /// The same for a whole message, whose end also ends a line.
  void split_message(std::string_view text, size_t offset, std::vector<line_span>& lines);

  /// How many lines were skipped.
  uint64_t oversize() const noexcept {
    return oversize_;
  }

private:
  void add(std::string_view line, size_t offset, std::vector<line_span>& lines);

  size_t max_line_;
  uint64_t oversize_ = 0;
  /// Inside a line that is too long and already counted.
  bool skipping_ = false;
  /// Bytes of the unfinished line that are known to hold no LF.
  size_t scanned_ = 0;
};

} // namespace creamery
