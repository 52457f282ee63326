#pragma once

#include "runtime/net/http_client.hpp"
#include "runtime/net/http_connection.hpp"
#include "runtime/net/net_core.hpp"

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <vector>

namespace creamery {

/// The inside of an HTTP client: which call goes over which connection, and which has to wait. All private members
/// belong to the network thread.
class http_pool : public net_activity, public http_connection_owner, public std::enable_shared_from_this<http_pool> {
public:
  http_pool(std::shared_ptr<net_core> core, http_url base, http_client_options options);

  // -- for any thread: see `http_client` --

  void start();
  bool send(http_call call, http_done done);
  void end();

  const http_url& base() const noexcept {
    return base_;
  }

private:
  using connections = std::vector<std::shared_ptr<http_connection>>;

  void begin(const std::shared_ptr<http_job>& job);
  void serve();
  std::shared_ptr<http_connection> find_connection(bool fresh);
  void expire(const std::shared_ptr<http_job>& job);
  void fail(http_job& job, net_error why);
  net_error error_at(net_step step, std::error_code code, std::string text) const;

  void on_answered(std::shared_ptr<http_connection> connection, std::shared_ptr<http_job> job,
                   http_answer answer) override;
  void on_ended(std::shared_ptr<http_connection> connection, std::shared_ptr<http_job> job, net_error why,
                bool stale) override;
  void shut_down() override;

  const std::shared_ptr<net_core> core_;
  const http_url base_;
  const http_client_options options_;
  /// The proxy to go through, or why none of the calls can be made.
  const result<std::optional<http_proxy>> proxy_;

  /// Those that have no connection yet, in their order.
  std::deque<std::shared_ptr<http_job>> waiting_;
  /// Those that carry a call.
  connections busy_;
  /// Those that are kept alive; the one that was used last stands last.
  connections idle_;
  bool ended_ = false;
  /// The network thread lets nobody but the pool itself say when it has ended.
  std::shared_ptr<http_pool> self_;
};

} // namespace creamery
