#include "actors/account.hpp"

#include "actors/outbox.hpp"
#include "runtime/store/allowance_log.hpp"
#include "runtime/store/files.hpp"
#include "runtime/store/store_folder.hpp"
#include "runtime/supervision/kept_state.hpp"
#include "runtime/telemetry/log.hpp"

#include <utility>

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
  return children_.behavior<account_actor>(
    [this](drain_atom) { return self_->delegate(outbox_, drain_atom_v); },
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
    [this](caf::put_atom) { return self_->delegate(outbox_, caf::get_atom_v); });
}

account_limits account_state::limits() const {
  return settings_.verified ? account_limits::verified_bot() : environment_.say.limits;
}

std::shared_ptr<allowance_log> account_state::open_allowance() const {
  const auto limits = this->limits();
  if (environment_.store.folder.empty())
    return std::make_shared<allowance_log>(limits);
  auto file = environment_.store.folder / store_files::budgets / file_name_for(settings_.id);
  auto opened = allowance_log::open(file, limits, boot_time());
  if (opened)
    return std::move(*opened);
  log_->error(
    "{}: {}: what was sent before isn't known, so a full window is waited, and after a crash it won't be known either",
    settings_.id, to_string(opened.error()));
  auto log = std::make_shared<allowance_log>(limits);
  log->use_up(environment_.chat.wall_clock(self_->clock().now()));
  return log;
}

caf::actor account_state::start_outbox() {
  // Remembered whatever else is forgotten. Opened outside of the lock that all others need.
  const auto path = "budgets/" + settings_.id;
  auto spent = environment_.memory.share<allowance_log>(path, [] { return std::shared_ptr<allowance_log>{}; });
  if (!spent)
    spent = environment_.memory.share<allowance_log>(path, [made = open_allowance()] { return made; });
  auto memory = environment_.memory.take<outbox_memory>("accounts/" + settings_.id + "/outbox", [&] {
    auto now = self_->clock().now();
    auto options = environment_.say;
    options.limits = limits();
    options.read_only = settings_.identity.token.empty();
    options.first_transmission = static_cast<uint64_t>(now.time_since_epoch().count());
    return std::make_shared<outbox_memory>(options, spent, now, environment_.chat.wall_clock);
  });
  if (!memory)
    return nullptr;
  outbox_ = self_->spawn<outbox>(settings_.id, std::move(*memory));
  for (const auto& [bot, follower] : followers_)
    self_->send(follower, use_atom_v, outbox_);
  return caf::actor_cast<caf::actor>(outbox_);
}

} // namespace creamery
