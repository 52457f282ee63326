#include "runtime/websocket/frame_decoder.hpp"

#include <utility>

namespace creamery {

namespace {

// The bits of the first two bytes (RFC 6455 §5.2).
constexpr uint8_t final_bit = 0x80;
constexpr uint8_t reserved_bits = 0x70;
constexpr uint8_t opcode_bits = 0x0F;
constexpr uint8_t mask_bit = 0x80;
constexpr uint8_t length_bits = 0x7F;
// Values of the length bits that announce a longer length.
constexpr uint8_t length_in_two_bytes = 126;
constexpr uint8_t length_in_eight_bytes = 127;

constexpr size_t mask_size = 4;
constexpr uint64_t max_control = 125;

uint64_t big_endian(const char* p, size_t size) noexcept {
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i)
    value = value << 8 | static_cast<uint8_t>(p[i]);
  return value;
}

constexpr bool is_control(opcode kind) noexcept {
  return static_cast<uint8_t>(kind) >= static_cast<uint8_t>(opcode::close);
}

constexpr bool is_known(opcode kind) noexcept {
  return kind <= opcode::binary || (kind >= opcode::close && kind <= opcode::pong);
}

/// Whether a peer may send this code (§7.4): the registered ones, and 3000 to 4999 for libraries and applications.
/// Codes from 5000 on are undefined; they are let through, because who sends them means to close anyway.
constexpr bool may_be_sent(uint16_t code) noexcept {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1013) || code >= 3000;
}

} // namespace

void frame_decoder::feed(std::string_view bytes) noexcept {
  input_ = bytes;
  consumed_ = 0;
  unfinished_frame_ = 0;
}

std::optional<frame> frame_decoder::next() {
  if (handed_out_) {
    fragments_.clear();
    handed_out_ = false;
  }
  while (!fault_ && !closed_) {
    const auto head = read_header();
    if (!head)
      return std::nullopt;
    const auto arrived = input_.substr(consumed_ + head->size, head->length);
    const bool whole = arrived.size() == head->length;
    if (is_control(head->kind)) {
      if (!whole)
        return std::nullopt;
      consumed_ += head->size + arrived.size();
      const auto control = take_control(*head, arrived);
      if (fault_)
        return std::nullopt;
      return control;
    }
    if (!check_text(*head, arrived)) {
      fail(frame_fault::invalid_utf8);
      return std::nullopt;
    }
    if (!whole)
      return std::nullopt;
    consumed_ += head->size + arrived.size();
    checked_ = 0;
    if (head->kind != opcode::continuation && head->final)
      return frame{head->kind, true, arrived};
    if (head->kind != opcode::continuation)
      fragmented_ = head->kind;
    fragments_ += arrived;
    if (head->final) {
      handed_out_ = true;
      return frame{std::exchange(fragmented_, opcode::continuation), false, fragments_};
    }
  }
  return std::nullopt;
}

std::optional<frame_decoder::header> frame_decoder::read_header() noexcept {
  unfinished_frame_ = 0;
  const auto bytes = input_.substr(consumed_);
  if (bytes.size() < 2)
    return std::nullopt;
  const auto first = static_cast<uint8_t>(bytes[0]);
  const auto second = static_cast<uint8_t>(bytes[1]);
  uint64_t length = second & length_bits;
  const size_t extra = length == length_in_eight_bytes ? 8 : length == length_in_two_bytes ? 2 : 0;
  if (bytes.size() < 2 + extra + (second & mask_bit ? mask_size : 0))
    return std::nullopt;
  if (extra > 0)
    length = big_endian(bytes.data() + 2, extra);
  if (auto fault = judge(first, second, length)) {
    fail(*fault);
    return std::nullopt;
  }
  const auto size = static_cast<uint8_t>(2 + extra);
  unfinished_frame_ = size + static_cast<size_t>(length);
  return header{size, static_cast<opcode>(first & opcode_bits), (first & final_bit) != 0, length};
}

std::optional<frame_fault> frame_decoder::judge(uint8_t first, uint8_t second, uint64_t length) const noexcept {
  const auto kind = static_cast<opcode>(first & opcode_bits);
  if (!is_known(kind))
    return frame_fault::reserved_opcode;
  if ((first & reserved_bits) != 0)
    return frame_fault::reserved_bits;
  if ((second & mask_bit) != 0)
    return frame_fault::masked;
  if (is_control(kind)) {
    if ((first & final_bit) == 0)
      return frame_fault::control_fragmented;
    if ((second & length_bits) > max_control)
      return frame_fault::control_too_long;
    return std::nullopt;
  }
  if (kind == opcode::continuation && fragmented_ == opcode::continuation)
    return frame_fault::continuation_of_nothing;
  if (kind != opcode::continuation && fragmented_ != opcode::continuation)
    return frame_fault::continuation_missing;
  if (((second & length_bits) == length_in_two_bytes && length < 126)
      || ((second & length_bits) == length_in_eight_bytes && length < 65'536))
    return frame_fault::length_not_minimal;
  if (length > max_message_ - fragments_.size())
    return frame_fault::message_too_long;
  return std::nullopt;
}

bool frame_decoder::check_text(const header& head, std::string_view arrived) noexcept {
  if ((head.kind == opcode::continuation ? fragmented_ : head.kind) != opcode::text)
    return true;
  if (head.kind != opcode::continuation && checked_ == 0)
    utf8_.reset();
  if (!utf8_.check(arrived.substr(checked_)))
    return false;
  checked_ = arrived.size();
  return !head.final || checked_ < head.length || utf8_.complete();
}

frame frame_decoder::take_control(const header& head, std::string_view payload) noexcept {
  if (head.kind != opcode::close)
    return {head.kind, true, payload};
  closed_ = true;
  if (payload.empty())
    return {opcode::close, true, payload, close_code::none};
  if (payload.size() == 1) {
    fail(frame_fault::bad_close_payload);
    return {};
  }
  const auto code = static_cast<uint16_t>(big_endian(payload.data(), 2));
  const auto reason = payload.substr(2);
  if (!may_be_sent(code))
    fail(frame_fault::bad_close_code);
  else if (!is_utf8(reason))
    fail(frame_fault::invalid_utf8);
  return {opcode::close, true, reason, code};
}

} // namespace creamery
