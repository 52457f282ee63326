#pragma once

#include "messages/result.hpp"
#include "simulator/requests.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// A registered application (twitch-platform §2.1).
struct api_client {
  std::string id;
  std::string name;
  /// Empty: a public client, which has none and may only use the device flow.
  std::string secret;
  std::vector<std::string> redirect_uris;
  /// Any `http://localhost[:port][/path]` will do as well.
  bool any_localhost = false;
  /// Each refresh gives a new refresh token and ends the old one. Always so for public clients.
  bool rotate = false;

  bool is_public() const noexcept {
    return secret.empty();
  }

  /// Whether a browser may be sent back there: exactly as registered.
  bool allows_redirect(std::string_view uri) const;
};

/// Every application there is.
class client_book {
public:
  /// @param open_door `sim-client` and `sim-public` exist.
  explicit client_book(bool open_door);

  /// Registers an application, or changes one.
  result<bool> apply(const client_request& request);

  const api_client* find(std::string_view id) const;

  const std::map<std::string, api_client, std::less<>>& all() const noexcept {
    return clients_;
  }

private:
  std::map<std::string, api_client, std::less<>> clients_;
};

} // namespace creamery::simulator
