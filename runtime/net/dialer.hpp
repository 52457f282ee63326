#pragma once

#include "runtime/net/byte_stream.hpp"
#include "runtime/net/endpoint.hpp"
#include "runtime/net/fwd.hpp"
#include "runtime/net/net_error.hpp"
#include "runtime/net/net_options.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace creamery {

class connector;

/// A connection that stands.
struct dialled {
  /// Never null.
  std::unique_ptr<byte_stream> stream;
  /// What the server sent right behind its answer to the upgrade.
  std::string unread;
};

/// Makes one connection, step by step: resolve, connect, ask a proxy, TLS, WebSocket upgrade; those that the endpoint
/// needs. Each step has its own time-out. Lives on the network thread.
///
/// Written with callbacks: a chain of small functions, each the next step of the one before it.
class dialer : public std::enable_shared_from_this<dialer> {
public:
  using tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;

  /// Hears the outcome, exactly one of both, once. Not called after `cancel`, nor before `start` has returned.
  using on_dialled = std::function<void(dialled)>;
  using on_failed = std::function<void(net_error)>;

  /// @param proxy the proxy to go through, if any.
  dialer(std::shared_ptr<net_core> core, endpoint server, net_timeouts timeouts, std::optional<http_proxy> proxy,
         on_dialled succeeded, on_failed failed);

  void start();

  void cancel();

private:
  void resolve();
  void connect(std::vector<tcp::endpoint> addresses);
  void ask_proxy();
  void start_tls();
  void upgrade();
  void succeed();

  /// Sends `request_` and reads the head of the answer into `parser_`.
  void exchange(void (dialer::*done)());
  void on_proxy_answer();
  void on_upgrade_answer();

  void begin(net_step step, net_timeouts::duration limit);
  void fail(error_code ec, std::string text);
  void fail_with_status(unsigned status, std::string text);
  void fail(net_error why);

  std::shared_ptr<net_core> core_;
  endpoint server_;
  net_timeouts timeouts_;
  std::optional<http_proxy> proxy_;
  on_dialled succeeded_;
  on_failed failed_;
  /// Set once the outcome was told or nobody wants to know it any more: whatever completes later is ignored.
  bool over_ = false;

  net_step step_ = net_step::resolve;
  boost::asio::steady_timer deadline_;
  tcp::resolver resolver_;
  std::shared_ptr<connector> connector_;
  std::unique_ptr<byte_stream> stream_;

  using request_type = boost::beast::http::request<boost::beast::http::empty_body>;
  using parser_type = boost::beast::http::response_parser<boost::beast::http::empty_body>;
  request_type request_;
  std::optional<parser_type> parser_;
  boost::beast::flat_buffer received_;
  std::string websocket_key_;
};

} // namespace creamery
