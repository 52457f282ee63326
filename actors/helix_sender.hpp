#pragma once

#include "actors/interfaces.hpp"
#include "actors/user_lookup.hpp"
#include "actors/wake_up.hpp"
#include "runtime/delivery/recent_numbers.hpp"
#include "runtime/supervision/backoff.hpp"

#include <spdlog/logger.h>

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace creamery {

/// Which bot a sender speaks for.
struct sender_identity {
  std::string bot;
  /// The id of its account, and who makes its calls.
  std::string account;
  account_directory_actor accounts;
  /// With the application's token, which gives the Chat Bot badge.
  bool as_application = false;
  std::vector<std::string> channels;
};

/// Writes what a bot says through Twitch's API (Send Chat Message, twitch-platform 4.2) instead of a chat connection: finds out the
/// ids of its channels, tells the outbox that it can be heard there, and what became of each message. One message at a time in each
/// channel, so that they stay in order.
class helix_sender_state {
public:
  static inline const char* name = "creamery.helix_sender";

  helix_sender_state(helix_sender_actor::pointer self, sender_identity identity);

  helix_sender_actor::behavior_type make_behavior();

private:
  /// A line that waits for its turn in a channel.
  struct waiting_line {
    outgoing_line line;
    caf::typed_response_promise<bool> written;
  };

  struct room {
    std::string id;
    std::deque<waiting_line> waiting;
    bool is_sending = false;
  };

  /// Tells that it can be heard in the channels whose ids are known now.
  void open_rooms();
  void tell_joined(const std::string& channel);
  caf::result<bool> take(const outgoing_line& line);
  void send_next(const std::string& channel);
  void on_answer(const std::string& channel, uint64_t number, const helix::answer& answer);

  helix_sender_actor::pointer self_;
  sender_identity who_;
  std::shared_ptr<spdlog::logger> log_;
  outbox_actor outbox_;
  /// Names this instance, which the outbox takes for a connection.
  std::string session_;
  std::map<std::string, room> rooms_;
  /// The lines that were taken from the outbox.
  recent_numbers taken_;
  user_ids ids_;
  backoff look_up_again_;
  user_lookup users_;
  wake_up alarm_;
  std::string told_;
};

using helix_sender = caf::stateful_actor<helix_sender_state, helix_sender_actor::base>;

} // namespace creamery
