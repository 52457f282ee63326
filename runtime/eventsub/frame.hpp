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

/// Reads the `subscription` of a notification, over whatever transport.
result<named_subscription> read_subscription(std::string_view object);

} // namespace creamery::eventsub
