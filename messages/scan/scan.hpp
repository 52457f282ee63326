#pragma once

#include <cstddef>
#include <cstdint>

/// Finding bytes and tags in a line, many bytes at a time. Each function exists once for each instruction set, made from the same
/// templates (kernels.hpp); the best one that this processor has is chosen once, when the program starts.

namespace creamery::scan {

/// The instructions that are used. Which of them exist depends on the processor that the program was built for and runs on.
enum class instruction_set : uint8_t {
  /// Ordinary 64-bit words: everywhere.
  words,
  /// 16 bytes at a time; every x86-64 has it.
  sse2,
  /// 32 bytes at a time.
  avx2,
  /// 64 bytes at a time (F and BW).
  avx512,
  /// 16 bytes at a time; every 64-bit ARM has it.
  neon,
};

inline constexpr instruction_set all_instruction_sets[] = {
  instruction_set::words, instruction_set::sse2, instruction_set::avx2, instruction_set::avx512, instruction_set::neon,
};

/// Where one tag lies, in bytes from the start of all tags: `key … key_end = value … end`. Without a '=', the value is empty.
struct tag_span {
  uint16_t key = 0;
  uint16_t key_end = 0;
  uint16_t value = 0;
  uint16_t end = 0;

  friend bool operator==(const tag_span&, const tag_span&) = default;
};

/// The functions of one instruction set. None of them reads outside of what it is given.
struct functions {
  instruction_set set;

  /// The first `c` in `[first, last)`, or `last`.
  const char* (*find)(const char* first, const char* last, char c) noexcept;

  /// The last tag with this key, among tags separated by ';'. The key is at least one byte long, and has neither ';' nor '='
  /// in it, as no key has. Returns false if there is none.
  bool (*find_tag)(const char* tags, size_t size, const char* key, size_t key_size, tag_span& found) noexcept;

  /// Splits tags at ';', from the offset `from` on, where a tag begins: at most `capacity` of them, which is at least 1. Empty
  /// ones are among them. Returns how many, and leaves in `from` where the next one begins; beyond `size`: there is none.
  size_t (*split_tags)(const char* tags, size_t size, size_t& from, tag_span* found, size_t capacity) noexcept;
};

/// The functions of an instruction set; null when this program or this processor hasn't got it.
const functions* functions_of(instruction_set set) noexcept;

/// The functions in use: the best that this processor has, unless `use` said otherwise.
const functions& active() noexcept;

/// Uses the functions of another instruction set from now on, as tests and measurements do; returns false if it isn't there.
/// Not while another thread is scanning.
bool use(instruction_set set) noexcept;

/// Its usual name.
const char* to_string(instruction_set set) noexcept;

} // namespace creamery::scan
