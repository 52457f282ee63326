#pragma once

#include <string>

namespace creamery::eventsub {

/// What Twitch has told of a subscription by the way.
struct subscription_news {
  std::string id;
  std::string type;
  /// `enabled`: it has found the callback; anything else: why it has ended.
  std::string status;

  friend bool operator==(const subscription_news&, const subscription_news&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, subscription_news& x) {
  return f.object(x).fields(f.field("id", x.id), f.field("type", x.type), f.field("status", x.status));
}

} // namespace creamery::eventsub
