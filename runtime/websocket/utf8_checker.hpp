#pragma once

#include <cstdint>
#include <string_view>

namespace creamery {

/// Checks text that comes in pieces for being UTF-8 (RFC 3629 §4: no overlong forms, no surrogates, nothing above
/// U+10FFFF). A piece may end inside a character. What can't become valid any more is refused at once, not at the end
/// of the character.
class utf8_checker {
public:
  /// Looks at the next piece. Once it returned false, only `reset` helps.
  bool check(std::string_view piece) noexcept;

  /// Whether the text may end here: not inside a character.
  bool complete() const noexcept {
    return missing_ == 0;
  }

  /// Begins with a new text.
  void reset() noexcept {
    missing_ = 0;
  }

private:
  bool begin_character(uint8_t lead) noexcept;

  /// Continuation bytes that the current character still lacks.
  uint8_t missing_ = 0;
  /// What the next continuation byte has to lie between, both included.
  uint8_t lowest_ = 0;
  uint8_t highest_ = 0;
};

/// Whether a whole text is UTF-8.
bool is_utf8(std::string_view text) noexcept;

} // namespace creamery
