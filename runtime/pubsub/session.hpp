#pragma once

#include "runtime/delivery/overlap_filter.hpp"
#include "runtime/pubsub/frame.hpp"
#include "runtime/supervision/backoff.hpp"
#include "runtime/supervision/refusal_pause.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace creamery::pubsub {

/// How patient a connection is (twitch-platform 5).
struct session_options {
  using duration = std::chrono::steady_clock::duration;

  /// Between two PINGs, less up to a tenth: Twitch wants one in five minutes.
  duration ping_every = std::chrono::minutes{4};
  duration pong_timeout = std::chrono::seconds{10};
  /// From LISTEN to its RESPONSE.
  duration answer_timeout = std::chrono::seconds{10};
  /// After RECONNECT the old connection is read for so long, or until the server ends it: what the server has sent over it until the new
  /// one listens may still be on its way.
  duration overlap = std::chrono::seconds{25};
  /// Before what was refused is asked for again.
  refusal_pause::options again{};
  /// Between two dials that failed, or connections that didn't last.
  backoff::options redial{.first = std::chrono::seconds{1}, .cap = std::chrono::minutes{2}};
  /// A connection that has lived for so long is healthy: the next failure is a first one again.
  duration healthy_after = std::chrono::seconds{60};
};

/// What the owner of a connection has to do next, in order. Links are its sockets, by numbers that it never uses twice.
namespace session_action {

struct open {
  uint64_t link;
};

/// It says nothing more that counts.
struct close {
  uint64_t link;
};

struct ping {
  uint64_t link;
};

/// Ask for these topics, which are all of one account, or for no more of them.
struct ask {
  uint64_t link;
  /// `LISTEN` or `UNLISTEN`.
  std::string_view type;
  std::string nonce;
  std::string account;
  std::vector<std::string> topics;
};

/// A topic isn't listened to: why, for people.
struct refused {
  std::string topic;
  std::string why;
};

/// There is no connection any more, and no message is received until there is.
struct lost {
  /// For people.
  std::string why;
  /// When it is known to have been there last.
  std::chrono::steady_clock::time_point since;
};

using any = std::variant<open, close, ping, ask, refused, lost>;

using list = std::vector<any>;

} // namespace session_action

/// The life of one PubSub connection over however many sockets. No socket, no clock, no secret: it is told what happened and what time
/// it is, and says what to do.
class session {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  /// Twitch's limit for one connection.
  static constexpr size_t max_topics = 50;

  /// A topic, and the account whose token allows it.
  struct wanted {
    std::string topic;
    std::string account;

    friend bool operator==(const wanted&, const wanted&) = default;
  };

  session(session_options options, uint64_t seed);

  /// These are wanted from now on, and nothing else: at most `max_topics`, each once. Without any, no connection is begun.
  void want(std::vector<wanted> topics, time_point now, session_action::list& todo);

  void opened(uint64_t link, time_point now, session_action::list& todo);

  /// @returns a message to be handed on.
  std::optional<frame::message> receive(uint64_t link, std::string_view text, time_point now,
                                        session_action::list& todo);

  /// The socket is gone, or never came to be.
  void closed(uint64_t link, const std::string& why, time_point now, session_action::list& todo);

  /// A token couldn't be had for what was to be listened to.
  void no_token(const std::string& nonce, const std::string& why, time_point now, session_action::list& todo);

  /// Somebody has granted something, perhaps what was missing: what was refused is asked for again.
  void granted(time_point now);

  /// We haven't read for a while, so that nothing is known of the server's silence: to be called before `expire`.
  void excuse_silence(time_point now);

  void expire(time_point now, session_action::list& todo);

  time_point deadline() const;

  /// How many topics are listened to.
  size_t listening() const;

  bool is_listening(const std::string& topic) const;

  struct counters {
    uint64_t dials = 0;
    uint64_t losses = 0;
    uint64_t moves = 0;
    uint64_t bad_messages = 0;
    /// Messages that had come by the other link.
    uint64_t doubles = 0;
  };

  const counters& count() const noexcept {
    return counters_;
  }

private:
  /// A LISTEN on its way.
  struct question {
    wanted what;
    time_point asked;
  };

  struct link {
    uint64_t id = 0;
    bool is_open = false;
    time_point opened{};
    /// When it said something last.
    time_point heard{};
    time_point ping_at{};
    /// Since when a PONG is waited for.
    std::optional<time_point> pinged;
    std::map<std::string, question> questions;
    /// Topics that the server has agreed to, each with the account whose token allows it.
    std::map<std::string, std::string> topics;
    /// A new one is being opened in its place, and it is closed at this moment at the latest.
    std::optional<time_point> retires_at;
  };

  link* find(uint64_t id);
  link* current();
  void dial(session_action::list& todo);
  void listen(link& on, time_point now, session_action::list& todo);
  /// Asks for no more of what isn't wanted any more.
  void unlisten(link& on, session_action::list& todo);
  bool is_wanted(const std::string& topic) const;
  void answered(link& on, const frame::response& said, time_point now, session_action::list& todo);
  /// Forgets a link. Unless another one has taken its place before, one is dialed soon. @param since when it is known to have been there
  /// last.
  void remove(uint64_t id, const std::string& why, time_point since, time_point now, session_action::list& todo);
  /// The topic rests until then.
  void refuse(const std::string& topic, std::string why, time_point again, session_action::list& todo);
  /// Whether the message has come by another link.
  bool is_double(uint64_t link, const frame::message& message, time_point now);
  session_options::duration ping_pause();
  std::string next_nonce();

  session_options options_;
  std::vector<wanted> wanted_;
  std::minstd_rand random_;
  backoff redial_;
  refusal_pause again_;
  std::vector<link> links_;
  uint64_t last_link_ = 0;
  /// When the next dial begins; nothing: none is planned.
  std::optional<time_point> dial_at_;
  /// When what was refused is asked for again, by topic.
  std::map<std::string, time_point> refused_;
  /// What has come while there were two links.
  overlap_filter recent_;
  counters counters_;
};

} // namespace creamery::pubsub
