#include "runtime/oauth/granted_token.hpp"

#include "messages/hex.hpp"

#include <openssl/rand.h>

#include <array>
#include <iterator>
#include <stdexcept>

namespace creamery::oauth {

std::string random_state() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
    throw std::runtime_error{"no random bytes"};
  std::string text;
  write_hex(bytes, std::back_inserter(text));
  return text;
}

stored_token make_token(const grant& granted) {
  stored_token token;
  token.access_token = granted.access_token;
  token.refresh_token = granted.refresh_token;
  token.scopes = granted.scopes;
  return token;
}

std::string complete_token(stored_token& token, const grant_wanted& what, const reply<token_facts>& facts,
                           int64_t now) {
  if (const auto* refused = std::get_if<refusal>(&facts))
    return "Twitch doesn't confirm the new token: " + refused->text;
  const auto& known = std::get<token_facts>(facts);
  if (known.client_id != what.client_id)
    return "the token was granted to another application";
  if (known.login.empty())
    return "the token is not a user's";
  if (!what.login.empty() && known.login != what.login)
    return "you are logged in at Twitch as '" + known.login + "', but the account '" + what.login
           + "' is needed: log in as that one and try again";
  token.client_id = known.client_id;
  token.login = known.login;
  token.user_id = known.user_id;
  token.scopes = known.scopes;
  token.expires_at = known.lifetime.count() == 0 ? 0 : now + std::chrono::milliseconds{known.lifetime}.count();
  return {};
}

} // namespace creamery::oauth
