#pragma once

#include "messages/secret.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace creamery {

/// A user token as the vault keeps it.
struct stored_token {
  /// The application it was granted to, and the account that it acts for.
  std::string client_id;
  std::string login;
  std::string user_id;
  secret access_token;
  /// Empty: it can't be renewed.
  secret refresh_token;
  std::vector<std::string> scopes;
  /// When the access token ends, in milliseconds since 1970; 0: never, or nobody knows.
  int64_t expires_at = 0;
  /// When a renewal was begun whose answer isn't in here; 0: there is none. Twitch may have replaced the refresh token since.
  int64_t renewal_begun_at = 0;
  /// Grows with each write of this token; 0: it was never written.
  uint64_t generation = 0;

  friend bool operator==(const stored_token&, const stored_token&) = default;
};

template <class Inspector>
bool inspect(Inspector& f, stored_token& x) {
  return f.object(x).fields(f.field("client_id", x.client_id), f.field("login", x.login), f.field("user_id", x.user_id),
                            f.field("access_token", x.access_token), f.field("refresh_token", x.refresh_token),
                            f.field("scopes", x.scopes), f.field("expires_at", x.expires_at),
                            f.field("renewal_begun_at", x.renewal_begun_at), f.field("generation", x.generation));
}

} // namespace creamery
