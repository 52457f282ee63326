#include "runtime/websocket/frame_encoder.hpp"

#include <cstring>
#include <utility>

namespace creamery {

namespace {

constexpr size_t max_control = 125;
constexpr size_t max_reason = max_control - 2;
constexpr size_t mask_size = 4;

void append_big_endian(std::string& out, uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift);
}

/// Appends `payload` masked with the four bytes of `key`, eight bytes at a time.
void append_masked(std::string& out, std::string_view payload, uint32_t key) {
  const auto begin = out.size();
  out += payload;
  char mask[8];
  std::memcpy(mask, &key, mask_size);
  std::memcpy(mask + mask_size, &key, mask_size);
  uint64_t wide = 0;
  std::memcpy(&wide, mask, sizeof(wide));
  auto p = out.data() + begin;
  const auto end = out.data() + out.size();
  for (; end - p >= 8; p += 8) {
    uint64_t word = 0;
    std::memcpy(&word, p, sizeof(word));
    word ^= wide;
    std::memcpy(p, &word, sizeof(word));
  }
  for (size_t i = 0; p != end; ++i, ++p)
    *p = static_cast<char>(*p ^ mask[i]);
}

/// The longest prefix of at most `size` bytes that doesn't end inside a character.
std::string_view utf8_prefix(std::string_view text, size_t size) noexcept {
  if (text.size() <= size)
    return text;
  while (size > 0 && (static_cast<uint8_t>(text[size]) & 0xC0) == 0x80)
    --size;
  return text.substr(0, size);
}

} // namespace

frame_encoder::frame_encoder(std::function<uint32_t()> mask_key) : mask_key_(std::move(mask_key)) {
}

void frame_encoder::text(std::string_view payload, std::string& out) {
  append(opcode::text, payload, out);
}

void frame_encoder::ping(std::string_view payload, std::string& out) {
  append(opcode::ping, payload.substr(0, max_control), out);
}

void frame_encoder::pong(std::string_view payload, std::string& out) {
  append(opcode::pong, payload.substr(0, max_control), out);
}

void frame_encoder::close(uint16_t code, std::string_view reason, std::string& out) {
  std::string payload;
  if (code != close_code::none) {
    append_big_endian(payload, code, 2);
    payload += utf8_prefix(reason, max_reason);
  }
  append(opcode::close, payload, out);
}

void frame_encoder::append(opcode kind, std::string_view payload, std::string& out) {
  constexpr uint8_t final_bit = 0x80;
  constexpr uint8_t mask_bit = 0x80;
  out += static_cast<char>(final_bit | static_cast<uint8_t>(kind));
  if (payload.size() <= 125) {
    out += static_cast<char>(mask_bit | payload.size());
  } else if (payload.size() <= 0xFFFF) {
    out += static_cast<char>(mask_bit | 126);
    append_big_endian(out, payload.size(), 2);
  } else {
    out += static_cast<char>(mask_bit | 127);
    append_big_endian(out, payload.size(), 8);
  }
  const auto key = mask_key_();
  char mask[mask_size];
  std::memcpy(mask, &key, mask_size);
  out.append(mask, mask_size);
  append_masked(out, payload, key);
}

size_t encoded_size(size_t payload) noexcept {
  const size_t length = payload <= 125 ? 0 : payload <= 0xFFFF ? 2 : 8;
  return 2 + length + mask_size + payload;
}

} // namespace creamery
