#pragma once

#include "messages/secret.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What Twitch's identity server is asked (twitch-platform 2).
namespace creamery::oauth {

/// An application as it is registered with Twitch.
struct client {
  std::string id;
  /// Empty: a public client, which has none.
  secret key;

  friend bool operator==(const client&, const client&) = default;
};

/// One request to the identity server, whose base (`https://id.twitch.tv/oauth2`) is the sender's business.
struct request {
  std::string method;
  /// Behind the base: `/token`.
  std::string path;
  /// `application/x-www-form-urlencoded`.
  secret body;
  /// The value of the header `Authorization`; empty: it isn't sent.
  secret authorization;
};

/// `name=value`, percent-encoded, joined with `&`; for a request's body or a URL's query.
class form {
public:
  form& add(std::string_view name, std::string_view value);

  /// The same, unless there is none.
  form& add(std::string_view name, const secret& value);

  const secret& text() const noexcept {
    return text_;
  }

private:
  secret text_;
};

/// Scopes as they travel: separated by spaces.
std::string join_scopes(const std::vector<std::string>& scopes);

/// Where the user's browser is sent (2.2). @param base of the identity server.
/// @param force_verify asks even if the user has said yes before, so that another account can be chosen.
std::string authorize_url(std::string_view base, std::string_view client_id, std::string_view redirect_uri,
                          const std::vector<std::string>& scopes, std::string_view state, bool force_verify);

/// The code that came back, for a token (2.2).
request exchange_code(const client& app, const secret& code, std::string_view redirect_uri);

/// Begins the device flow (2.4).
request start_device(const client& app, const std::vector<std::string>& scopes);

/// Has the user entered the code? (2.4)
request poll_device(const client& app, const secret& device_code, const std::vector<std::string>& scopes);

/// A new token for a refresh token (2.5).
request renew(const client& app, const secret& refresh_token);

/// A token that acts for the application itself (2.3).
request app_token(const client& app);

/// Is it good, and what for? (2.6)
request validate(const secret& access_token);

/// It shall be good no more (2.7).
request revoke(std::string_view client_id, const secret& access_token);

} // namespace creamery::oauth
