#include "actors/vault.hpp"

#include "actors/exceptions.hpp"
#include "runtime/telemetry/log.hpp"

#include <chrono>
#include <utility>

namespace creamery {

namespace {

/// Between two looks whether another process has written: somebody who has just authorised a bot is watching it.
constexpr auto pause = std::chrono::seconds{1};

caf::error error_of(const failure& why) {
  return caf::make_error(caf::sec::runtime_error, to_string(why));
}

} // namespace

vault_state::vault_state(vault_actor::pointer self, std::shared_ptr<token_vault> vault)
  : self_(self), vault_(std::move(vault)), log_(make_logger("vault")) {
}

vault_actor::behavior_type vault_state::make_behavior() {
  end_with_exceptions(self_);
  self_->delayed_send(self_, pause, caf::tick_atom_v);
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [this](caf::get_atom, const grant_wanted& what) { return find(what); },
    [this](caf::put_atom, const stored_token& token) -> caf::result<bool> {
      auto trouble = vault_->put(token);
      look_around();
      if (trouble && !trouble->outdated)
        return error_of(trouble->why);
      return !trouble;
    },
    [this](grant_atom, const stored_token& token, const std::string& bot) -> caf::result<stored_token> {
      auto granted = vault_->grant(token, bot);
      if (!granted)
        return error_of(granted.error());
      log_->info("a token of {} has been stored", granted->login);
      tell_followers();
      return *granted;
    },
    [this](follow_atom, const std::string& name, const vault_user_actor& follower) { followers_[name] = follower; },
    [this](caf::tick_atom) {
      look_around();
      self_->delayed_send(self_, pause, caf::tick_atom_v);
    },
  };
}

caf::result<stored_token> vault_state::find(const grant_wanted& what) {
  auto login = what.login;
  if (login.empty()) {
    auto chosen = vault_->login_of(what.bot);
    if (!chosen)
      return error_of(chosen.error());
    if (!*chosen)
      return stored_token{};
    login = **chosen;
  }
  // Two that renew the same token would lose it: Twitch takes each refresh token once.
  if (auto keeper = vault_->claim(what.client_id, login, what.name()); keeper != what.name())
    return caf::make_error(caf::sec::runtime_error, "the account " + login + " is that of " + keeper
                                                      + ", too: restart the service, and both share it");
  auto found = vault_->find(what.client_id, login);
  if (!found)
    return error_of(found.error());
  return found->value_or(stored_token{});
}

void vault_state::tell_followers() {
  for (const auto& [name, follower] : followers_)
    self_->send(follower, changed_atom_v);
}

void vault_state::look_around() {
  if (vault_->was_changed_by_others())
    tell_followers();
}

} // namespace creamery
