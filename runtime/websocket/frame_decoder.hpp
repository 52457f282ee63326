#pragma once

#include "runtime/websocket/frame.hpp"
#include "runtime/websocket/utf8_checker.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace creamery {

/// Takes apart what a WebSocket server sends after the upgrade (RFC 6455 §5), in place: a message that came in one
/// frame is a view into the fed bytes. Knows no I/O and no clock. Used like this, after each read:
///
/// @code
/// decoder.feed(unread);                  // what was left over, then what is new
/// while (auto next = decoder.next())
///   take(*next);
/// unread.remove_prefix(decoder.consumed());
/// @endcode
///
/// Frames may be cut anywhere between two inputs. Control frames between fragments are handed out when they come. After
/// a fault or a close frame there is nothing more.
class frame_decoder {
public:
  /// @param max_message the longest message taken, in bytes, whether in one frame or in fragments.
  explicit frame_decoder(size_t max_message) : max_message_(max_message) {
  }

  /// Gives the decoder the next input. It has to begin with the bytes of the last input that were not consumed, and
  /// must stay where it is while `next` is called.
  void feed(std::string_view bytes) noexcept;

  /// The next message or control frame; none if the input holds no whole one, or after a fault or close frame.
  std::optional<frame> next();

  /// How many bytes of the input are done with.
  size_t consumed() const noexcept {
    return consumed_;
  }

  /// How long the unfinished frame at the end of the input will be, header included; 0 while its header is incomplete.
  /// What a caller has to have room for. Bounded by `max_message` + 10.
  size_t unfinished_frame() const noexcept {
    return unfinished_frame_;
  }

  /// What the server did wrong, if it did.
  std::optional<frame_fault> fault() const noexcept {
    return fault_;
  }

private:
  struct header {
    uint8_t size = 0;
    opcode kind = opcode::text;
    bool final = false;
    uint64_t length = 0;
  };

  /// Reads the header at `consumed_` and checks all that can be said about it.
  std::optional<header> read_header() noexcept;

  std::optional<frame_fault> judge(uint8_t first, uint8_t second, uint64_t length) const noexcept;

  /// Text is checked as it comes in, so that a long frame doesn't have to be waited for to be refused.
  bool check_text(const header& head, std::string_view arrived) noexcept;

  frame take_control(const header& head, std::string_view payload) noexcept;

  void fail(frame_fault fault) noexcept {
    fault_ = fault;
  }

  size_t max_message_;
  std::string_view input_;
  size_t consumed_ = 0;
  size_t unfinished_frame_ = 0;
  std::optional<frame_fault> fault_;
  bool closed_ = false;

  /// The message of which some fragments have come; `continuation` when there is none.
  opcode fragmented_ = opcode::continuation;
  std::string fragments_;
  /// `fragments_` was handed out and has to be cleared before it is used again.
  bool handed_out_ = false;

  utf8_checker utf8_;
  /// Payload bytes of the unfinished frame that `utf8_` has seen.
  size_t checked_ = 0;
};

} // namespace creamery
