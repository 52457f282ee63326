#pragma once

#include "runtime/net/self_signed.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace creamery::test {

/// A server on loopback for one test: accepts connections, one after the other, and plays a script with each, with
/// blocking calls on a thread of its own. Whatever a script waits for ends when the server is destroyed.
class loopback_server {
public:
  using tcp = boost::asio::ip::tcp;
  /// May throw `boost::system::system_error`, as Asio's blocking calls do: that ends the connection.
  using script = std::function<void(tcp::socket)>;

  explicit loopback_server(script play, const std::string& address = "127.0.0.1");

  ~loopback_server();

  uint16_t port() const noexcept {
    return port_;
  }

private:
  void run();

  script play_;
  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_};
  uint16_t port_ = 0;
  std::mutex mutex_;
  /// A second descriptor of the current connection, to interrupt the script with; -1 if there is none.
  int current_ = -1;
  bool ending_ = false;
  std::thread thread_;
};

/// Certificates for "localhost", "irc.test", 127.0.0.1 and ::1, made once.
const self_signed& certificates();

/// A server's TLS with them, or with others.
boost::asio::ssl::context server_tls(const self_signed& identity = certificates());

} // namespace creamery::test
