#include "runtime/pubsub/frame.hpp"

#include "messages/json_members.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace creamery::pubsub {

namespace {

using json = nlohmann::json;

constexpr std::array<std::pair<std::string_view, std::string_view>, 9> scopes{{
  {"channel-points-channel-v1.", "channel:read:redemptions"},
  {"channel-bits-events-v1.", "bits:read"},
  {"channel-bits-events-v2.", "bits:read"},
  {"channel-bits-badge-unlocks.", "bits:read"},
  {"channel-subscribe-events-v1.", "channel:read:subscriptions"},
  {"chat_moderator_actions.", "channel:moderate"},
  {"automod-queue.", "channel:moderate"},
  {"user-moderation-notifications.", "chat:read"},
  {"whispers.", "whispers:read"},
}};

} // namespace

result<any_frame> read_frame(std::string_view text) {
  auto parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object())
    return failure{"PubSub", "a message that is no JSON object"};
  auto type = text_of(parsed, "type");
  const auto& data = member_of(parsed, "data");
  if (type == "PONG")
    return any_frame{frame::pong{}};
  if (type == "RECONNECT")
    return any_frame{frame::reconnect{}};
  if (type == "RESPONSE")
    return any_frame{frame::response{text_of(parsed, "nonce"), text_of(parsed, "error")}};
  if (type == "AUTH_REVOKED") {
    frame::revoked revoked;
    for (const auto& topic : member_of(data, "topics"))
      if (topic.is_string())
        revoked.topics.push_back(topic.get<std::string>());
    return any_frame{std::move(revoked)};
  }
  if (type != "MESSAGE")
    return any_frame{frame::unknown{std::move(type)}};
  frame::message message{text_of(data, "topic"), text_of(data, "message")};
  if (message.topic.empty() || message.text.empty())
    return failure{"PubSub", "a message without topic or content"};
  return any_frame{std::move(message)};
}

secret make_request(std::string_view type, std::string_view nonce, const std::vector<std::string>& topics,
                    const secret& token) {
  auto text =
    json{{"type", type}, {"nonce", nonce}, {"data", {{"topics", topics}, {"auth_token", token.reveal()}}}}.dump(
      -1, ' ', false, json::error_handler_t::replace);
  return secret::taken_from(text);
}

std::string advice_for(std::string_view error, std::string_view scope) {
  if (error == "ERR_BADAUTH")
    return "the token was refused: it has ended, is somebody else's, or doesn't allow "
           + (scope.empty() ? std::string{"this topic"} : std::string{scope});
  if (error == "ERR_BADTOPIC")
    return "there is no such topic, or its ids are wrong: they are numbers, of the channel behind the moderator's";
  if (error == "ERR_BADMESSAGE")
    return "the server didn't understand the request, which is a mistake of this program";
  if (error == "ERR_SERVER")
    return "the server has a problem of its own; it is asked again";
  return {};
}

std::string_view scope_of(std::string_view topic) {
  for (const auto& [begin, scope] : scopes)
    if (topic.starts_with(begin))
      return scope;
  return {};
}

} // namespace creamery::pubsub
