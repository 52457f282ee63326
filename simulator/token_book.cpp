#include "simulator/token_book.hpp"

#include "simulator/people.hpp"
#include "simulator/scopes.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>

namespace creamery::simulator {

namespace {

/// More than any test has; a client that guesses tokens can't fill the memory.
constexpr size_t max_tokens = 100'000;
constexpr size_t max_refused = 10'000;

constexpr std::string_view open_door_prefix = "sim-";

/// Tokens of the open door live as long as an app's (twitch-platform §2.3), so that nobody has to refresh them.
constexpr auto open_door_life = std::chrono::hours{24 * 58};

/// Forgets the oldest, if there are too many of them.
template <class Book>
void bound(Book& book, std::deque<std::string>& order, size_t most) {
  while (order.size() > most) {
    book.erase(order.front());
    order.pop_front();
  }
}

} // namespace

bool access_token::allows(std::string_view scope) const {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

std::string fingerprint(std::string_view token) {
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  EVP_Digest(token.data(), token.size(), digest, &size, EVP_sha256(), nullptr);
  constexpr char hex[] = "0123456789abcdef";
  std::string text;
  for (size_t i = 0; i < 4 && i < size; ++i)
    text.append({hex[digest[i] >> 4], hex[digest[i] & 15]});
  return text;
}

std::string random_token(size_t length) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::vector<unsigned char> random(length);
  RAND_bytes(random.data(), static_cast<int>(random.size()));
  std::string text;
  for (auto x : random)
    text += letters[x % letters.size()];
  return text;
}

void token_book::add(std::string_view text, access_token what) {
  if (!what.login.empty())
    allowed_[{what.client_id, what.login}].insert(what.scopes.begin(), what.scopes.end());
  if (access_.insert_or_assign(std::string{text}, std::move(what)).second)
    access_order_.emplace_back(text);
  bound(access_, access_order_, max_tokens);
}

std::string token_book::issue(access_token what) {
  auto text = random_token(30);
  add(text, std::move(what));
  return text;
}

std::string token_book::issue(refresh_token what) {
  auto text = random_token(50);
  refresh_.emplace(text, std::move(what));
  refresh_order_.push_back(text);
  bound(refresh_, refresh_order_, max_tokens);
  return text;
}

std::string token_book::issue_from(std::string_view refresh, access_token what, time_point now) {
  auto text = issue(std::move(what));
  auto parent = refresh_.find(refresh);
  if (parent == refresh_.end())
    return text;
  auto& issued = parent->second.issued;
  std::erase_if(issued, [&](const auto& x) { return !find(x, now); });
  if (issued.size() >= max_issued) {
    access_.find(issued.front())->second.revoked = true;
    issued.pop_front();
  }
  issued.push_back(text);
  return text;
}

const access_token* token_book::find(std::string_view text, time_point now) {
  if (auto known = remembered(text))
    return known->revoked || known->expires <= now ? nullptr : known;
  auto login = text.starts_with(open_door_prefix) ? text.substr(open_door_prefix.size()) : std::string_view{};
  if (!open_door_ || !is_login(login) || access_.size() >= max_tokens)
    return nullptr;
  add(text, {std::string{login}, std::string{open_door_client}, all_scopes(), now + open_door_life});
  return remembered(text);
}

const access_token* token_book::remembered(std::string_view text) const {
  auto place = access_.find(text);
  return place == access_.end() ? nullptr : &place->second;
}

const refresh_token* token_book::find_refresh(std::string_view text, time_point now) const {
  auto known = remembered_refresh(text);
  return known && !known->revoked && known->expires > now ? known : nullptr;
}

const refresh_token* token_book::remembered_refresh(std::string_view text) const {
  auto place = refresh_.find(text);
  return place == refresh_.end() ? nullptr : &place->second;
}

bool token_book::revoke(std::string_view text, time_point now) {
  if (find(text, now)) { // the open door closes for good, although nobody came through it before
    access_.find(text)->second.revoked = true;
    return true;
  }
  if (!find_refresh(text, now))
    return false;
  refresh_.find(text)->second.revoked = true;
  return true;
}

std::vector<std::string> token_book::revoke_all(std::string_view login, std::string_view client_id, time_point now) {
  auto concerns = [&](const auto& x) {
    return x.login == login && (client_id.empty() || x.client_id == client_id) && !x.revoked;
  };
  (void)find(std::string{open_door_prefix}.append(login), now); // or that one would still be to come
  std::vector<std::string> ended;
  for (auto& [text, what] : access_) {
    if (concerns(what)) {
      if (what.expires > now)
        ended.push_back(text);
      what.revoked = true;
    }
  }
  for (auto& [text, what] : refresh_)
    if (concerns(what))
      what.revoked = true;
  std::erase_if(allowed_, [&](const auto& x) {
    return x.first.second == login && (client_id.empty() || x.first.first == client_id);
  });
  return ended;
}

bool token_book::has_allowed(std::string_view login, std::string_view client_id, std::string_view scope) const {
  auto place = allowed_.find({std::string{client_id}, std::string{login}});
  return place != allowed_.end() && place->second.contains(scope);
}

bool token_book::knows(std::string_view login, std::string_view client_id) const {
  return allowed_.contains({std::string{client_id}, std::string{login}});
}

void token_book::refuse(std::string_view text) {
  auto name = fingerprint(text);
  if (refused_.insert(name).second)
    refused_order_.push_back(std::move(name));
  bound(refused_, refused_order_, max_refused);
}

bool token_book::was_refused(std::string_view text) const {
  return refused_.contains(fingerprint(text));
}

} // namespace creamery::simulator
