#pragma once

#include "messages/result.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace creamery {

/// Asks a server on this machine for a page, and waits for the answer.
///
/// @returns the body; a failure when nobody answers within `timeout`, or the answer isn't 200.
result<std::string> http_get(const std::string& host, uint16_t port, const std::string& target,
                             std::chrono::milliseconds timeout);

} // namespace creamery
