#include "simulator/clients.hpp"

#include "simulator/token_book.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

constexpr size_t max_clients = 10'000;

/// What may be in a client id or a URI, so that it breaks no header and no page.
bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c > 0x20 && c < 0x7F && c != '"'; });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// `http://localhost[:port][/path]`, without query and fragment.
bool is_at_localhost(std::string_view uri) {
  constexpr std::string_view begin = "http://localhost";
  if (!uri.starts_with(begin) || !is_plain(uri) || uri.find_first_of("?#@\\") != std::string_view::npos)
    return false;
  uri.remove_prefix(begin.size());
  if (uri.starts_with(':')) {
    uri.remove_prefix(1);
    auto port = static_cast<size_t>(std::find_if_not(uri.begin(), uri.end(), is_digit) - uri.begin());
    if (port == 0 || port > 5)
      return false;
    uri.remove_prefix(port);
  }
  return uri.empty() || uri.starts_with('/');
}

} // namespace

bool api_client::allows_redirect(std::string_view uri) const {
  return std::find(redirect_uris.begin(), redirect_uris.end(), uri) != redirect_uris.end()
         || (any_localhost && is_at_localhost(uri));
}

client_book::client_book(bool open_door) {
  if (!open_door)
    return;
  api_client confidential;
  confidential.id = open_door_client;
  confidential.name = "Any bot";
  confidential.secret = "sim-secret";
  confidential.any_localhost = true;
  api_client public_one;
  public_one.id = "sim-public";
  public_one.name = "Any bot without a secret";
  public_one.rotate = true;
  for (auto& made : {confidential, public_one})
    clients_.emplace(made.id, made);
}

result<bool> client_book::apply(const client_request& request) {
  auto place = "client '" + request.client_id + "'";
  if (request.client_id.empty() || !is_plain(request.client_id))
    return failure{place, "an id has letters, digits and signs, and no spaces"};
  for (const auto& uri : request.redirect_uris.value_or(std::vector<std::string>{}))
    if (!is_plain(uri) || (!uri.starts_with("http://localhost") && !uri.starts_with("https://")))
      return failure{place, "'" + uri + "' must begin with https:// or http://localhost"};
  if (clients_.size() >= max_clients && !clients_.contains(request.client_id))
    return failure{place, "there are too many clients already"};
  auto& changed = clients_.try_emplace(request.client_id).first->second;
  changed.id = request.client_id;
  changed.name = request.name.value_or(changed.name.empty() ? request.client_id : changed.name);
  changed.secret = request.secret.value_or(changed.secret);
  changed.redirect_uris = request.redirect_uris.value_or(changed.redirect_uris);
  changed.rotate = request.rotate.value_or(changed.rotate) || changed.is_public();
  return true;
}

const api_client* client_book::find(std::string_view id) const {
  auto place = clients_.find(id);
  return place == clients_.end() ? nullptr : &place->second;
}

} // namespace creamery::simulator
