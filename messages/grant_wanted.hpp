#pragma once

#include "messages/secret.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace creamery {

/// A user token that somebody has to grant.
struct grant_wanted {
  /// The bot that needs it, by its name in bots.yaml.
  std::string bot;
  /// Empty: it is for the bot's own account. Otherwise the channel whose broadcaster has to grant it.
  std::string channel;
  /// Whose token it has to be; empty: whoever grants it says so by that.
  std::string login;
  /// The application it is granted to.
  std::string client_id;
  secret client_secret;
  /// The local port that the browser is sent back to.
  uint16_t port = 0;
  std::vector<std::string> scopes;
  /// Why it is needed, for people.
  std::string reason;

  /// Names it: `creamy_bot`, or `creamy_bot/thatsamorais`.
  std::string name() const {
    return channel.empty() ? bot : bot + "/" + channel;
  }

  friend bool operator==(const grant_wanted&, const grant_wanted&) = default;
};

/// The same, but from the owner of this channel, so that the bot may act for them.
inline grant_wanted for_channel(grant_wanted what, const std::string& channel) {
  what.channel = channel;
  what.login = channel;
  return what;
}

template <class Inspector>
bool inspect(Inspector& f, grant_wanted& x) {
  return f.object(x).fields(f.field("bot", x.bot), f.field("channel", x.channel), f.field("login", x.login),
                            f.field("client_id", x.client_id), f.field("client_secret", x.client_secret),
                            f.field("port", x.port), f.field("scopes", x.scopes), f.field("reason", x.reason));
}

} // namespace creamery
