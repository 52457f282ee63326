#include "actors/account.hpp"

#include "actors/outbox.hpp"
#include "runtime/telemetry/log.hpp"

namespace creamery {

account_state::account_state(account_actor::pointer self, account_settings settings,
                             const runtime_environment& environment)
  : self_(self),
    settings_(std::move(settings)),
    environment_(environment),
    log_(make_logger("account")),
    children_(self, log_) {
}

account_actor::behavior_type account_state::make_behavior() {
  self_->set_exit_handler([this](const caf::exit_msg& request) {
    children_.stop();
    self_->quit(request.reason);
  });
  children_.add("outbox", [this] { return start_outbox(); });
  return {
    [this](caf::get_atom) { return settings_.identity; },
    [this](const login_refused& refused) {
      log_->error(
        "{}: Twitch refused the login of {}: \"{}\". Is the token expired or revoked? Other accounts go on; this "
        "one is tried again from time to time",
        settings_.id, refused.connection, refused.text);
    },
    [this](follow_atom, const outbox_user_actor& follower) {
      followers_.push_back(follower);
      self_->send(follower, use_atom_v, outbox_);
    },
    [this](restart_atom, const std::string& child) { children_.restart(child); },
    [this](caf::put_atom) { return self_->delegate(outbox_, caf::get_atom_v); },
  };
}

caf::actor account_state::start_outbox() {
  auto options = environment_.say;
  options.read_only = settings_.identity.token.empty();
  options.spent = static_cast<bool>(outbox_); // by the one before, whose memory is gone
  outbox_ = self_->spawn<outbox>(settings_.id, options);
  for (const auto& follower : followers_)
    self_->send(follower, use_atom_v, outbox_);
  return caf::actor_cast<caf::actor>(outbox_);
}

} // namespace creamery
