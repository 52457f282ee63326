#include "simulator/accounts.hpp"

#include "simulator/scopes.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

/// More accounts than any test has; a client that guesses logins can't fill the memory.
constexpr size_t max_accounts = 100'000;

/// What a token is good for of which nothing else is said: all that chat needs.
const std::vector<std::string> chat_scopes{"chat:edit", "chat:read"};

/// So long lives a token of which nothing is said: as an app's (twitch-platform §2.3), so nobody has to refresh it.
constexpr auto long_life = std::chrono::hours{24 * 58};

} // namespace

std::string_view refusal_text(login_outcome::kind verdict) {
  switch (verdict) {
    case login_outcome::kind::bad_format: return "Improperly formatted auth";
    case login_outcome::kind::bad_nick: return "Invalid NICK";
    case login_outcome::kind::no_permission: return "You don't have permission to perform that action";
    case login_outcome::kind::too_many: return "Login unsuccessful";
    default: return "Login authentication failed";
  }
}

result<account*> account_book::apply(const account_request& request, time_point now) {
  auto login = lower(request.login);
  if (!is_login(login))
    return failure{"account '" + request.login + "'", "a login has 1 to 25 letters, digits or underscores"};
  if (request.token.find_first_of(" \r\n;") != std::string::npos)
    return failure{"account '" + login + "'", "a token has no spaces, line ends or semicolons in it"};
  for (const auto& scope : request.scopes)
    if (!is_scope(scope))
      return failure{"account '" + login + "'", "'" + scope + "' is no scope"};
  if (auto taken = request.user_id ? logins_.find(*request.user_id) : logins_.end();
      taken != logins_.end() && taken->second != login)
    return failure{"account '" + login + "'", "the user id is " + taken->second + "'s"};
  auto& changed = get(login);
  if (request.display_name)
    changed.who.display_name = *request.display_name;
  if (request.user_id) {
    logins_.erase(changed.who.user_id);
    changed.who.user_id = *request.user_id;
    logins_.insert_or_assign(changed.who.user_id, login);
  }
  if (request.color)
    changed.who.color = *request.color;
  if (request.verified)
    changed.verified = *request.verified;
  if (!request.token.empty())
    tokens_.add(request.token, {.login = login,
                                .client_id = std::string{request.client_id.value_or(std::string{open_door_client})},
                                .scopes = request.scopes.empty() ? chat_scopes : request.scopes,
                                .expires = now + request.expires_in.value_or(long_life)});
  return &changed;
}

account& account_book::get(std::string_view login) {
  auto place = accounts_.find(login);
  if (place == accounts_.end()) {
    place = accounts_
              .emplace(std::string{login},
                       std::make_unique<account>(account{make_person(login), false, account_limits{*limits_}, {}}))
              .first;
    logins_.emplace(place->second->who.user_id, login);
  }
  return *place->second;
}

account* account_book::admit(std::string_view login) {
  if (auto known = find(login))
    return known;
  return open_door_ && is_login(login) && accounts_.size() < max_accounts ? &get(login) : nullptr;
}

account* account_book::find_id(std::string_view user_id) {
  auto place = logins_.find(user_id);
  return place == logins_.end() ? nullptr : find(place->second);
}

account* account_book::find(std::string_view login) {
  auto place = accounts_.find(login);
  return place == accounts_.end() ? nullptr : place->second.get();
}

login_outcome account_book::log_in(std::string_view pass, std::string_view nick, time_point now) {
  using kind = login_outcome::kind;
  auto login = lower(nick);
  if (is_anonymous(login))
    return {kind::anonymous, nullptr, false};
  if (!is_login(login))
    return {kind::bad_nick, nullptr, false};
  constexpr std::string_view scheme = "oauth:";
  if (lower(pass.substr(0, scheme.size())) != scheme)
    return {kind::bad_format, nullptr, false};
  auto granted = tokens_.find(pass.substr(scheme.size()), now);
  // Attempts count for the account that is named, whether or not the token is good for it.
  if (auto named = granted && !granted->login.empty() ? &get(granted->login) : find(login);
      named && !named->limits.login(named->verified, now))
    return {kind::too_many, nullptr, false};
  // Twitch is said to overlook a nick that isn't the token's; a client that relies on it is in doubt, so it is refused
  // here.
  if (!granted || granted->login != login)
    return {kind::bad_token, nullptr, false};
  if (!granted->allows("chat:read"))
    return {kind::no_permission, nullptr, false};
  return {kind::accepted, &get(login), granted->allows("chat:edit")};
}

bool is_anonymous(std::string_view nick) {
  constexpr std::string_view prefix = "justinfan";
  return nick.starts_with(prefix) && nick.size() > prefix.size()
         && nick.find_first_not_of("0123456789", prefix.size()) == std::string_view::npos && is_login(nick);
}

} // namespace creamery::simulator
