#include "simulator/listener.hpp"

namespace creamery::simulator {

namespace {

constexpr auto pause_after_error = std::chrono::milliseconds{100};

/// How often another free port is tried when the first one is free at one address and taken at another.
constexpr int attempts = 50;

failure listen_failure(const net::ip::address& address, uint16_t port, const std::string& cause) {
  return {"listening at " + address.to_string() + " port " + std::to_string(port), cause};
}

} // namespace

result<listener> listener::open(net::io_context& io, const options& setup) {
  if (setup.base_port > 65535 - doors + 1)
    return failure{"port " + std::to_string(setup.base_port), "must leave room for eight more above it"};
  std::vector<net::ip::address> addresses;
  for (const auto& text : setup.bind) {
    error_code why;
    auto address = net::ip::make_address(text, why);
    if (why)
      return failure{"address '" + text + "'", "is no IP address"};
    if (!address.is_loopback() && !setup.allow_remote)
      return failure{"address " + text, "isn't a loopback address, and others would have to be allowed"};
    addresses.push_back(address);
  }
  if (addresses.empty())
    return failure{"listening", "needs an address"};
  listener made;
  for (size_t door = 0; door < doors; ++door) {
    auto port = static_cast<uint16_t>(setup.base_port == 0 ? 0 : setup.base_port + door);
    auto opened = made.open_at(io, addresses, door, port);
    for (int i = 1; !opened && port == 0 && i < attempts; ++i)
      opened = made.open_at(io, addresses, door, port);
    if (!opened)
      return opened.error();
  }
  return made;
}

result<bool> listener::open_at(net::io_context& io, const std::vector<net::ip::address>& addresses, size_t door,
                               uint16_t port) {
  std::vector<std::unique_ptr<entrance>> opened;
  for (const auto& address : addresses) {
    error_code why;
    auto at = std::make_unique<entrance>(entrance{door, tcp::acceptor{io}, net::steady_timer{io}});
    tcp::endpoint endpoint{address, port};
    at->acceptor.open(endpoint.protocol(), why);
    if (!why)
      at->acceptor.set_option(net::socket_base::reuse_address{true}, why);
    if (!why && address.is_v6())
      at->acceptor.set_option(net::ip::v6_only{true}, why);
    if (!why)
      at->acceptor.bind(endpoint, why);
    // A machine without IPv6 is no mistake, as long as there is the first address.
    if ((why == net::error::address_family_not_supported || why == boost::system::errc::address_not_available)
        && !opened.empty())
      continue;
    if (!why)
      at->acceptor.listen(net::socket_base::max_listen_connections, why);
    if (why)
      return listen_failure(address, port, why.message());
    port = at->acceptor.local_endpoint(why).port();
    opened.push_back(std::move(at));
  }
  ports_[door] = port;
  for (auto& at : opened)
    entrances_.push_back(std::move(at));
  return true;
}

void listener::start(std::function<void(size_t, tcp::socket)> accepted) {
  accepted_ = std::move(accepted);
  for (auto& at : entrances_)
    accept(*at);
}

void listener::accept(entrance& at) {
  at.acceptor.async_accept([this, &at](error_code why, tcp::socket socket) {
    if (why == net::error::operation_aborted || !at.acceptor.is_open())
      return;
    if (!why) {
      accepted_(at.door, std::move(socket));
      return accept(at);
    }
    at.pause.expires_after(pause_after_error);
    at.pause.async_wait([this, &at](error_code cancelled) {
      if (!cancelled)
        accept(at);
    });
  });
}

void listener::stop() {
  for (auto& at : entrances_) {
    error_code ignored;
    at->acceptor.close(ignored);
    at->pause.cancel();
  }
}

port_list listener::ports() const {
  return {ports_[0],
          ports_[1],
          ports_[2],
          ports_[3],
          ports_[control_door],
          ports_[http_door],
          ports_[https_door],
          ports_[events_door],
          ports_[secure_events_door]};
}

} // namespace creamery::simulator
