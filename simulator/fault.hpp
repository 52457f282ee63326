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
  /// An HTTP request is not carried out, but answered with `status` and `text`.
  http_status,
  /// It is carried out, and answered after `latency`.
  http_slow,
  /// A TCP reset: instead of carrying it out, or in the middle of the answer (`at`).
  http_cut,
  /// It is carried out, then comes a TCP reset: whoever asked will never know.
  http_lost,
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

/// Where `http_cut` cuts.
enum class cut_place { before, middle };

std::string_view to_string(cut_place place);
std::optional<cut_place> parse_cut_place(std::string_view name);

/// Whether this strikes HTTP requests rather than connections to chat.
bool is_http(fault_kind kind);

/// One fault, and whom it strikes.
struct fault {
  fault_kind kind = fault_kind::reset;
  /// `refuse_login` and those of HTTP always wait, whatever this says.
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

  /// HTTP: the path begins like this; empty: any.
  std::string path{};
  /// HTTP: only requests of this client id; empty: any.
  std::string client{};
  /// `http_status`: 400 to 599.
  unsigned status = 0;
  /// `http_status` 429: when the bucket will be full again.
  std::chrono::milliseconds reset{1'000};
  cut_place at = cut_place::before;
};

} // namespace creamery::simulator
