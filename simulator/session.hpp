#pragma once

#include "simulator/clock.hpp"
#include "simulator/fault.hpp"
#include "simulator/limits.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

struct account;
class room;

/// The way to one client, as the rules see it. Nothing here calls back before it returns: that a connection has ended
/// is told later.
class client_link {
public:
  virtual ~client_link() = default;

  /// Sends one line (without line end). @param chat whether it counts as a chat line.
  virtual void send(std::string_view line, bool chat) = 0;

  /// Closes in good order once everything is sent.
  virtual void finish() = 0;

  /// The same with a WebSocket's close code and reason; other transports have none.
  virtual void finish(uint16_t, std::string_view) {
    finish();
  }

  /// Lets a fault of the connection itself strike: reset, finish, half_open, slow, slice, cut.
  virtual void strike(const fault& what) = 0;

  /// Bytes that wait to be sent.
  virtual size_t queued() const = 0;
};

/// What a client asked for with CAP REQ.
struct capability_set {
  bool tags = false;
  bool commands = false;
  bool membership = false;
};

/// One client's side of the conversation.
struct session {
  uint64_t id = 0;
  client_link* link = nullptr;
  std::string transport;

  capability_set capabilities;
  std::string pass;
  std::string nick;
  /// Set with the welcome. An anonymous reader has a login, but no account.
  std::string login;
  account* who = nullptr;
  /// Of an anonymous reader; others share their account's.
  std::unique_ptr<account_limits> own_limits;
  bool may_write = false;
  std::string token;

  std::vector<room*> joined;

  time_point connected;
  time_point ping_due;
  /// Set while a PING is unanswered.
  time_point pong_due = time_point::max();
  /// Set by RECONNECT: when it will be closed.
  time_point close_due = time_point::max();

  bool half_open = false;
  bool ignores_ping = false;
  /// Closed, or about to be: what it still says is not heard, and it is told nothing more.
  bool closing = false;

  bool welcomed() const noexcept {
    return !login.empty();
  }

  /// Who it is, before it has logged in too: what replies are addressed to.
  std::string_view name() const noexcept {
    return login.empty() ? std::string_view{"*"} : std::string_view{login};
  }

  /// Whether it would see what is sent.
  bool hears() const noexcept {
    return !half_open && !closing;
  }
};

} // namespace creamery::simulator
