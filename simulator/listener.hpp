#pragma once

#include "messages/result.hpp"
#include "simulator/connection.hpp"
#include "simulator/options.hpp"

#include <array>
#include <functional>
#include <vector>

namespace creamery::simulator {

/// The doors: ws, wss, irc, ircs, control, http, https, and events over ws and wss, each at every address.
class listener {
public:
  /// The doors' order, which is that of their ports.
  static constexpr size_t doors = 9;
  static constexpr size_t control_door = 4;
  static constexpr size_t http_door = 5;
  static constexpr size_t https_door = 6;
  static constexpr size_t events_door = 7;
  static constexpr size_t secure_events_door = 8;

  /// Opens all of them, or none. What each one lets in is told to `accepted`, in the event loop.
  static result<listener> open(net::io_context& io, const options& setup);

  /// Starts letting people in; `accepted(door, socket)`.
  void start(std::function<void(size_t, tcp::socket)> accepted);

  void stop();

  port_list ports() const;

private:
  struct entrance {
    size_t door;
    tcp::acceptor acceptor;
    net::steady_timer pause; // after an error such as too many open files
  };

  result<bool> open_at(net::io_context& io, const std::vector<net::ip::address>& addresses, size_t door, uint16_t port);
  void accept(entrance& at);

  std::vector<std::unique_ptr<entrance>> entrances_;
  std::array<uint16_t, doors> ports_{};
  std::function<void(size_t, tcp::socket)> accepted_;
};

} // namespace creamery::simulator
