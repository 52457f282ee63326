#include "simulator/accounts.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

/// More accounts than any test has; a client that guesses logins can't fill the memory.
constexpr size_t max_accounts = 100'000;

constexpr std::string_view open_door_prefix = "sim-";

} // namespace

bool access_token::allows(std::string_view scope) const {
  return scopes.empty() || std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

std::string_view refusal_text(login_outcome::kind verdict) {
  switch (verdict) {
    case login_outcome::kind::bad_format: return "Improperly formatted auth";
    case login_outcome::kind::bad_nick: return "Invalid NICK";
    case login_outcome::kind::no_permission: return "You don't have permission to perform that action";
    case login_outcome::kind::too_many: return "Login unsuccessful";
    default: return "Login authentication failed";
  }
}

result<account*> account_book::apply(const account_request& request) {
  auto login = lower(request.login);
  if (!is_login(login))
    return failure{"account '" + request.login + "'", "a login has 1 to 25 letters, digits or underscores"};
  if (request.token.find_first_of(" \r\n;") != std::string::npos)
    return failure{"account '" + login + "'", "a token has no spaces, line ends or semicolons in it"};
  auto& changed = get(login);
  if (request.display_name)
    changed.who.display_name = *request.display_name;
  if (request.user_id)
    changed.who.user_id = *request.user_id;
  if (request.color)
    changed.who.color = *request.color;
  if (request.verified)
    changed.verified = *request.verified;
  if (!request.token.empty())
    tokens_.insert_or_assign(request.token, access_token{login, request.scopes});
  return &changed;
}

account& account_book::get(std::string_view login) {
  auto place = accounts_.find(login);
  if (place == accounts_.end())
    place = accounts_
              .emplace(std::string{login},
                       std::make_unique<account>(account{make_person(login), false, account_limits{*limits_}, {}}))
              .first;
  return *place->second;
}

account* account_book::find(std::string_view login) {
  auto place = accounts_.find(login);
  return place == accounts_.end() ? nullptr : place->second.get();
}

bool account_book::revoke(std::string_view token) {
  auto known = this->token(token);
  if (!known)
    return false;
  // Remembered without a login, or the open door would let it in again.
  tokens_.find(token)->second.login.clear();
  return true;
}

const access_token* account_book::token(std::string_view text) {
  if (auto place = tokens_.find(text); place != tokens_.end())
    return place->second.login.empty() ? nullptr : &place->second;
  auto login = text.starts_with(open_door_prefix) ? text.substr(open_door_prefix.size()) : std::string_view{};
  if (!open_door_ || !is_login(login) || tokens_.size() >= max_accounts)
    return nullptr;
  return &tokens_.emplace(std::string{text}, access_token{std::string{login}, {}}).first->second;
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
  auto granted = token(pass.substr(scheme.size()));
  // Attempts count for the account that is named, whether or not the token is good for it.
  if (auto named = granted ? &get(granted->login) : find(login); named && !named->limits.login(named->verified, now))
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
