#define CAF_SUITE net.connector

#include "runtime/net/connector.hpp"
#include "tests/unit/fixture.hpp"

#include <boost/asio/io_context.hpp>

#include <optional>

using namespace creamery;
using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using boost::asio::ip::tcp;

namespace {

tcp::endpoint address(const char* host, uint16_t port = 1) {
  return {make_address(host), port};
}

using addresses = std::vector<tcp::endpoint>;

/// Connects and says what came of it; the connector's own time-outs bound the wait.
std::pair<boost::system::error_code, std::optional<tcp::endpoint>> connect(addresses candidates,
                                                                           net_timeouts timeouts = {}) {
  boost::asio::io_context io;
  std::pair<boost::system::error_code, std::optional<tcp::endpoint>> outcome;
  auto one = std::make_shared<connector>(io, std::move(candidates), timeouts,
                                         [&](boost::system::error_code ec, tcp::socket socket) {
                                           outcome.first = ec;
                                           if (!ec)
                                             outcome.second = socket.remote_endpoint();
                                         });
  one->start();
  io.run();
  return outcome;
}

/// A port on which nobody listens.
uint16_t closed_port() {
  boost::asio::io_context io;
  return tcp::acceptor{io, address("127.0.0.1", 0)}.local_endpoint().port();
}

/// Something that never answers: a listening socket whose queue is full, so the kernel drops further requests.
class silent_server {
public:
  silent_server() {
    acceptor_.open(tcp::v4());
    acceptor_.bind(address("127.0.0.1", 0));
    acceptor_.listen(0);
    for (auto& filler : fillers_) {
      filler.open(tcp::v4());
      filler.native_non_blocking(true);
      const auto server = where();
      ::connect(filler.native_handle(), server.data(), server.size()); // "in progress", for ever
    }
  }

  tcp::endpoint where() const {
    return acceptor_.local_endpoint();
  }

private:
  boost::asio::io_context io_;
  tcp::acceptor acceptor_{io_};
  tcp::socket fillers_[3]{tcp::socket{io_}, tcp::socket{io_}, tcp::socket{io_}};
};

} // namespace

SCENARIO("addresses are tried with both families by turns") {
  GIVEN("a resolver's list") {
    CHECK(by_turns({address("::1"), address("::2"), address("::3"), address("1.0.0.1"), address("1.0.0.2")})
          == (addresses{address("::1"), address("1.0.0.1"), address("::2"), address("1.0.0.2"), address("::3")}));
    CHECK(by_turns({address("1.0.0.1"), address("::1")}) == (addresses{address("1.0.0.1"), address("::1")}));
    CHECK(by_turns({}).empty());
  }
}

SCENARIO("one address that works is enough") {
  boost::asio::io_context io;
  tcp::acceptor server{io, address("127.0.0.1", 0)};
  GIVEN("an address that refuses and one that answers") {
    net_timeouts timeouts;
    timeouts.connect_stagger = 1h; // the refusal alone has to start the next one
    const auto [ec, where] = connect({address("127.0.0.1", closed_port()), server.local_endpoint()}, timeouts);
    CHECK(!ec);
    CHECK(where == server.local_endpoint());
  }
  GIVEN("an address that never answers, before one that does") {
    silent_server silent;
    net_timeouts timeouts;
    timeouts.connect = 1h; // the stagger alone has to start the next one
    timeouts.connect_stagger = 10ms;
    const auto [ec, where] = connect({silent.where(), server.local_endpoint()}, timeouts);
    CHECK(!ec);
    CHECK(where == server.local_endpoint());
  }
}

SCENARIO("when no address works, the first one's error is told") {
  GIVEN("addresses that refuse") {
    const auto port = closed_port();
    CHECK(connect({address("127.0.0.1", port), address("127.0.0.1", port)}).first
          == boost::asio::error::connection_refused);
  }
  GIVEN("an address that never answers") {
    silent_server silent;
    net_timeouts timeouts;
    timeouts.connect = 30ms;
    CHECK(connect({silent.where()}, timeouts).first == boost::asio::error::timed_out);
  }
}
