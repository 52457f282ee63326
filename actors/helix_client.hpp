#pragma once

#include "actors/interfaces.hpp"
#include "actors/wake_up.hpp"
#include "runtime/helix/call_queue.hpp"

#include <spdlog/logger.h>

#include <map>
#include <memory>
#include <string>

namespace creamery {

/// Makes an account's calls of Twitch's API: asks the keeper for a token before each, sends them as `call_queue` says, and tells
/// the keeper when Twitch refuses the token.
class helix_client_state {
public:
  static inline const char* name = "creamery.helix";

  helix_client_state(helix_actor::pointer self, std::string account, token_keeper_actor keeper,
                     helix::transport& transport, int64_t (*clock)(std::chrono::steady_clock::time_point));

  helix_actor::behavior_type make_behavior();

private:
  using call_id = helix::call_queue::call_id;

  /// Somebody's call, and the token that it was sent with last.
  struct pending {
    caf::typed_response_promise<helix::answer> promise;
    secret token;
  };

  void proceed();
  void get_token(call_id id);
  void send(call_id id, const credentials& with);
  void on_answer(call_id id, helix::incoming content);
  void finish(call_id id, helix::answer with);
  void fail(call_id id, helix::error why);

  helix_actor::pointer self_;
  std::string account_;
  std::shared_ptr<spdlog::logger> log_;
  token_keeper_actor keeper_;
  helix::transport& transport_;
  int64_t (*wall_clock_)(std::chrono::steady_clock::time_point);
  helix::call_queue queue_;
  std::map<call_id, pending> pending_;
  wake_up alarm_;
};

using helix_client = caf::stateful_actor<helix_client_state, helix_actor::base>;

} // namespace creamery
