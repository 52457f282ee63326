#pragma once

#include "runtime/net/fwd.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/stream.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace creamery {

/// A connected socket, with TLS or without: what a session, Beast's HTTP and the WebSocket upgrade read from and write
/// to without having to know which. Meets Asio's AsyncReadStream and AsyncWriteStream with plain handlers. One read and
/// one write may be under way at a time.
class byte_stream {
public:
  using socket_type = boost::asio::ip::tcp::socket;
  using executor_type = socket_type::executor_type;
  using error_code = boost::system::error_code;

  explicit byte_stream(socket_type socket) : socket_(std::move(socket)) {
  }

  executor_type get_executor() {
    return socket_.get_executor();
  }

  socket_type& socket() noexcept {
    return socket_;
  }

  bool encrypted() const noexcept {
    return tls_.has_value();
  }

  /// Begins with TLS as a client. The server has to prove that it is `host`, a DNS name or an IP address.
  ///
  /// @param handler `void(error_code)`
  template <class Handler>
  void async_handshake(boost::asio::ssl::context& settings, const std::string& host, Handler&& handler) {
    tls_.emplace(socket_, settings);
    expect_host(host);
    tls_->async_handshake(boost::asio::ssl::stream_base::client, std::forward<Handler>(handler));
  }

  /// Begins with TLS as a server.
  ///
  /// @param handler `void(error_code)`
  template <class Handler>
  void async_accept_handshake(boost::asio::ssl::context& settings, Handler&& handler) {
    tls_.emplace(socket_, settings);
    tls_->async_handshake(boost::asio::ssl::stream_base::server, std::forward<Handler>(handler));
  }

  /// Why the handshake failed, for people; names what was wrong with a certificate.
  std::string explain_handshake(const error_code& ec);

  template <class Buffers, class Handler>
  void async_read_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_read_some(buffers, std::forward<Handler>(handler));
    else
      socket_.async_read_some(buffers, std::forward<Handler>(handler));
  }

  template <class Buffers, class Handler>
  void async_write_some(const Buffers& buffers, Handler&& handler) {
    if (tls_)
      tls_->async_write_some(buffers, std::forward<Handler>(handler));
    else
      socket_.async_write_some(buffers, std::forward<Handler>(handler));
  }

  /// Writes what the system takes at once, without TLS. Only while no write is under way.
  ///
  /// @returns the number of bytes; less than all of them also when the connection has failed, which the next write tells.
  size_t write_now(std::string_view bytes);

  /// Takes what TLS has received but not handed out: a read gives one record only, and a server may send each line in
  /// its own. Doesn't wait. Only while no read or write is under way.
  ///
  /// @returns the number of bytes; `ec` is set when the connection ended behind them.
  size_t read_buffered(std::span<char> room, error_code& ec);

  /// Says that nothing more will be sent; with TLS also waits for the server to say the same.
  ///
  /// @param handler `void(error_code)`, called later.
  template <class Handler>
  void async_shutdown(Handler&& handler) {
    if (tls_) {
      tls_->async_shutdown(std::forward<Handler>(handler));
      return;
    }
    error_code ec;
    socket_.shutdown(socket_type::shutdown_send, ec);
    boost::asio::post(get_executor(), [ec, handler = std::forward<Handler>(handler)]() mutable { handler(ec); });
  }

  /// Ends everything at once; what is under way hears `operation_aborted`.
  void close() noexcept {
    error_code ignored; // nothing is left to be done about it
    socket_.close(ignored);
  }

private:
  void expect_host(const std::string& host);

  socket_type socket_;
  std::optional<boost::asio::ssl::stream<socket_type&>> tls_;
};

} // namespace creamery
