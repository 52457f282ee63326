#pragma once

#include "tests/unit/net/loopback_server.hpp"

#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace creamery::test {

/// What a client has asked.
struct test_request {
  /// From the first line to the empty one.
  std::string head;
  std::string body;
  /// Which connection it came over, and which one of that connection it is; both count from 1.
  size_t connection = 0;
  size_t number = 0;

  /// The first line, without the version.
  std::string line() const;
};

/// What the server writes, just as it stands.
struct test_reply {
  std::string bytes;
  /// The server ends the connection behind it.
  bool close = false;
};

/// `200 OK` with a body and its length.
std::string ok(const std::string& body);

/// An HTTP server on loopback for one test. Each connection has a thread of its own, with blocking calls; a script says
/// what is answered. A script may block, but has to return before the server is destroyed.
class http_test_server {
public:
  using script = std::function<test_reply(const test_request&)>;

  /// @param identity the certificates to speak TLS with; none: plain HTTP.
  explicit http_test_server(script answer, const self_signed* identity = nullptr);

  ~http_test_server();

  uint16_t port() const noexcept {
    return port_;
  }

  /// How many connections were accepted, and how many of them have ended.
  size_t accepted() const;
  size_t ended() const;

  /// What was asked, in the order of arrival.
  std::vector<test_request> requests() const;

private:
  using tcp = boost::asio::ip::tcp;

  struct connection {
    std::optional<tcp::socket> socket;
    std::thread thread;
  };

  void run();
  void serve(connection& mine, size_t number);
  template <class Stream>
  void answer_all(Stream& stream, size_t number);

  script answer_;
  const self_signed* identity_;
  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_};
  uint16_t port_ = 0;

  mutable std::mutex mutex_;
  /// All guarded by `mutex_`; what is in the list stays where it is until the server ends.
  std::list<connection> connections_;
  std::vector<test_request> requests_;
  size_t ended_ = 0;
  bool ending_ = false;
  std::thread thread_;
};

} // namespace creamery::test
