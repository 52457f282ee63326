#pragma once

#include "simulator/connection.hpp"
#include "simulator/eventsub_server.hpp"

#include <map>
#include <memory>
#include <string>

namespace creamery::simulator {

/// The sockets over which events go to clients.
class event_sockets final : public connection_owner {
public:
  /// @param server outlives this.
  explicit event_sockets(eventsub_server& server) : server_(server) {
  }

  /// @param base `ws://host:port`, where it came in.
  void accept(std::shared_ptr<connection> link, std::string base);

  size_t size() const noexcept {
    return clients_.size();
  }

  void close_all();

private:
  struct entry {
    std::shared_ptr<connection> link;
    std::string base;
    /// Null: the WebSocket isn't open yet.
    eventsub_server::client* who = nullptr;
  };

  void on_upgraded(connection& link, std::string_view target) override;
  void on_line(connection& from, std::string_view line) override;

  void on_drained(connection&) override {
  }

  void on_gone(connection& gone, std::string_view reason) override;

  eventsub_server& server_;
  std::map<connection*, entry> clients_;
};

} // namespace creamery::simulator
