#pragma once

#include <cstdint>
#include <string_view>

namespace creamery {

/// What a frame or message is (RFC 6455 §5.2).
enum class opcode : uint8_t {
  continuation = 0,
  text = 1,
  binary = 2,
  close = 8,
  ping = 9,
  pong = 10,
};

/// A whole message, or a control frame.
struct frame {
  /// Never `continuation`: fragments are put together first.
  opcode kind = opcode::text;
  /// Whether `payload` lies in the bytes that were fed (always, but for messages that came in fragments).
  bool in_place = true;
  /// The text, data, or reason of a close frame. Valid until the decoder is asked for the next frame.
  std::string_view payload;
  /// Only for `close`: its code, 1005 if it has none.
  uint16_t close_code = 0;
};

/// Close codes that this side uses or has to know (RFC 6455 §7.4.1).
namespace close_code {

inline constexpr uint16_t normal = 1000;
inline constexpr uint16_t protocol_error = 1002;
inline constexpr uint16_t unsupported_data = 1003;
/// Stands for "the frame had no code"; never sent.
inline constexpr uint16_t none = 1005;
inline constexpr uint16_t invalid_payload = 1007;
inline constexpr uint16_t too_big = 1009;

} // namespace close_code

/// How a server can break the rules.
enum class frame_fault : uint8_t {
  /// §5.1: a server doesn't mask.
  masked,
  /// §5.2: no extension was agreed on that would use these bits.
  reserved_bits,
  reserved_opcode,
  /// §5.2: a length is written in as few bytes as possible.
  length_not_minimal,
  /// §5.5
  control_fragmented,
  control_too_long,
  /// §5.4: a continuation of nothing, or a new message inside a fragmented one.
  continuation_of_nothing,
  continuation_missing,
  /// §7.4: a payload of one byte, a code that must not be sent.
  bad_close_payload,
  bad_close_code,
  /// §8.1: text, or the reason of a close frame, isn't UTF-8.
  invalid_utf8,
  /// The message is longer than this side takes.
  message_too_long,
};

/// For people: "a masked frame from the server".
std::string_view to_string(frame_fault fault) noexcept;

/// The close code that tells the server about it.
uint16_t close_code_for(frame_fault fault) noexcept;

} // namespace creamery
