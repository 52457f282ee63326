#pragma once

#include "messages/result.hpp"
#include "simulator/history.hpp"
#include "simulator/requests.hpp"
#include "simulator/session.hpp"
#include "simulator/token_book.hpp"

#include <nlohmann/json.hpp>

#include <functional>
#include <list>
#include <set>
#include <string>
#include <string_view>

namespace creamery::simulator {

/// Twitch's old PubSub (twitch-platform §5): who listens to what, and who is told. Without sockets and without a clock.
class pubsub_server {
public:
  /// Twitch's limit for one connection.
  static constexpr size_t max_topics = 50;

  /// @param tokens, log outlive this. @param id_of tells a user's id by the login; empty: nobody's.
  pubsub_server(token_book& tokens, history& log, std::function<std::string(std::string_view login)> id_of);

  /// One client's socket.
  struct client {
    client_link* link = nullptr;
    std::set<std::string, std::less<>> topics;
    /// Until when it must have listened to something, and when it is closed because it was told to go elsewhere; max: never.
    time_point used_by;
    time_point gone_by = time_point::max();
    bool is_silent = false;
    bool is_closing = false;
  };

  client& open(client_link& link, time_point now);

  void receive(client& from, std::string_view text, time_point now);

  void closed(client& gone);

  /// Does what is due. To be called several times a second.
  void tick(time_point now);

  /// @returns how many were told.
  result<size_t> publish(const pubsub_request& request, time_point now);

  /// @returns how many sockets were concerned.
  size_t apply(const pubsub_sockets_request& request, time_point now);

  struct counters {
    uint64_t connections = 0;
    uint64_t listens = 0;
    uint64_t refused = 0;
    uint64_t pings = 0;
    uint64_t messages = 0;
    uint64_t unused = 0;
  };

  const counters& count() const noexcept {
    return counters_;
  }

  /// How many topics are listened to, by all together.
  size_t topics() const;

private:
  void send(client& to, const nlohmann::json& what);
  /// `ERR_…`, or empty.
  std::string listen(client& from, const nlohmann::json& data, time_point now);
  std::string check(std::string_view topic, const access_token* token) const;
  void close(client& one);

  token_book& tokens_;
  history& log_;
  std::function<std::string(std::string_view)> id_of_;
  std::list<client> clients_;
  counters counters_;
};

} // namespace creamery::simulator
