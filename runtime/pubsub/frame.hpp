#pragma once

#include "messages/result.hpp"
#include "messages/secret.hpp"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// The wire protocol of Twitch's old PubSub (twitch-platform 5).
namespace creamery::pubsub {

namespace frame {

struct pong {};

/// The answer to LISTEN or UNLISTEN.
struct response {
  std::string nonce;
  /// `ERR_BADAUTH` …; empty: it is done.
  std::string error;
};

/// Something happened.
struct message {
  std::string topic;
  /// The inner JSON.
  std::string text;
};

/// The server leaves within thirty seconds.
struct reconnect {};

/// Topics that we may not listen to any more.
struct revoked {
  std::vector<std::string> topics;
};

/// A kind that is new.
struct unknown {
  std::string type;
};

} // namespace frame

using any_frame =
  std::variant<frame::unknown, frame::pong, frame::response, frame::message, frame::reconnect, frame::revoked>;

/// Reads what the server says. Never throws.
result<any_frame> read_frame(std::string_view text);

/// What asks for messages, or for no more of them. @param type `LISTEN` or `UNLISTEN`.
secret make_request(std::string_view type, std::string_view nonce, const std::vector<std::string>& topics,
                    const secret& token);

/// What is asked to find out whether the server is still there.
inline constexpr std::string_view ping = R"({"type":"PING"})";

/// What an error means and what helps; empty: nobody knows it. @param scope what the topic takes.
std::string advice_for(std::string_view error, std::string_view scope);

/// What has to have been granted for a topic; empty: nobody knows it.
std::string_view scope_of(std::string_view topic);

} // namespace creamery::pubsub
