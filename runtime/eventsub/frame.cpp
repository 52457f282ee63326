#include "runtime/eventsub/frame.hpp"

#include "messages/json_members.hpp"
#include "runtime/eventsub/json_slice.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace creamery::eventsub {

namespace {

using json = nlohmann::json;

/// The shortest and the longest keep-alive time that Twitch knows. What lies outside is a mistake that mustn't make us deaf, or
/// nervous.
constexpr std::chrono::seconds shortest_keepalive{1};
constexpr std::chrono::seconds longest_keepalive{600};

json parse_object(std::optional<std::string_view> text) {
  auto parsed = text ? json::parse(*text, nullptr, false) : json{};
  return parsed.is_object() ? parsed : json{};
}

} // namespace

result<named_subscription> read_subscription(std::string_view object) {
  auto parsed = parse_object(object);
  named_subscription found;
  if (parsed.is_object())
    found = {text_of(parsed, "id"), text_of(parsed, "status"), text_of(parsed, "type"), text_of(parsed, "version"),
             text_of(member_of(parsed, "condition"), "user_id")};
  if (found.id.empty() || found.type.empty())
    return failure{"EventSub", "a subscription without id or type"};
  return found;
}

result<frame> read_frame(std::string_view text) {
  const failure senseless{"EventSub", "a message that isn't of the form it should be"};
  auto metadata = parse_object(find_member(text, "metadata"));
  if (!metadata.is_object())
    return senseless;
  frame read{
    text_of(metadata, "message_id"), text_of(metadata, "message_type"), text_of(metadata, "message_timestamp"), {}};
  auto payload = find_member(text, "payload");
  if (read.type == "session_keepalive") {
    read.content = message::keepalive{};
  } else if (read.type == "session_welcome" || read.type == "session_reconnect") {
    auto session = parse_object(payload ? find_member(*payload, "session") : payload);
    if (!session.is_object())
      return failure{"EventSub", read.type + " without a session"};
    if (read.type == "session_reconnect") {
      read.content = message::reconnect{text_of(session, "reconnect_url")};
      return read;
    }
    message::welcome welcome{text_of(session, "id")};
    if (welcome.session_id.empty())
      return failure{"EventSub", "session_welcome without an id"};
    if (auto found = session.find("keepalive_timeout_seconds"); found != session.end() && found->is_number())
      welcome.keepalive = std::chrono::seconds{static_cast<int64_t>(
        std::clamp(found->get<double>(), 1.0 * shortest_keepalive.count(), 1.0 * longest_keepalive.count()))};
    read.content = std::move(welcome);
  } else if (read.type == "notification" || read.type == "revocation") {
    auto object = payload ? find_member(*payload, "subscription") : payload;
    auto subscription = read_subscription(object.value_or(""));
    if (!subscription)
      return subscription.error();
    if (read.id.empty())
      return failure{"EventSub", read.type + " without an id"};
    if (read.type == "revocation")
      read.content = message::revocation{std::move(*subscription)};
    else
      read.content = message::notification{std::move(*subscription), find_member(*payload, "event").value_or(""),
                                           find_member(*payload, "events").value_or("")};
  }
  return read;
}

} // namespace creamery::eventsub
