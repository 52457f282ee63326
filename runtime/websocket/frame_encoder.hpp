#pragma once

#include "runtime/websocket/frame.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace creamery {

/// Makes the frames that a WebSocket client sends (RFC 6455 §5): masked, unfragmented. Appends each one to a buffer, so
/// that several leave in one write.
class frame_encoder {
public:
  /// @param mask_key gives the mask of a frame; must not be predictable for those who choose the payload (§10.3).
  explicit frame_encoder(std::function<uint32_t()> mask_key);

  /// A text message; `payload` has to be UTF-8.
  void text(std::string_view payload, std::string& out);

  /// @param payload at most 125 bytes; what is more is cut off.
  void ping(std::string_view payload, std::string& out);

  /// @param payload that of the ping that is answered (§5.5.3).
  void pong(std::string_view payload, std::string& out);

  /// @param code `close_code::none` for a frame without code and reason.
  /// @param reason UTF-8, at most 123 bytes; what is more is cut off, not inside a character.
  void close(uint16_t code, std::string_view reason, std::string& out);

private:
  void append(opcode kind, std::string_view payload, std::string& out);

  std::function<uint32_t()> mask_key_;
};

/// How many bytes a text message of `payload` bytes takes.
size_t encoded_size(size_t payload) noexcept;

} // namespace creamery
