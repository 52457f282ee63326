#pragma once

#include "messages/result.hpp"
#include "runtime/net/http_client.hpp"
#include "runtime/net/net_context.hpp"
#include "simulator/webhook_sender.hpp"

#include <boost/asio/io_context.hpp>

#include <map>
#include <memory>
#include <string>

namespace creamery::simulator {

/// Makes the requests of a `webhook_sender`, over connections that are kept alive.
class webhook_poster {
public:
  /// @param io where the sender lives. @param sender outlives this. @param ca_file certificates to trust besides the system's.
  webhook_poster(boost::asio::io_context& io, webhook_sender& sender, std::string ca_file);

  ~webhook_poster();

  void post(webhook_post what);

private:
  http_client* client_for(const std::string& callback, std::string& target);
  void answer(uint64_t number, webhook_reply reply);

  boost::asio::io_context& io_;
  webhook_sender& sender_;
  std::string ca_file_;
  /// Made when it is needed first.
  std::unique_ptr<net_context> net_;
  /// By scheme, host and port.
  std::map<std::string, std::unique_ptr<http_client>> clients_;
};

} // namespace creamery::simulator
