#pragma once

#include "messages/irc_line.hpp"
#include "messages/secret.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace creamery {

/// How patient an IRC session is. The values are recommendations of twitch-platform 1.3 and 1.4.
struct irc_session_options {
  using duration = std::chrono::steady_clock::duration;

  /// From the open socket to the welcome (001).
  duration login_timeout = std::chrono::seconds{20};
  /// From a JOIN to its ROOMSTATE. A JOIN to a channel that doesn't exist is answered by nothing at all.
  duration join_timeout = std::chrono::seconds{15};
  /// Silence after which a PING asks whether anybody is there …
  duration ping_after = std::chrono::seconds{60};
  /// … and before the welcome, where a half-open socket would otherwise look like a slow login.
  duration ping_after_before_welcome = std::chrono::seconds{5};
  /// From a PING until something, anything, arrives.
  duration pong_timeout = std::chrono::seconds{10};
  /// How long a refused or unanswered JOIN waits before it is tried again: doubled from `first` up to `cap`.
  duration join_retry_first = std::chrono::seconds{30};
  duration join_retry_cap = std::chrono::minutes{10};
};

/// Who logs in. Without a token the session is anonymous: it reads and can't write (twitch-platform 1.2).
struct irc_login {
  std::string nick;
  secret token;
};

/// What the owner of a session has to do next, in order.
namespace irc_action {

/// Write this to the socket; CR LF included.
struct send {
  std::string lines;
};

/// The login was accepted; this is what Twitch calls us.
struct welcomed {
  std::string login;
};

/// The login was refused, in Twitch's words: the token is wrong, expired or revoked. The connection is of no use any more.
struct login_refused {
  std::string text;
};

/// Ask for the permission to send up to `count` JOINs, and pass what is given to `permit_joins`.
struct request_joins {
  size_t count;
};

/// We are in this channel.
struct joined {
  std::string channel;
};

/// A JOIN was refused or stayed without an answer; it will be tried again after `retry_in`.
struct join_failed {
  std::string channel;
  std::string reason;
  uint32_t attempts;
  std::chrono::steady_clock::duration retry_in;
};

/// We are no longer in this channel.
struct parted {
  std::string channel;
};

/// Twitch says who we are in a channel. `message_id` and `nonce` are set when it confirms a message of ours.
struct own_state {
  std::string channel;
  bool privileged;
  std::string message_id;
  std::string nonce;
};

/// Twitch refused a message of ours, or tells something about a channel (twitch-platform 1.11).
struct noticed {
  std::string channel;
  std::string msg_id;
  std::string text;
};

/// The server is about to end this connection: open another one, and keep reading this one until that is ready.
struct replace {};

/// Everything that the server sent before `irc_session::flush` has arrived.
struct flushed {};

/// The connection is dead or of no use: close it and open another one.
struct give_up {
  std::string reason;
};

using any = std::variant<send, welcomed, login_refused, request_joins, joined, join_failed, parted, own_state, noticed,
                         replace, flushed, give_up>;

using list = std::vector<any>;

} // namespace irc_action

/// The life of one IRC connection after the socket is open (twitch-platform 1.2–1.4). No socket, no clock: it is told what
/// arrived and what time it is, and says what to do.
class irc_session {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  /// Where a session stands.
  enum class phase : uint8_t { logging_in, welcome, refused, given_up };

  /// How a wanted channel stands.
  enum class membership : uint8_t { waiting, asked, joined, failed };

  /// What became of a line.
  enum class verdict : uint8_t {
    /// It was part of the protocol and is done with.
    consumed,
    /// It is of interest to others.
    forward,
  };

  /// The socket has just been opened: sends the login at once.
  irc_session(irc_session_options options, irc_login login, time_point now, irc_action::list& todo);

  /// One complete line from the server.
  verdict receive(const irc_line& line, time_point now, irc_action::list& todo);

  /// Nothing arrived, but `deadline()` has come.
  void expire(time_point now, irc_action::list& todo);

  /// When to call `expire` unless something arrives before.
  time_point deadline() const noexcept;

  /// We stopped reading ourselves, so silence says nothing about the server: counts as a sign of life.
  void excuse_silence(time_point now) noexcept;

  /// Adds channels (lower case, without '#') to those that are wanted.
  void join(const std::vector<std::string>& channels, time_point now, irc_action::list& todo);

  /// Leaves a channel.
  void part(const std::string& channel, irc_action::list& todo);

  /// The oldest request that is open (`request_joins`) is answered: `count` JOINs may be sent now, at least one. When it is
  /// fewer than were asked for, the rest is asked for again.
  void permit_joins(size_t count, time_point now, irc_action::list& todo);

  /// Everything that the server sent before this time has arrived, as an answer to a PING has shown; the epoch: not known yet.
  time_point complete_until() const noexcept {
    return complete_until_;
  }

  /// Asks for a sign that everything the server has sent by now has arrived: `irc_action::flushed` follows, unless the
  /// connection ends before.
  void flush(irc_action::list& todo);

  /// Whoever was asked for permissions is gone: asks again for all that are still needed.
  void repeat_requests(irc_action::list& todo);

  phase where() const noexcept {
    return phase_;
  }

  /// The wanted channels and how they stand.
  struct channel_state {
    membership state = membership::waiting;
    uint32_t attempts = 0;
    /// When an unanswered JOIN has failed (`asked`), a failed one is tried again (`failed`), or it was joined (`joined`).
    time_point due{};
    /// Why the last attempt failed.
    std::string reason;
  };

  const std::map<std::string, channel_state, std::less<>>& channels() const noexcept {
    return channels_;
  }

  /// Whether every wanted channel has been joined or has failed at least once: all that can be expected for now.
  bool settled() const noexcept;

private:
  void welcome(std::string_view login, time_point now, irc_action::list& todo);
  void on_notice(const irc_line& line, time_point now, irc_action::list& todo);
  void on_roomstate(const irc_line& line, time_point now, irc_action::list& todo);
  void on_own_part(const irc_line& line, time_point now, irc_action::list& todo);
  void fail_join(const std::string& channel, channel_state& state, std::string reason, time_point now,
                 irc_action::list& todo);
  void request_joins(irc_action::list& todo);
  void refuse(std::string_view text, irc_action::list& todo);
  void give_up(std::string reason, irc_action::list& todo);
  bool is_me(std::string_view nick) const noexcept;

  irc_session_options options_;
  irc_login login_;
  phase phase_ = phase::logging_in;
  time_point opened_;
  /// When the last byte arrived, or silence was excused.
  time_point heard_;
  /// When the PING was sent that nothing has arrived since; nothing: none is open.
  std::optional<time_point> pinged_;
  time_point complete_until_{};
  std::map<std::string, channel_state, std::less<>> channels_;
  /// The requests for JOINs that are not answered yet, oldest first: how many were asked for with each.
  std::deque<size_t> requests_;
};

} // namespace creamery
