#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// What Twitch wants to know about an EventSub subscription type (twitch-platform §3.1).
struct eventsub_type {
  std::string_view name;
  std::string_view version;
  /// Keys of the condition that must be there; `a|b`: exactly one of both.
  std::vector<std::string_view> needs;
  std::vector<std::string_view> may_have;
  /// The key whose user has to have allowed `scopes`; empty: nobody has to.
  std::string_view by;
  /// One of each of these; `a|b`: either.
  std::vector<std::string_view> scopes;
  /// That user must be broadcaster or moderator of `broadcaster_user_id`.
  bool by_moderator = false;
  /// Chat: needs `user:bot` and more with an app's token, and nobody banned gets it.
  bool is_chat = false;
  /// Chat: with an app's token, `user:bot` is enough.
  bool is_own_chat = false;
  /// Only with an app's token; some only over webhooks.
  bool needs_app = false;
  bool only_webhook = false;
  /// Only with `is_batching_enabled: true`.
  bool is_batched = false;
};

/// The type, or nullptr.
const eventsub_type* find_eventsub_type(std::string_view name, std::string_view version);

/// Whether this version was there once (create answers 410).
bool was_eventsub_type(std::string_view name, std::string_view version);

} // namespace creamery::simulator
