#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace creamery::simulator {

/// What an account's token was used for over HTTP.
struct api_use {
  uint64_t refreshes = 0;
  uint64_t refreshes_refused = 0;
  /// With a refresh token that had been refused before.
  uint64_t refused_refresh_token_uses = 0;
  uint64_t helix_calls = 0;
  /// Answers with status 401.
  uint64_t unauthorized = 0;
  /// Helix calls with an access token that had been refused before.
  uint64_t refused_token_uses = 0;
};

/// What happened so far.
struct counters {
  uint64_t connections = 0;
  uint64_t closes = 0;
  uint64_t logins = 0;
  uint64_t logins_refused = 0;
  /// Answers to the server's PING.
  uint64_t pongs = 0;
  uint64_t joins = 0;
  uint64_t joins_refused = 0;
  uint64_t parts = 0;

  /// Different chat lines (PRIVMSG, USERNOTICE, CLEARCHAT, CLEARMSG) in channels that somebody was in.
  uint64_t chat_lines = 0;
  /// The same, once for each client that got it.
  uint64_t lines_sent = 0;
  /// Lines that slow clients missed.
  uint64_t lines_dropped = 0;
  /// Lines that waited for clients when their connections ended.
  uint64_t lines_unwritten = 0;

  /// PRIVMSG lines from clients.
  uint64_t messages_received = 0;
  uint64_t messages_delivered = 0;
  /// By verdict: "duplicate", "ratelimited", …
  std::map<std::string, uint64_t> messages_refused;

  /// How often an account exceeded a limit.
  uint64_t message_violations = 0;
  uint64_t join_violations = 0;
  uint64_t login_violations = 0;

  /// Tokens given, refreshed ones not counted.
  uint64_t grants = 0;
  uint64_t refreshes = 0;
  uint64_t refreshes_refused = 0;
  /// Refreshes that ended one refresh token and gave another.
  uint64_t refresh_tokens_rotated = 0;
  uint64_t refused_refresh_token_uses = 0;
  uint64_t tokens_revoked = 0;
  uint64_t validations = 0;
  uint64_t device_polls = 0;
  /// Those that came before the interval had passed.
  uint64_t device_polls_too_fast = 0;
  /// Requests at the API's doors.
  uint64_t api_calls = 0;
  uint64_t helix_calls = 0;
  /// Answers with status 401 and 429.
  uint64_t unauthorized = 0;
  uint64_t too_many_requests = 0;
  uint64_t refused_token_uses = 0;
  /// Messages that Helix was asked to send, delivered or not.
  uint64_t posts = 0;
  /// Requests that were carried out and whose answer never left, and those whose answer broke off.
  uint64_t answers_lost = 0;
  uint64_t answers_cut = 0;
  /// Requests that were not carried out because a fault ended the connection.
  uint64_t requests_dropped = 0;
  /// By login; empty: a token that was nobody's.
  std::map<std::string, api_use> api;

  /// Faults that struck somebody.
  uint64_t faults = 0;

  uint64_t limit_violations() const {
    return message_violations + join_violations + login_violations;
  }
};

/// One client.
struct connection_info {
  uint64_t id = 0;
  /// "ws", "wss", "irc" or "ircs".
  std::string transport;
  /// Empty before it has logged in.
  std::string login;
  size_t channels = 0;
  /// Bytes that wait for it.
  size_t queued = 0;
  bool half_open = false;
};

} // namespace creamery::simulator
