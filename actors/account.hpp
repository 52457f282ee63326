#pragma once

#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/supervisor.hpp"

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace creamery {

class allowance_log;

/// One Twitch account: keeps its token keeper and its outbox alive.
class account_state {
public:
  static inline const char* name = "creamery.account";

  /// @param vault null: nothing is kept. @param authorizer null: nobody can be asked for a token.
  account_state(account_actor::pointer self, account_settings settings, vault_actor vault, authorizer_actor authorizer,
                store_actor store, const runtime_environment& environment);

  account_actor::behavior_type make_behavior();

private:
  /// Has a child answer; an error if it isn't there yet.
  template <class Result, class Handle, class... Ts>
  caf::result<Result> pass_on(const Handle& child, Ts... message);
  caf::actor start_outbox();
  caf::actor start_keeper();
  caf::actor start_helix();
  caf::result<helix::answer> call(const helix::request& what);
  account_limits limits() const;
  /// What the account has used of its allowances, from the file if there is one.
  std::shared_ptr<allowance_log> open_allowance() const;

  account_actor::pointer self_;
  account_settings settings_;
  const runtime_environment& environment_;
  std::shared_ptr<spdlog::logger> log_;
  supervisor<account_actor::base> children_;
  outbox_actor outbox_;
  token_keeper_actor keeper_;
  helix_actor helix_;
  /// What was asked for before that was there.
  std::vector<std::pair<helix::request, caf::typed_response_promise<helix::answer>>> early_calls_;
  vault_actor vault_;
  authorizer_actor authorizer_;
  /// Null: there is none.
  store_actor store_;
  /// Who has to know the outbox, by the names of the bots.
  std::map<std::string, outbox_user_actor> followers_;
};

using account = caf::stateful_actor<account_state, account_actor::base>;

} // namespace creamery
