#include "tests/unit/net/http_test_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

#include <sys/socket.h>

namespace creamery::test {

namespace {

namespace asio = boost::asio;

size_t content_length(const std::string& head) {
  constexpr std::string_view field = "\r\nContent-Length: ";
  const auto at = head.find(field);
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + field.size()));
}

} // namespace

std::string test_request::line() const {
  return head.substr(0, head.find(" HTTP/1.1\r\n"));
}

std::string ok(const std::string& body) {
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

http_test_server::http_test_server(script answer, const self_signed* identity)
  : answer_(std::move(answer)), identity_(identity) {
  const tcp::endpoint where{asio::ip::make_address("127.0.0.1"), 0};
  acceptor_.open(where.protocol());
  acceptor_.bind(where);
  acceptor_.listen();
  port_ = acceptor_.local_endpoint().port();
  thread_ = std::thread{[this] { run(); }};
}

http_test_server::~http_test_server() {
  {
    std::lock_guard guard{mutex_};
    ending_ = true;
    for (auto& x : connections_)
      if (x.socket)
        ::shutdown(x.socket->native_handle(), SHUT_RDWR);
  }
  ::shutdown(acceptor_.native_handle(), SHUT_RDWR);
  thread_.join();
  for (auto& x : connections_)
    x.thread.join();
}

size_t http_test_server::accepted() const {
  std::lock_guard guard{mutex_};
  return connections_.size();
}

size_t http_test_server::ended() const {
  std::lock_guard guard{mutex_};
  return ended_;
}

std::vector<test_request> http_test_server::requests() const {
  std::lock_guard guard{mutex_};
  return requests_;
}

void http_test_server::run() {
  for (;;) {
    boost::system::error_code ec;
    auto socket = acceptor_.accept(ec);
    std::lock_guard guard{mutex_};
    if (ec || ending_)
      return;
    auto& mine = connections_.emplace_back();
    mine.socket = std::move(socket);
    mine.thread = std::thread{[this, &mine, number = connections_.size()] { serve(mine, number); }};
  }
}

void http_test_server::serve(connection& mine, size_t number) {
  try {
    if (identity_ == nullptr) {
      answer_all(*mine.socket, number);
    } else {
      auto tls = server_tls(*identity_);
      asio::ssl::stream<tcp::socket&> stream{*mine.socket, tls};
      stream.handshake(asio::ssl::stream_base::server);
      answer_all(stream, number);
    }
  } catch (const boost::system::system_error&) {
    // The client has ended the connection, or the test is over.
  }
  std::lock_guard guard{mutex_};
  mine.socket.reset();
  ++ended_;
}

template <class Stream>
void http_test_server::answer_all(Stream& stream, size_t number) {
  std::string received;
  for (size_t count = 1;; ++count) {
    const auto end_of_head = asio::read_until(stream, asio::dynamic_buffer(received), "\r\n\r\n");
    test_request request{received.substr(0, end_of_head), {}, number, count};
    received.erase(0, end_of_head);
    const auto size = content_length(request.head);
    if (received.size() < size)
      asio::read(stream, asio::dynamic_buffer(received), asio::transfer_exactly(size - received.size()));
    request.body = received.substr(0, size);
    received.erase(0, size);
    {
      std::lock_guard guard{mutex_};
      requests_.push_back(request);
    }
    const auto reply = answer_(request);
    asio::write(stream, asio::buffer(reply.bytes));
    if (reply.close)
      return;
  }
}

} // namespace creamery::test
