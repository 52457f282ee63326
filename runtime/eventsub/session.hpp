#pragma once

#include "runtime/delivery/overlap_filter.hpp"
#include "runtime/eventsub/frame.hpp"
#include "runtime/supervision/backoff.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace creamery::eventsub {

/// How patient an EventSub session is (twitch-platform 3.4).
struct session_options {
  using duration = std::chrono::steady_clock::duration;

  /// From the open socket to the welcome.
  duration welcome_timeout = std::chrono::seconds{10};
  /// What silence may last longer than the keep-alive time.
  duration keepalive_grace = std::chrono::seconds{3};
  /// How long Twitch leaves the old socket open after `session_reconnect`.
  duration handover = std::chrono::seconds{30};
  /// An old socket that isn't needed any more is closed when it has said nothing for so long …
  duration linger = std::chrono::seconds{1};
  /// … or has gone on talking for so long.
  duration longest_linger = std::chrono::seconds{20};
  /// Between two dials that failed, or sessions that didn't last.
  backoff::options redial{.first = std::chrono::seconds{1}, .cap = std::chrono::minutes{2}};
  /// Between two dials to the address that `session_reconnect` has named.
  backoff::options handover_redial{.first = std::chrono::milliseconds{500}, .cap = std::chrono::seconds{4}};
  /// A session that has lived for so long is healthy: the next failure is a first one again.
  duration healthy_after = std::chrono::seconds{60};
  /// Whether addresses have to be `wss://`.
  bool encrypted = true;
};

/// Close codes of Twitch's (twitch-platform 3.4).
namespace close_code {

inline constexpr uint16_t inbound_traffic = 4001;
inline constexpr uint16_t invalid_reconnect = 4007;

} // namespace close_code

/// What the owner of a session has to do next, in order. Links are its sockets, by numbers that it never uses twice.
namespace session_action {

/// Open a link to this address; empty: the configured one.
struct open {
  uint64_t link;
  std::string url;
};

/// Close this link. It says nothing more that counts.
struct close {
  uint64_t link;
};

/// A new session has begun: it has no subscriptions, and needs one within ten seconds.
struct begun {
  std::string session_id;
};

/// The session goes on under this id, with its subscriptions.
struct moved {
  std::string session_id;
  /// If the old socket was gone before the new one was there: when events are known to have been received last.
  std::optional<std::chrono::steady_clock::time_point> deaf_since = {};
};

/// There is no session any more, and no event is received until one has begun.
struct lost {
  /// For people.
  std::string why;
  /// When events are known to have been received last.
  std::chrono::steady_clock::time_point since;
  /// Twitch has ended it for something that no session of ours ever does.
  bool is_own_fault = false;
};

/// A subscription has ended.
struct revoked {
  named_subscription what;
};

using any = std::variant<open, close, begun, moved, lost, revoked>;

using list = std::vector<any>;

} // namespace session_action

/// The life of an EventSub session over however many sockets. No socket, no clock: it is told what happened and what time it is,
/// and says what to do. Events come out of `receive`; whether they came before is for others.
class session {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  session(session_options options, uint64_t seed);

  /// There is something to subscribe to, or nothing any more; in the beginning there is nothing. Without it no socket is kept, since
  /// Twitch closes those that aren't used.
  void set_wanted(bool is_wanted, time_point now, session_action::list& todo);

  /// The socket is open.
  void opened(uint64_t link, time_point now);

  /// A text message. @returns it, if it is an event to be handed on: its views point into `text`.
  std::optional<frame> receive(uint64_t link, std::string_view text, time_point now, session_action::list& todo);

  /// The socket is gone, or never came to be. @param code of Twitch's close frame; 0: there was none. @param why for people.
  void closed(uint64_t link, uint16_t code, const std::string& why, time_point now, session_action::list& todo);

  /// The session has its subscriptions: what the one before still tells is the end of it.
  void subscribed(time_point now);

  /// Twitch doesn't want this session: closes it, and begins a new one after the usual pause.
  /// @param at_least how long that pause has to be.
  void abandon(const std::string& why, session_options::duration at_least, time_point now, session_action::list& todo);

  /// We stopped reading ourselves, so silence says nothing about the server.
  void excuse_silence(time_point now);

  /// Nothing was received, but `deadline()` has come.
  void expire(time_point now, session_action::list& todo);

  /// When to call `expire` unless something else happens before.
  time_point deadline() const;

  /// The id of the session; empty: there is none.
  const std::string& id() const noexcept {
    return session_id_;
  }

  struct counters {
    uint64_t dials = 0;
    uint64_t sessions = 0;
    uint64_t handovers = 0;
    uint64_t failed_handovers = 0;
    uint64_t losses = 0;
    uint64_t bad_messages = 0;
    /// Events that had come by the session before, too.
    uint64_t doubles = 0;
  };

  const counters& count() const noexcept {
    return counters_;
  }

private:
  enum class role : uint8_t {
    /// The session's.
    current,
    /// Is to take its place.
    successor,
    /// Its place was taken; what it still says counts.
    retiring,
  };

  struct link {
    uint64_t id;
    role what;
    /// Where it leads; empty: the configured address.
    std::string url;
    bool is_open = false;
    bool is_welcomed = false;
    std::chrono::seconds keepalive{};
    /// Of all sockets that one session has had.
    uint64_t session = 0;
    /// When it was opened or, later, when it last said something that counts.
    time_point heard{};
    /// From when on it has been silent as far as that is its own fault.
    time_point silent_since{};
    /// Its place was taken by a new session that doesn't have all its subscriptions yet.
    bool is_needed = false;
    /// When its place was taken.
    time_point retired{};

    /// It moves the session with its subscriptions.
    bool is_handover() const noexcept {
      return !url.empty();
    }
  };

  link* find(uint64_t id);
  link* find(role what);
  void dial(role what, std::string url, session_action::list& todo);
  void dial_after(session_options::duration wait, time_point now);
  void remove(uint64_t id);
  void close(uint64_t id, session_action::list& todo);
  void close_all(session_action::list& todo);
  void on_welcome(link& on, const message::welcome& said, time_point now, session_action::list& todo);
  void on_reconnect(link& on, const std::string& url, time_point now, session_action::list& todo);
  /// A link that isn't welcomed yet has failed.
  void on_failed(const link& failed, uint16_t code, const std::string& why, time_point now, session_action::list& todo);
  /// The address that `session_reconnect` has named leads nowhere: a new session takes the place.
  void give_up_handover(const std::string& why, time_point now, session_action::list& todo);
  /// Whether an event has come by another session's socket.
  bool is_double(const link& on, const frame& event, time_point now);
  /// The session has ended, and another one is begun. @param code of the close frame, 0: none. @param since when events are known to have
  /// been received last.
  void lose(const std::string& why, uint16_t code, time_point since, time_point now, session_action::list& todo);
  time_point deadline_of(const link& on) const;

  session_options options_;
  bool is_wanted_ = false;
  std::vector<link> links_;
  uint64_t last_link_ = 0;
  uint64_t last_session_ = 0;
  std::string session_id_;
  /// When the session began.
  time_point begun_{};
  backoff redial_;
  backoff handover_redial_;
  /// Where the session is to be moved to, and until when; empty: it isn't.
  std::string moving_to_;
  time_point moving_until_{};
  /// When its old socket was closed meanwhile.
  std::optional<time_point> deaf_since_;
  /// A new session has begun while the one before is still read: whatever happens is told by both, under different ids.
  bool is_doubling_ = false;
  overlap_filter doubles_;
  /// When the next dial begins; nothing: none is planned.
  std::optional<time_point> dial_at_;
  counters counters_;
};

} // namespace creamery::eventsub
