#include "tests/unit/net/loopback_server.hpp"

#include <boost/asio/buffer.hpp>

#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

namespace creamery::test {

loopback_server::loopback_server(script play, const std::string& address) : play_(std::move(play)) {
  const tcp::endpoint where{boost::asio::ip::make_address(address), 0};
  acceptor_.open(where.protocol());
  acceptor_.bind(where);
  acceptor_.listen();
  port_ = acceptor_.local_endpoint().port();
  thread_ = std::thread{[this] { run(); }};
}

loopback_server::~loopback_server() {
  {
    std::lock_guard guard{mutex_};
    ending_ = true;
    if (current_ >= 0)
      ::shutdown(current_, SHUT_RDWR);
  }
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  thread_.join();
}

void loopback_server::run() {
  for (;;) {
    boost::system::error_code ec;
    auto socket = acceptor_.accept(ec);
    {
      std::lock_guard guard{mutex_};
      if (ec || ending_)
        return;
      current_ = ::dup(socket.native_handle());
    }
    try {
      play_(std::move(socket));
    } catch (const boost::system::system_error&) {
      // The client has ended the connection, or the test is over; what matters is what the client noticed.
    }
    std::lock_guard guard{mutex_};
    ::close(std::exchange(current_, -1));
  }
}

const self_signed& certificates() {
  static const auto made = make_self_signed({"localhost", "irc.test", "127.0.0.1", "::1"});
  if (!made)
    throw std::runtime_error{to_string(made.error())};
  return *made;
}

boost::asio::ssl::context server_tls(const self_signed& identity) {
  namespace ssl = boost::asio::ssl;
  ssl::context made{ssl::context::tls_server};
  made.use_certificate_chain(boost::asio::buffer(identity.certificate));
  made.use_private_key(boost::asio::buffer(identity.private_key), ssl::context::pem);
  return made;
}

} // namespace creamery::test
