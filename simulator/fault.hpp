#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace creamery::simulator {

/// Something that goes wrong on purpose.
enum class fault_kind {
  /// The connection ends with a TCP reset.
  reset,
  /// The connection ends in good order (FIN), without a word.
  finish,
  /// Nothing is read or written any more, but the socket stays. Before the first byte: accepted, never answered.
  half_open,
  /// What is sent trickles: `bytes_per_second`, `latency`.
  slow,
  /// What is sent comes in pieces of `bytes` bytes.
  slice,
  /// Of the next line, only the first `bytes` bytes (0: half of it) are sent; then a TCP reset.
  cut,
  /// A line that is no IRC is sent: `text`, or one made up.
  garbage,
  /// Login is refused with the notice `text` (default: "Login authentication failed").
  refuse_login,
  /// RECONNECT is sent; after `grace` the connection is closed.
  reconnect,
  /// The client's PING is no longer answered.
  ignore_ping,
};

/// "half_open" and so on.
std::string_view to_string(fault_kind kind);
std::optional<fault_kind> parse_fault_kind(std::string_view name);

/// When a fault strikes.
enum class fault_moment {
  /// At once, at the connections there are.
  now,
  /// At the next connections, when they are accepted.
  connect,
  /// At the next connections, when they have logged in.
  login,
};

std::string_view to_string(fault_moment moment);
std::optional<fault_moment> parse_fault_moment(std::string_view name);

/// One fault, and whom it strikes.
struct fault {
  fault_kind kind = fault_kind::reset;
  /// `refuse_login` always waits for logins, whatever this says.
  fault_moment when = fault_moment::now;
  /// Only connections of this account. Can't be known yet with `connect`.
  std::string login{};
  /// Only this connection; 0: any.
  uint64_t connection = 0;
  /// How often; 0: as often as there is reason to, until it is cleared. With `now`: how many connections.
  unsigned count = 0;

  size_t bytes = 0;
  size_t bytes_per_second = 0;
  std::chrono::milliseconds latency{};
  std::chrono::milliseconds grace{3'000};
  std::string text{};
};

} // namespace creamery::simulator
