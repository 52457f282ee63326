#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

/// Calls of Twitch's API, Helix (twitch-platform 4), as values.
namespace creamery::helix {

/// Whose token a call is made with.
enum class identity : uint8_t {
  /// The bot's own account's.
  bot,
  /// That of the broadcaster of a channel, who has granted one to the bot.
  broadcaster,
  /// The application's.
  application,
};

/// Which calls go first when the rate limit makes them wait.
enum class priority : uint8_t { low, normal, high };

/// One call.
struct request {
  /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
  std::string method = "GET";
  /// Behind the API's base, without a query: `/users`.
  std::string path;
  /// Not encoded yet; a name may come several times.
  std::vector<std::pair<std::string, std::string>> query = {};
  /// JSON; empty: none.
  std::string body = {};
  /// The parameter of the query, or the member of the body, that the id of the token's user is put into; empty: none.
  std::string own_id_in_query = {};
  std::string own_id_in_body = {};
  identity as = identity::bot;
  /// The channel's name, if it is made as its broadcaster.
  std::string broadcaster = {};
  priority order = priority::normal;
  /// For everything: waiting for a token and for the rate limit, and all repetitions.
  uint32_t timeout_ms = 30'000;

  friend bool operator==(const request&, const request&) = default;
};

/// Why a call failed.
struct error {
  enum class kind : uint8_t {
    /// Twitch doesn't do it, and says why: something in the call is wrong, or not allowed (4xx).
    refused,
    /// There is no token for it, or not one that allows it (401); the text tells what helps.
    unauthorized,
    /// There was no time left: the rate limit, or Twitch, took too long.
    timed_out,
    /// Twitch doesn't answer, or only with errors of its own (5xx). It may have been done, or not.
    unavailable,
    /// The answer isn't what it should be.
    senseless,
    /// It wasn't sent: too many others wait, or a part of the bot is just being restarted.
    overloaded,
  };

  kind what = kind::unavailable;
  /// Of the HTTP answer; 0: there was none.
  uint32_t status = 0;
  /// Twitch's own words where there are any.
  std::string text = {};

  friend bool operator==(const error&, const error&) = default;
};

/// "refused (HTTP 400): …", in one line.
std::string to_string(const error& x);

/// What came of a call.
struct answer {
  bool is_error = false;
  /// If it is one.
  error why = {};
  /// Else: of the HTTP answer, which has no body if it is 204.
  uint32_t status = 0;
  /// Also of a refusal because something is there already (409).
  std::string body = {};
};

template <class Inspector>
bool inspect(Inspector& f, request& x) {
  auto as = static_cast<uint8_t>(x.as);
  auto order = static_cast<uint8_t>(x.order);
  return f.object(x).fields(f.field("method", x.method), f.field("path", x.path), f.field("query", x.query),
                            f.field("body", x.body), f.field("own_id_in_query", x.own_id_in_query),
                            f.field("own_id_in_body", x.own_id_in_body), f.field("as", as),
                            f.field("broadcaster", x.broadcaster), f.field("order", order),
                            f.field("timeout_ms", x.timeout_ms))
         && (x.as = static_cast<identity>(as), x.order = static_cast<priority>(order),
             as <= static_cast<uint8_t>(identity::application) && order <= static_cast<uint8_t>(priority::high));
}

template <class Inspector>
bool inspect(Inspector& f, error& x) {
  auto what = static_cast<uint8_t>(x.what);
  return f.object(x).fields(f.field("what", what), f.field("status", x.status), f.field("text", x.text))
         && (x.what = static_cast<error::kind>(what), what <= static_cast<uint8_t>(error::kind::overloaded));
}

template <class Inspector>
bool inspect(Inspector& f, answer& x) {
  return f.object(x).fields(f.field("is_error", x.is_error), f.field("why", x.why), f.field("status", x.status),
                            f.field("body", x.body));
}

} // namespace creamery::helix
