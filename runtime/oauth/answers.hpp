#pragma once

#include "messages/secret.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What Twitch's identity server says (twitch-platform 2), as values.
namespace creamery::oauth {

/// A token, fresh from Twitch (2.2).
struct grant {
  secret access_token;
  /// Empty: it can't be renewed (app tokens).
  secret refresh_token;
  std::vector<std::string> scopes;
  /// Absent: Twitch didn't say; 0 seconds of a user token mean that it never ends.
  std::optional<std::chrono::seconds> lifetime;
};

/// What `validate` says of a good token (2.6).
struct token_facts {
  std::string client_id;
  /// Both empty for an app token.
  std::string login;
  std::string user_id;
  std::vector<std::string> scopes;
  /// 0: it never ends.
  std::chrono::seconds lifetime{0};
};

/// What the device flow begins with (2.4).
struct device_offer {
  secret device_code;
  /// What the user types in at `verification_uri`, which may contain it.
  std::string user_code;
  std::string verification_uri;
  std::chrono::seconds lifetime{0};
  /// How long to wait between two questions.
  std::chrono::seconds interval{0};
};

/// Why there is no such answer.
struct refusal {
  enum class kind : uint8_t {
    /// Twitch has decided: the token or code is not good, or not any more. Asking again gives the same answer.
    rejected,
    /// Twitch doesn't know the application, or its secret is wrong. The token may be as good as ever.
    bad_client,
    /// The device code is good, but nobody has entered it yet.
    pending,
    /// Nothing was decided: no answer, one that makes no sense, an overloaded server. Asking again helps.
    unavailable,
  };

  kind what = kind::unavailable;
  /// Twitch's own words where there are any; for people.
  std::string text;
};

template <class T>
using reply = std::variant<T, refusal>;

/// Reads the answer to a code, device code, refresh or client credentials request (`POST /token`).
reply<grant> read_grant(unsigned status, std::string_view body);

/// Reads the answer to `GET /validate`.
reply<token_facts> read_facts(unsigned status, std::string_view body);

/// Reads the answer to `POST /device`.
reply<device_offer> read_device_offer(unsigned status, std::string_view body);

/// Reads the answer to `POST /revoke`; nothing: it is done, or the token was not good any more.
std::optional<refusal> read_revocation(unsigned status, std::string_view body);

} // namespace creamery::oauth
