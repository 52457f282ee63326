#pragma once

#include "messages/result.hpp"
#include "runtime/net/http_client.hpp"
#include "runtime/net/net_context.hpp"
#include "runtime/oauth/identity_server.hpp"

#include <memory>
#include <string>

namespace creamery {

/// Twitch's identity server, or one like it, over HTTP.
class identity_client final : public oauth::identity_server {
public:
  /// @param url of its base, as in `endpoints.id`.
  static result<std::unique_ptr<identity_client>> make(net_context& net, const std::string& url,
                                                       const http_client_options& options);

  void ask(oauth::request what, std::function<void(oauth::exchange)> done) override;

  const std::string& base() const noexcept override {
    return base_;
  }

private:
  identity_client(net_context& net, http_url url, const http_client_options& options);

  std::string base_;
  http_client client_;
};

} // namespace creamery
