#pragma once

#include "simulator/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery::simulator {

/// The client that tokens belong to which nobody asked an identity server for.
constexpr std::string_view open_door_client = "sim-client";

/// What an access token is good for.
struct access_token {
  /// Empty: an app's.
  std::string login;
  std::string client_id;
  std::vector<std::string> scopes;
  time_point expires = time_point::max();
  bool revoked = false;

  bool allows(std::string_view scope) const;
};

/// What a refresh token is good for.
struct refresh_token {
  std::string login;
  std::string client_id;
  std::vector<std::string> scopes;
  time_point expires = time_point::max();
  /// Replaced by another one, or taken away.
  bool revoked = false;
  /// The access tokens that came of it, oldest first.
  std::deque<std::string> issued{};
};

/// How a token is named where people read: the first 8 hex digits of its SHA-256, which is no use to anybody else.
std::string fingerprint(std::string_view token);

/// So many random letters and digits, as tokens and codes are made of.
std::string random_token(size_t length);

/// All tokens, and what users have allowed which client. Bounded: the oldest tokens are forgotten.
class token_book {
public:
  /// Access tokens of one refresh token that are good at the same time (twitch-platform §2.5).
  static constexpr size_t max_issued = 50;

  /// @param open_door a token `sim-<login>` is good for everything that this account may do, from when it is first
  /// seen.
  explicit token_book(bool open_door) : open_door_(open_door) {
  }

  /// Keeps a token whose text somebody else has chosen.
  void add(std::string_view text, access_token what);

  /// Makes a token and returns its text.
  std::string issue(access_token what);
  std::string issue(refresh_token what);

  /// The same for one that comes of a refresh token; if that has too many, its oldest one ends.
  std::string issue_from(std::string_view refresh, access_token what, time_point now);

  /// A token that is good at this moment; nullptr if there is none such.
  const access_token* find(std::string_view text, time_point now);

  /// Also one that has expired or was revoked, as long as it is remembered.
  const access_token* remembered(std::string_view text) const;

  const refresh_token* find_refresh(std::string_view text, time_point now) const;
  const refresh_token* remembered_refresh(std::string_view text) const;

  /// Ends a token of either kind. False if there is none that is still good.
  bool revoke(std::string_view text, time_point now);

  /// Ends all tokens of this account and forgets what it allowed; returns the access tokens that were good.
  /// @param client_id only those of this client; empty: of all.
  std::vector<std::string> revoke_all(std::string_view login, std::string_view client_id, time_point now);

  /// Whether this user has ever allowed this client that (§2.1: what app tokens inherit).
  bool has_allowed(std::string_view login, std::string_view client_id, std::string_view scope) const;

  /// Whether this user has allowed this client anything at all.
  bool knows(std::string_view login, std::string_view client_id) const;

  /// Remembers that a client was told that this token is no good.
  void refuse(std::string_view text);

  bool was_refused(std::string_view text) const;

  const std::map<std::string, access_token, std::less<>>& access() const noexcept {
    return access_;
  }

  const std::map<std::string, refresh_token, std::less<>>& refresh() const noexcept {
    return refresh_;
  }

private:
  using client_and_login = std::pair<std::string, std::string>;

  bool open_door_;
  std::map<std::string, access_token, std::less<>> access_;
  std::map<std::string, refresh_token, std::less<>> refresh_;
  std::map<client_and_login, std::set<std::string, std::less<>>> allowed_;
  std::set<std::string, std::less<>> refused_;
  // In the order they came, to forget the oldest.
  std::deque<std::string> access_order_;
  std::deque<std::string> refresh_order_;
  std::deque<std::string> refused_order_;
};

} // namespace creamery::simulator
