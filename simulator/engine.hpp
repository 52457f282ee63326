#pragma once

#include "messages/result.hpp"
#include "simulator/chat_server.hpp"
#include "simulator/connection.hpp"
#include "simulator/event_sockets.hpp"
#include "simulator/history.hpp"
#include "simulator/http_session.hpp"
#include "simulator/listener.hpp"
#include "simulator/options.hpp"
#include "simulator/raid_player.hpp"
#include "simulator/replay_player.hpp"
#include "simulator/scenario_player.hpp"
#include "simulator/web_api.hpp"
#include "simulator/webhook_poster.hpp"
#include "simulator/webhook_sender.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>

namespace creamery::simulator {

/// What runs in the simulator's thread: the event loop, sockets, and what makes chat. Everything here is called in that
/// thread only.
class engine final : public connection_owner {
public:
  /// Opens the doors and files, and reads the scenario.
  static result<std::unique_ptr<engine>> make(options setup);

  ~engine() override;

  /// Works until `stop`.
  void run();

  /// Closes everything; `run` returns. Safe from any thread.
  void stop();

  net::io_context& io() noexcept {
    return io_;
  }

  chat_server& chat() noexcept {
    return chat_;
  }

  const chat_server& chat() const noexcept {
    return chat_;
  }

  web_api& web() noexcept {
    return web_;
  }

  const web_api& web() const noexcept {
    return web_;
  }

  history& log() noexcept {
    return log_;
  }

  const options& setup() const noexcept {
    return setup_;
  }

  port_list ports() const {
    return doors_->ports();
  }

  const std::string& ca_certificate() const noexcept {
    return ca_certificate_;
  }

  result<bool> raid(raid_request request);

  /// @param file was read from `request.file` or `request.lines`.
  result<uint64_t> replay(std::shared_ptr<const replay_file> file, replay_request request);

  std::vector<replay_status> replays() const;
  bool stop_replay(uint64_t number);

  /// Ends the scenario, all raids and all replays.
  void fall_silent();

  std::vector<connection_info> connections() const;

  eventsub_server& events() noexcept {
    return events_;
  }

  pubsub_server& pubsub() noexcept {
    return pubsub_;
  }

  webhook_sender& webhooks() noexcept {
    return webhooks_;
  }

private:
  struct client {
    std::shared_ptr<connection> link;
    session* talk = nullptr;
  };

  explicit engine(options setup);

  result<bool> prepare();
  result<bool> prepare_tls();
  void accept(size_t door, tcp::socket socket);
  void accept_events(size_t door, tcp::socket socket);
  void accept_http(size_t door, tcp::socket socket);
  void on_line(connection& from, std::string_view line) override;
  void on_drained(connection& to) override;
  void on_gone(connection& gone, std::string_view reason) override;
  void make_chat();
  void plan();
  void keep_house();
  void close_all();

  options setup_;
  net::io_context io_{1};
  net::ssl::context tls_{net::ssl::context::tls_server};
  history log_;
  chat_server chat_;
  web_api web_;
  webhook_sender webhooks_;
  eventsub_server events_;
  pubsub_server pubsub_;
  event_sockets event_sockets_;
  std::optional<listener> doors_;
  std::string ca_certificate_;
  std::map<connection*, client> clients_;
  std::list<std::weak_ptr<http_session>> pages_;
  std::deque<replay_player> replays_;
  std::list<raid_player> raids_;
  std::optional<scenario_player> scenario_;
  dice random_;
  uint64_t next_replay_ = 1;
  net::steady_timer chat_timer_;
  net::steady_timer house_timer_;
  webhook_poster poster_;
  bool chat_planned_ = false;
  bool stopping_ = false;
};

} // namespace creamery::simulator
