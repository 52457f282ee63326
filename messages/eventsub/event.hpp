#pragma once

#include "messages/eventsub/events.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace creamery::eventsub {

/// An event as Twitch sent it, whichever way it came. Types that nobody here has heard of are events, too.
struct event {
  /// Counts the events of a machine, from 1, in the order in which they came. 0: not counted yet.
  uint64_t number = 0;
  /// The name of the bot that it was sent to.
  std::string bot;
  /// Twitch's; the same each time that it sends the same event again. For one of several that came together, with its own id behind.
  std::string message_id;
  std::string type;
  std::string version;
  std::string subscription_id;
  /// When Twitch sent it, as it writes times.
  std::string sent_at;
  /// What happened: the `event` object as it is.
  std::string json;

  /// Whether it is one of this type and version. @tparam T one of `event_types`.
  template <class T>
  bool is() const noexcept {
    return type == T::type && version == T::version;
  }

  /// What happened, as a struct. An error that it is of another type, or has a member of another kind. Never throws.
  template <class T>
  result<T> as() const {
    if (!is<T>())
      return failure{type + " " + version, "asked for as " + std::string{T::type} + " " + std::string{T::version}};
    return decode<T>(json);
  }

  friend bool operator==(const event&, const event&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, event& x) {
  return f.object(x).fields(f.field("number", x.number), f.field("bot", x.bot), f.field("message_id", x.message_id),
                            f.field("type", x.type), f.field("version", x.version),
                            f.field("subscription_id", x.subscription_id), f.field("sent_at", x.sent_at),
                            f.field("json", x.json));
}

/// Events that a transport has received, on their way to the disk.
struct arrivals {
  struct one {
    event what;
    /// What makes it unique among those of its type, under whatever message ids it comes; empty: nothing does.
    std::string key;
  };

  std::vector<one> events;
};

template <class Inspector>
bool inspect(Inspector& f, arrivals::one& x) {
  return f.object(x).fields(f.field("what", x.what), f.field("key", x.key));
}

template <class Inspector>
bool inspect(Inspector& f, arrivals& x) {
  return f.object(x).fields(f.field("events", x.events));
}

/// What became of arrivals.
struct receipt {
  uint64_t fresh = 0;
  /// Twitch had sent the message before.
  uint64_t same_message = 0;
  /// Twitch had sent the event before, under another message's id.
  uint64_t same_event = 0;

  friend bool operator==(const receipt&, const receipt&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, receipt& x) {
  return f.object(x).fields(f.field("fresh", x.fresh), f.field("same_message", x.same_message),
                            f.field("same_event", x.same_event));
}

} // namespace creamery::eventsub
