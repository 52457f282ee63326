#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace creamery {

/// A time as Twitch writes it (RFC 3339): `2026-05-01T10:11:12.464757833Z`, with any number of fractional digits or none, and `Z` or an
/// offset like `+02:00`.
/// @returns milliseconds since 1970; nothing if it isn't one, or no day of the calendar.
std::optional<int64_t> parse_rfc3339(std::string_view text);

} // namespace creamery
