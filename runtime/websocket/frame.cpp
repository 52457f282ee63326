#include "runtime/websocket/frame.hpp"

namespace creamery {

std::string_view to_string(frame_fault fault) noexcept {
  switch (fault) {
    case frame_fault::masked: return "a masked frame from the server";
    case frame_fault::reserved_bits: return "reserved bits set in a frame";
    case frame_fault::reserved_opcode: return "a frame with a reserved opcode";
    case frame_fault::length_not_minimal: return "a frame length that is not written in as few bytes as possible";
    case frame_fault::control_fragmented: return "a fragmented control frame";
    case frame_fault::control_too_long: return "a control frame of more than 125 bytes";
    case frame_fault::continuation_of_nothing: return "a continuation frame without a message to continue";
    case frame_fault::continuation_missing: return "a new message inside a fragmented one";
    case frame_fault::bad_close_payload: return "a close frame with one byte";
    case frame_fault::bad_close_code: return "a close frame with a code that must not be sent";
    case frame_fault::invalid_utf8: return "text that is not UTF-8";
    case frame_fault::message_too_long: return "a message longer than the bound";
  }
  return "an unknown fault";
}

uint16_t close_code_for(frame_fault fault) noexcept {
  switch (fault) {
    case frame_fault::invalid_utf8: return close_code::invalid_payload;
    case frame_fault::message_too_long: return close_code::too_big;
    default: return close_code::protocol_error;
  }
}

} // namespace creamery
