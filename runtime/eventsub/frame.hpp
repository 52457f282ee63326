#pragma once

#include "messages/result.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

/// What EventSub says over a WebSocket (twitch-platform 3.4).
namespace creamery::eventsub {

/// A subscription as notifications name it.
struct named_subscription {
  std::string id;
  std::string status;
  std::string type;
  std::string version;
  /// The user in its condition, who reads chat; empty: there is none.
  std::string user = {};
};

namespace message {

/// The session has begun, or goes on here.
struct welcome {
  std::string session_id;
  /// Nothing that counts for longer than this means that the session is dead.
  std::chrono::seconds keepalive{10};
};

struct keepalive {};

/// Something happened.
struct notification {
  named_subscription subscription;
  /// The `event` object, as it stands in the message; empty where a batch stands in its place.
  std::string_view event;
  /// The `events` list, as it stands there.
  std::string_view events;
};

/// Go on at this address.
struct reconnect {
  std::string url;
};

/// A subscription has ended; why is in its status.
struct revocation {
  named_subscription subscription;
};

/// A kind that is new.
struct unknown {};

} // namespace message

/// One message. Views point into the text that it was read from.
struct frame {
  std::string id;
  std::string type;
  std::string timestamp;
  std::variant<message::unknown, message::welcome, message::keepalive, message::notification, message::reconnect,
               message::revocation>
    content;
};

/// Reads one text message. Unknown kinds and members are no errors. Never throws.
result<frame> read_frame(std::string_view text);

/// What a message holds about a subscription and its events, over whatever transport. Views point into the text.
struct payload {
  /// Without an id or a type: there is none.
  named_subscription subscription;
  /// What a webhook is to be answered with, if Twitch wants to know whether it is there.
  std::string challenge;
  /// As in `message::notification`.
  std::string_view event;
  std::string_view events;

  bool has_subscription() const noexcept {
    return !subscription.id.empty() && !subscription.type.empty();
  }
};

/// Reads the body of a webhook. Nothing: it is no JSON object.
std::optional<payload> read_payload(std::string_view text);

} // namespace creamery::eventsub
