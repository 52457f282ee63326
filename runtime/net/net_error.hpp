#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace creamery {

/// What was being done when a connection failed or ended.
enum class net_step : uint8_t {
  resolve,
  connect,
  /// Asking an HTTP proxy to connect us.
  proxy,
  tls,
  /// Turning HTTP into a WebSocket.
  upgrade,
  /// The open connection failed, or the server ended it without a word.
  read,
  /// The connection failed while writing, or the server didn't take what was written in time.
  write,
  /// The server broke the rules of WebSocket or HTTP.
  protocol,
  /// The server said goodbye with a WebSocket close frame: see `net_error::close_code`.
  closed_by_server,
  /// This side closed the connection on purpose. No error.
  closed_by_us,
};

std::string_view to_string(net_step step) noexcept;

/// Why a connection could not be made or why it ended. Holds no secrets: it may be logged and shown.
struct net_error {
  net_step step = net_step::closed_by_us;
  /// `host:port`.
  std::string endpoint;
  /// The system's or library's code, if there is one; `std::errc::timed_out` for every time-out.
  std::error_code code;
  /// What happened, for people.
  std::string text;
  /// The code of the server's WebSocket close frame (RFC 6455 §7.4; Twitch's own are 4000 and above); 1005 when its
  /// frame had none; 0 when there was no close frame.
  uint16_t close_code = 0;
  /// The reason in the server's close frame. Whoever logs it must expect any text.
  std::string close_reason;
  /// The status of an HTTP answer that refused the upgrade or the proxy connection; 0 if that isn't what happened.
  uint16_t http_status = 0;
};

/// One line: `tls irc-ws.chat.twitch.tv:443: certificate verify failed (self-signed certificate)`. Control characters
/// in what the server said are replaced.
std::string to_string(const net_error& x);

} // namespace creamery
