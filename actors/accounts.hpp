#pragma once

#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "actors/supervisor.hpp"

#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace creamery {

/// Keeps the accounts alive. What is meant for one of them goes through here, so that nobody has to know which instance of an
/// account is the present one.
class accounts_state {
public:
  static inline const char* name = "creamery.accounts";

  /// @param vault null: nothing is kept. @param authorizer null: nobody can be asked for a token.
  accounts_state(accounts_actor::pointer self, std::vector<account_settings> settings,
                 std::shared_ptr<const broadcaster_settings> broadcasters, vault_actor vault,
                 authorizer_actor authorizer, store_actor store, const runtime_environment& environment);

  accounts_actor::behavior_type make_behavior();

private:
  /// Wants to know when something is granted.
  void follow_vault();
  void add(const account_settings& settings);
  caf::actor start_account(const account_settings& settings);
  /// Starts the account of a channel's owner, if there is such a channel and it isn't started yet.
  void start_owner(const std::string& channel);
  caf::result<helix::answer> call(const std::string& id, const helix::request& what);
  /// What each account answers to a question, sorted by account.
  template <class Report, class Question>
  caf::result<std::vector<Report>> reports(Question question);
  /// Passes on which vault, or which authorizer, is to be used.
  template <class Handle>
  void use(const Handle& which);

  accounts_actor::pointer self_;
  std::vector<account_settings> settings_;
  std::shared_ptr<const broadcaster_settings> broadcasters_;
  /// Those that were needed, in the order in which they were.
  std::list<account_settings> needed_;
  const runtime_environment& environment_;
  supervisor<accounts_actor::base> children_;
  /// The latest instance of each account.
  std::map<std::string, account_actor> accounts_;
  vault_actor vault_;
  authorizer_actor authorizer_;
  /// Null: there is none.
  store_actor store_;
  /// Who follows an account, by the names of the bots: a new instance has to be told.
  std::map<std::string, std::map<std::string, account_user_actor>> followers_;
};

using accounts = caf::stateful_actor<accounts_state, accounts_actor::base>;

} // namespace creamery
