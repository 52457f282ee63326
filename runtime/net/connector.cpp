#include "runtime/net/connector.hpp"

#include <boost/asio/error.hpp>

#include <algorithm>
#include <utility>

namespace creamery {

namespace {

using boost::asio::ip::tcp;

/// No server has more addresses that are worth trying.
constexpr size_t max_addresses = 16;

} // namespace

std::vector<tcp::endpoint> by_turns(const std::vector<tcp::endpoint>& addresses) {
  if (addresses.empty())
    return {};
  const bool first_is_v6 = addresses.front().address().is_v6();
  std::vector<tcp::endpoint> first_family, other_family, ordered;
  for (const auto& x : addresses)
    (x.address().is_v6() == first_is_v6 ? first_family : other_family).push_back(x);
  for (size_t i = 0; i < std::max(first_family.size(), other_family.size()); ++i)
    for (const auto* family : {&first_family, &other_family})
      if (i < family->size())
        ordered.push_back((*family)[i]);
  return ordered;
}

connector::connector(boost::asio::io_context& io, std::vector<tcp::endpoint> addresses, const net_timeouts& timeouts,
                     handler done)
  : io_(io), addresses_(by_turns(addresses)), timeouts_(timeouts), done_(std::move(done)), stagger_(io) {
  if (addresses_.size() > max_addresses)
    addresses_.resize(max_addresses);
}

void connector::start() {
  try_next();
}

void connector::cancel() {
  done_ = nullptr;
  stagger_.cancel();
  for (auto& x : attempts_) {
    error_code ignored; // a socket that can't even be closed is closed by its destructor
    x.socket.close(ignored);
    x.deadline.cancel();
  }
}

void connector::try_next() {
  if (!done_ || tried_ == addresses_.size())
    return;
  const auto& address = addresses_[tried_++];
  const auto which = attempts_.emplace(attempts_.end(), io_);
  ++pending_;
  which->deadline.expires_after(timeouts_.connect);
  which->deadline.async_wait([self = shared_from_this(), which](error_code cancelled) {
    if (cancelled || !self->done_)
      return;
    which->timed_out = true;
    error_code ignored;
    which->socket.close(ignored);
  });
  which->socket.async_connect(address,
                              [self = shared_from_this(), which](error_code ec) { self->on_connected(which, ec); });
  stagger_.expires_after(timeouts_.connect_stagger);
  stagger_.async_wait([self = shared_from_this()](error_code cancelled) {
    if (!cancelled)
      self->try_next();
  });
}

void connector::on_connected(attempt_position which, error_code ec) {
  which->deadline.cancel();
  if (!done_)
    return;
  --pending_;
  if (!ec && which->socket.is_open())
    return finish({}, std::move(which->socket));
  if (which->timed_out || !ec)
    ec = boost::asio::error::timed_out;
  if (!first_error_)
    first_error_ = ec;
  if (tried_ < addresses_.size())
    return try_next(); // which also begins a new stagger
  if (pending_ == 0)
    finish(first_error_, tcp::socket{io_});
}

void connector::finish(error_code ec, tcp::socket socket) {
  const auto done = std::exchange(done_, nullptr);
  cancel();
  done(ec, std::move(socket));
}

} // namespace creamery
