#pragma once

#include "runtime/net/net_options.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <functional>
#include <list>
#include <memory>
#include <vector>

namespace creamery {

/// The order in which to try the addresses of a server: as the resolver sorted them, but with IPv6 and IPv4 by turns,
/// so that a family that doesn't work costs one stagger and not all its addresses (RFC 8305 §4).
std::vector<boost::asio::ip::tcp::endpoint> by_turns(const std::vector<boost::asio::ip::tcp::endpoint>& addresses);

/// Connects to the first of several addresses that answers ("happy eyeballs", RFC 8305 §5): each address gets
/// `connect_stagger` to itself, then the next one is tried as well, at once when one fails. A broken IPv6 so costs 250
/// ms and not a time-out. Lives on the network thread.
class connector : public std::enable_shared_from_this<connector> {
public:
  using tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;

  /// Hears the outcome once: a connected socket, or the first address's error. Not called after `cancel`.
  using handler = std::function<void(error_code, tcp::socket)>;

  connector(boost::asio::io_context& io, std::vector<tcp::endpoint> addresses, const net_timeouts& timeouts,
            handler done);

  void start();

  void cancel();

private:
  struct attempt {
    explicit attempt(boost::asio::io_context& io) : socket(io), deadline(io) {
    }

    tcp::socket socket;
    boost::asio::steady_timer deadline;
    bool timed_out = false;
  };

  using attempt_position = std::list<attempt>::iterator;

  void try_next();
  void on_connected(attempt_position which, error_code ec);
  void finish(error_code ec, tcp::socket socket);

  boost::asio::io_context& io_;
  std::vector<tcp::endpoint> addresses_;
  net_timeouts timeouts_;
  handler done_;
  size_t tried_ = 0;
  /// Those that are under way; an attempt stays where it is until its own operations have ended.
  std::list<attempt> attempts_;
  size_t pending_ = 0;
  boost::asio::steady_timer stagger_;
  error_code first_error_;
};

} // namespace creamery
