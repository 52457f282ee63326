#pragma once

#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/wake_up.hpp"
#include "runtime/oauth/app_token.hpp"
#include "runtime/oauth/token_lifecycle.hpp"
#include "runtime/supervision/kept_answer.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <spdlog/logger.h>

#include <memory>
#include <string>
#include <vector>

namespace creamery {

/// An account's token and what is being asked about it; it outlives the keeper, since the answer to a renewal comes only once.
struct token_memory {
  token_lifecycle life;
  /// The question that the identity server is answering.
  std::shared_ptr<kept_answer<oauth::exchange>> question = {};
};

/// Carries out what `token_lifecycle` says, and gives the token to those who ask for it.
class token_keeper_state {
public:
  static inline const char* name = "creamery.token_keeper";

  /// @param vault null: nothing is kept. @param authorizer null: nobody can be asked for a token.
  /// @param server null: Twitch can't be asked, and the token is used as it is. @param clock what time it is.
  token_keeper_state(token_keeper_actor::pointer self, account_settings settings, kept<token_memory> memory,
                     vault_actor vault, authorizer_actor authorizer, oauth::identity_server* server,
                     int64_t (*clock)(std::chrono::steady_clock::time_point));

  token_keeper_actor::behavior_type make_behavior();

private:
  using step = token_lifecycle::step;

  int64_t wall_now() const;
  /// Does what is to be done, answers those who wait, and sets the alarm.
  void proceed();
  void perform(step what);
  void load();
  void write(step what);
  /// Asks the identity server; the answer is waited for wherever this actor then is.
  void ask(oauth::request what);
  void on_answer();
  caf::result<credentials> give_app_token();
  void on_app_answer(const oauth::exchange& answer);
  void answer_app_waiting();
  void answer_waiting();
  /// Tells whoever has to know what has changed about the token.
  void tell_changes();
  std::string remedy() const;
  /// What is wrong; empty: nothing.
  std::string problem() const;
  std::vector<std::string> missing_scopes() const;
  token_report report() const;

  token_keeper_actor::pointer self_;
  account_settings settings_;
  std::shared_ptr<spdlog::logger> log_;
  kept<token_memory> memory_;
  oauth::identity_server* server_;
  int64_t (*wall_clock_)(std::chrono::steady_clock::time_point);
  vault_actor vault_;
  authorizer_actor authorizer_;
  std::vector<caf::typed_response_promise<credentials>> waiting_;
  /// Those who don't wait for people.
  std::vector<caf::typed_response_promise<credentials>> trying_;
  app_token app_token_;
  std::vector<caf::typed_response_promise<credentials>> waiting_for_app_;
  wake_up alarm_;
  /// What the log and the authorizer were told last.
  std::string told_problem_;
  bool told_wanted_ = false;
  std::vector<std::string> told_missing_;
  token_lifecycle::standing told_state_ = token_lifecycle::standing::unknown;
};

using token_keeper = caf::stateful_actor<token_keeper_state, token_keeper_actor::base>;

} // namespace creamery
