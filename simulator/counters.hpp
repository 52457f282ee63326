#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace creamery::simulator {

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
