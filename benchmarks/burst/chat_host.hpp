#pragma once

#include "simulator/connection.hpp"
#include "simulator/listener.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::benchmarks {

/// The least that a chat client needs of Twitch: logins, JOINs, PINGs, and that its messages are confirmed. Nothing is limited and
/// nothing is refused. Sockets and transports are the simulator's.
class chat_host final : simulator::connection_owner {
public:
  struct client {
    std::shared_ptr<simulator::connection> socket;
    std::string nick;
    std::vector<std::string> channels;
  };

  /// What the host tells.
  struct listener {
    /// A client said something in a channel.
    std::function<void(const client& who, std::string_view text)> on_message;
    /// Fewer bytes wait for this client than before.
    std::function<void(client&)> on_drained;
    /// A client has joined or left, or is gone.
    std::function<void()> on_membership;
  };

  static result<std::unique_ptr<chat_host>> open(simulator::net::io_context& io, size_t lines_per_frame, listener told);

  simulator::port_list ports() const {
    return doors_.ports();
  }

  /// What clients of the transports with TLS have to trust (PEM).
  const std::string& ca_certificate() const noexcept {
    return ca_certificate_;
  }

  /// Those who are in at least one channel. One whose connection ends meanwhile stays what it was, but hears nothing any more.
  std::vector<std::shared_ptr<client>> members() const;

  /// How many channels have a member.
  size_t joined() const noexcept {
    return joined_;
  }

  size_t connections_lost() const noexcept {
    return connections_lost_;
  }

private:
  chat_host(simulator::net::io_context& io, simulator::listener doors, size_t lines_per_frame, listener told);

  void on_line(simulator::connection& from, std::string_view line) override;
  void on_drained(simulator::connection& to) override;
  void on_gone(simulator::connection& gone, std::string_view reason) override;

  void welcome(client& who);
  void join(client& who, std::string_view list);
  void take_message(client& from, std::string_view tags, std::string_view rest);

  simulator::net::io_context& io_;
  simulator::listener doors_;
  size_t lines_per_frame_;
  listener told_;
  simulator::net::ssl::context tls_{simulator::net::ssl::context::tls_server};
  std::string ca_certificate_;
  std::map<simulator::connection*, std::shared_ptr<client>> clients_;
  size_t joined_ = 0;
  size_t connections_lost_ = 0;
  uint64_t last_id_ = 0;
};

} // namespace creamery::benchmarks
