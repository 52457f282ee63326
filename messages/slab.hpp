#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace creamery {

/// A piece of memory that received lines lie in. It is written from front to back by its one writer, who publishes
/// parts of it by handing out spans. Published bytes never change, so other threads may read them, without a lock,
/// while the writer goes on behind them.
class slab {
public:
  /// The usual capacity in bytes. Only a message that doesn't fit gets a larger slab.
  static constexpr size_t usual_capacity = 128 * 1024;

  /// @param capacity in bytes; the memory is not initialised.
  explicit slab(size_t capacity = usual_capacity)
    : capacity_(capacity), bytes_(std::make_unique_for_overwrite<char[]>(capacity)) {
  }

  /// A slab that holds a copy of `bytes` and nothing else.
  static std::shared_ptr<const slab> copy_of(std::string_view bytes) {
    auto made = std::make_shared<slab>(bytes.size());
    if (!bytes.empty())
      std::memcpy(made->data(), bytes.data(), bytes.size());
    return made;
  }

  size_t capacity() const noexcept {
    return capacity_;
  }

  char* data() noexcept {
    return bytes_.get();
  }

  const char* data() const noexcept {
    return bytes_.get();
  }

private:
  size_t capacity_;
  std::unique_ptr<char[]> bytes_;
};

/// Where a line lies in its slab: without CR and LF at its end, never empty.
struct line_span {
  uint32_t offset = 0;
  uint32_t size = 0;

  friend bool operator==(const line_span&, const line_span&) = default;
};

/// The text of a line. `where` must lie in `memory`: check it first if it came from elsewhere.
inline std::string_view text_of(const slab& memory, line_span where) noexcept {
  return {memory.data() + where.offset, where.size};
}

/// Whole lines that arrived together, in order.
struct line_batch {
  /// What the lines lie in; shared with other batches.
  std::shared_ptr<const slab> memory;
  /// The lines, at least one.
  std::vector<line_span> lines;
  /// What has to be given back with `net_session::release` once the lines are dealt with: the bytes that were read for
  /// them, frame headers included.
  size_t cost = 0;
  /// The number of the first line, counted from 0 when the session was opened. A batch that is delivered again to a
  /// restarted owner keeps its number.
  uint64_t first = 0;

  std::string_view line(size_t index) const noexcept {
    return text_of(*memory, lines[index]);
  }
};

} // namespace creamery
