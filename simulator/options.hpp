#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace creamery::simulator {

/// What Twitch allows an account (twitch-platform §1.15). Judged as sliding windows, to the microsecond.
struct limit_table {
  /// False: nothing is judged, nothing is refused.
  bool enforced = true;

  /// Messages of an account within `message_window`, all channels together.
  size_t messages = 20;
  /// The same where the account is broadcaster, moderator or VIP.
  size_t privileged_messages = 100;
  /// The same for a verified bot, anywhere.
  size_t verified_messages = 7500;
  std::chrono::milliseconds message_window{30'000};
  /// Between two messages in one channel, unless privileged there.
  std::chrono::milliseconds channel_gap{1'000};
  /// How long an account that exceeded `messages` is ignored where it isn't privileged.
  std::chrono::milliseconds lockout{3'600'000};

  /// Names in JOIN lines within `join_window`.
  size_t joins = 20;
  size_t verified_joins = 2000;
  std::chrono::milliseconds join_window{10'000};

  /// PASS and NICK within `login_window`.
  size_t logins = 20;
  size_t verified_logins = 200;
  std::chrono::milliseconds login_window{10'000};

  /// Channels that an account may be in at the same time; those where it is broadcaster or moderator don't count.
  size_t channels = 100;
};

/// Times and limits of the identity server and the Helix API (twitch-platform §2, §4.1). They can be changed while it
/// runs; tokens that exist keep their time.
struct api_settings {
  /// How long users' access tokens are good.
  std::chrono::milliseconds token_life{std::chrono::hours{4}};
  /// The same for those of apps.
  std::chrono::milliseconds app_token_life{std::chrono::hours{24 * 58}};
  /// Refresh tokens of public clients; others don't end.
  std::chrono::milliseconds public_refresh_life{std::chrono::hours{24 * 30}};
  /// An authorization code has to be used within this time.
  std::chrono::milliseconds code_life{60'000};
  /// The same for a device code.
  std::chrono::milliseconds device_life{1'800'000};
  /// How often a device may ask.
  std::chrono::milliseconds device_interval{5'000};
  /// Points of a Helix bucket, filled anew within `rate_period`; a call takes one.
  unsigned rate_limit = 800;
  /// The same for the bucket that Send Chat Message has for itself.
  unsigned send_rate_limit = 2'400;
  std::chrono::milliseconds rate_period{60'000};
};

/// How a simulated Twitch is set up.
struct options {
  /// Addresses to listen at. The first one must be there; one that this machine doesn't have (`::1` without IPv6) is
  /// left out.
  std::vector<std::string> bind{"127.0.0.1", "::1"};
  /// Addresses other than loopback are refused unless this is set: whoever reaches the control port rules this server.
  bool allow_remote = false;
  /// Ports `base_port` to `base_port + 8` are ws, wss, irc, ircs, control, http, https, and EventSub over ws and wss; 0 takes any
  /// free ones.
  uint16_t base_port = 0;
  /// Where to write the certificate (PEM) that clients have to trust; empty: nowhere.
  std::string ca_file;
  /// Host names the certificate is good for, besides `localhost` and the addresses.
  std::vector<std::string> host_names;

  /// Certificates (PEM) that webhooks' callbacks may have, besides those that the system trusts; empty: no others.
  std::string webhook_ca_file;

  limit_table limits;
  api_settings api;
  /// True: a token `sim-<login>` is that account's, which is made when it is first seen; every login is somebody's; and
  /// the clients `sim-client` (secret `sim-secret`) and `sim-public` exist.
  bool open_door = true;
  /// A message equal to the last one that was delivered there is refused for so long (broadcaster, moderator, VIP
  /// exempt).
  std::chrono::milliseconds duplicate_window{30'000};
  /// The server's PING.
  std::chrono::milliseconds ping_period{300'000};
  /// A client that hasn't answered a PING for so long is dropped.
  std::chrono::milliseconds pong_timeout{60'000};
  /// A client that hasn't logged in for so long is dropped.
  std::chrono::milliseconds login_timeout{60'000};
  /// Other people's JOIN and PART are collected for so long.
  std::chrono::milliseconds membership_delay{1'000};

  /// IRC lines in one WebSocket message, if so many are waiting. Twitch: mostly 1.
  size_t lines_per_frame = 1;
  /// Bytes that may wait for one client: a replay pauses at a quarter of it; a client that has more waiting is dropped.
  size_t output_limit = size_t{4} << 20;
  /// Clients at the same time; more are turned away.
  size_t max_connections = 10'000;
  /// The same for HTTP connections.
  size_t max_http_connections = 1'000;

  /// A scenario (YAML) to play; empty: none; `default`: the one that is built in.
  std::string scenario;
  /// Makes a scenario come out the same way each time; 0: its own, or another one each time.
  uint64_t seed = 0;

  /// Where to write the history as JSON lines; empty: only the newest ones are kept.
  std::string history_file;
  /// How many history lines are kept in memory.
  size_t history_limit = 20'000;
};

/// Where a simulator listens.
struct port_list {
  uint16_t ws = 0;
  uint16_t wss = 0;
  uint16_t irc = 0;
  uint16_t ircs = 0;
  uint16_t control = 0;
  uint16_t http = 0;
  uint16_t https = 0;
  /// EventSub over ws and wss.
  uint16_t events = 0;
  uint16_t secure_events = 0;
};

} // namespace creamery::simulator
