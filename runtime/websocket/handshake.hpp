#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace creamery {

/// The value of `Sec-WebSocket-Key` for 16 random bytes (RFC 6455 §4.1).
std::string websocket_key(const std::array<uint8_t, 16>& random);

/// What a server that understood the upgrade answers in `Sec-WebSocket-Accept` to `key` (RFC 6455 §4.2.2).
std::string websocket_accept(std::string_view key);

} // namespace creamery
