#include "actors/account.hpp"

#include "actors/outbox.hpp"
#include "runtime/supervision/kept_state.hpp"
#include "runtime/telemetry/log.hpp"

#include <atomic>

namespace creamery {

account_state::account_state(account_actor::pointer self, account_settings settings,
                             const runtime_environment& environment)
  : self_(self),
    settings_(std::move(settings)),
    environment_(environment),
    log_(make_logger("account")),
    children_(self, log_, environment.supervision.account_children,
              [&environment, id = settings_.id] { environment.memory.forget("accounts/" + id); }) {
}

account_actor::behavior_type account_state::make_behavior() {
  children_.add({"outbox", "outbox", environment_.supervision.outbox, false, [this] { return start_outbox(); }});
  children_.start();
  return {
    [this](ready_atom) { return children_.ready(); },
    [this](drain_atom) { return self_->delegate(outbox_, drain_atom_v); },
    [this](caf::tick_atom) { children_.tick(); },
    [this](restart_atom, const std::string& path) { return children_.restart(path); },
    [this](tree_atom) { return children_.report(); },
    [this](fault_atom, const std::string& path, const std::string& what) { return children_.fault(path, what); },
    [this](caf::get_atom) { return settings_.identity; },
    [this](const login_refused& refused) {
      log_->error(
        "{}: Twitch refused the login of {}: \"{}\". Is the token expired or revoked? Other accounts go on; this "
        "one is tried again from time to time",
        settings_.id, refused.connection, refused.text);
    },
    [this](follow_atom, const std::string& bot, const outbox_user_actor& follower) {
      followers_[bot] = follower;
      self_->send(follower, use_atom_v, outbox_);
    },
    [this](caf::put_atom) { return self_->delegate(outbox_, caf::get_atom_v); },
  };
}

caf::actor account_state::start_outbox() {
  auto has_sent = environment_.memory.share<std::atomic_flag>("budgets/" + settings_.id,
                                                              [] { return std::make_shared<std::atomic_flag>(); });
  auto memory = environment_.memory.take<outbox_memory>("accounts/" + settings_.id + "/outbox", [&] {
    auto now = self_->clock().now();
    auto options = environment_.say;
    options.read_only = settings_.identity.token.empty();
    options.spent = has_sent->test_and_set(); // by an outbox whose memory was forgotten
    options.first_transmission = static_cast<uint64_t>(now.time_since_epoch().count());
    return std::make_shared<outbox_memory>(options, now);
  });
  if (!memory)
    return nullptr;
  outbox_ = self_->spawn<outbox>(settings_.id, std::move(*memory));
  for (const auto& [bot, follower] : followers_)
    self_->send(follower, use_atom_v, outbox_);
  return caf::actor_cast<caf::actor>(outbox_);
}

} // namespace creamery
