#pragma once

#include "simulator/connection.hpp"
#include "simulator/eventsub_server.hpp"
#include "simulator/pubsub_server.hpp"

#include <map>
#include <memory>
#include <string>

namespace creamery::simulator {

/// The sockets over which events go to clients: EventSub's, whose path is `/ws`, and the old PubSub's with any other path.
class event_sockets final : public connection_owner {
public:
  /// @param server, pubsub outlive this.
  event_sockets(eventsub_server& server, pubsub_server& pubsub) : server_(server), pubsub_(pubsub) {
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
    /// Both null: the WebSocket isn't open yet.
    eventsub_server::client* who = nullptr;
    pubsub_server::client* listener = nullptr;
  };

  void on_upgraded(connection& link, std::string_view target) override;
  void on_ping(connection& from) override;
  void on_line(connection& from, std::string_view line) override;

  void on_drained(connection&) override {
  }

  void on_gone(connection& gone, std::string_view reason) override;

  eventsub_server& server_;
  pubsub_server& pubsub_;
  std::map<connection*, entry> clients_;
};

} // namespace creamery::simulator
