#pragma once

#include "messages/result.hpp"
#include "runtime/helix/transport.hpp"
#include "runtime/net/http_client.hpp"
#include "runtime/net/net_context.hpp"

#include <memory>
#include <string>

namespace creamery {

/// Twitch's API, or one like it, over HTTP.
class helix_connection final : public helix::transport {
public:
  /// @param url of its base, as in `endpoints.helix`.
  static result<std::unique_ptr<helix_connection>> make(net_context& net, const std::string& url,
                                                        const http_client_options& options);

  void send(helix::outgoing what, std::function<void(helix::incoming)> done) override;

private:
  helix_connection(net_context& net, http_url url, const http_client_options& options);

  http_client client_;
};

} // namespace creamery
