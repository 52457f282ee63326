#include "runtime/eventsub/frame.hpp"

#include "runtime/eventsub/json_document.hpp"

#include <algorithm>
#include <utility>

namespace creamery::eventsub {

namespace {

/// The shortest and the longest keep-alive time that Twitch knows. What lies outside is a mistake that mustn't make us deaf, or
/// nervous.
constexpr std::chrono::seconds shortest_keepalive{1};
constexpr std::chrono::seconds longest_keepalive{600};

using object = json_document::object;

named_subscription read_subscription(json_document& document, object& in) {
  named_subscription found{document.find_text(in, "id"), document.find_text(in, "status"),
                           document.find_text(in, "type"), document.find_text(in, "version")};
  if (auto condition = document.find_object(in, "condition"))
    found.user = document.find_text(*condition, "user_id");
  return found;
}

payload read_payload(json_document& document, object& in) {
  payload read;
  if (auto subscription = document.find_object(in, "subscription"))
    read.subscription = read_subscription(document, *subscription);
  read.event = document.find_slice(in, "event");
  if (read.event.empty())
    read.events = document.find_slice(in, "events");
  return read;
}

std::chrono::seconds keepalive_in(json_document& document, object& session) {
  auto seconds = document.find_number(session, "keepalive_timeout_seconds");
  if (!seconds)
    return message::welcome{}.keepalive;
  return std::chrono::seconds{
    static_cast<int64_t>(std::clamp(*seconds, 1.0 * shortest_keepalive.count(), 1.0 * longest_keepalive.count()))};
}

} // namespace

std::optional<payload> read_payload(std::string_view text) {
  json_document document{text};
  auto root = document.root();
  if (!root)
    return std::nullopt;
  auto read = read_payload(document, *root);
  if (read.event.empty() && read.events.empty())
    read.challenge = document.find_text(*root, "challenge");
  if (document.is_broken())
    return std::nullopt;
  return read;
}

result<frame> read_frame(std::string_view text) {
  const failure senseless{"EventSub", "a message that isn't of the form it should be"};
  json_document document{text};
  auto root = document.root();
  auto metadata = root ? document.find_object(*root, "metadata") : std::nullopt;
  if (!metadata)
    return senseless;
  frame read{document.find_text(*metadata, "message_id"),
             document.find_text(*metadata, "message_type"),
             document.find_text(*metadata, "message_timestamp"),
             {}};
  if (read.type == "session_keepalive") {
    read.content = message::keepalive{};
    return read;
  }
  auto body = document.find_object(*root, "payload");
  if (read.type == "session_welcome" || read.type == "session_reconnect") {
    auto session = body ? document.find_object(*body, "session") : std::nullopt;
    if (!session)
      return failure{"EventSub", read.type + " without a session"};
    if (read.type == "session_reconnect") {
      read.content = message::reconnect{document.find_text(*session, "reconnect_url")};
      return read;
    }
    message::welcome welcome{document.find_text(*session, "id"), keepalive_in(document, *session)};
    if (welcome.session_id.empty())
      return failure{"EventSub", "session_welcome without an id"};
    read.content = std::move(welcome);
  } else if (read.type == "notification" || read.type == "revocation") {
    auto found = body ? read_payload(document, *body) : payload{};
    if (document.is_broken())
      return senseless;
    if (!found.has_subscription())
      return failure{"EventSub", "a subscription without id or type"};
    if (read.id.empty())
      return failure{"EventSub", read.type + " without an id"};
    if (read.type == "revocation")
      read.content = message::revocation{std::move(found.subscription)};
    else
      read.content = message::notification{std::move(found.subscription), found.event, found.events};
  }
  return read;
}

} // namespace creamery::eventsub
