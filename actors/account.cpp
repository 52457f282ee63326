#include "actors/account.hpp"

#include "actors/helix_client.hpp"
#include "actors/outbox.hpp"
#include "actors/token_keeper.hpp"
#include "runtime/store/allowance_log.hpp"
#include "runtime/store/files.hpp"
#include "runtime/store/store_folder.hpp"
#include "runtime/supervision/kept_state.hpp"
#include "runtime/telemetry/log.hpp"

#include <random>
#include <utility>

namespace creamery {

namespace {

/// Calls that may wait for an account that is being started.
constexpr size_t max_early_calls = 100;

} // namespace

account_state::account_state(account_actor::pointer self, account_settings settings, vault_actor vault,
                             authorizer_actor authorizer, store_actor store, const runtime_environment& environment)
  : self_(self),
    settings_(std::move(settings)),
    environment_(environment),
    log_(make_logger("account")),
    children_(self, log_, environment.supervision.account_children,
              [&environment, id = settings_.id] { environment.memory.forget("accounts/" + id); }),
    vault_(std::move(vault)),
    authorizer_(std::move(authorizer)),
    store_(std::move(store)) {
}

account_actor::behavior_type account_state::make_behavior() {
  const auto& policies = environment_.supervision;
  if (!settings_.anonymous) {
    children_.add({"token", "token_keeper", policies.token_keeper, false, [this] { return start_keeper(); }});
    if (environment_.identity.helix != nullptr)
      children_.add({"helix", "helix", policies.helix, false, [this] { return start_helix(); }});
  }
  children_.add({"outbox", "outbox", policies.outbox, false, [this] { return start_outbox(); }});
  children_.start();
  return children_.behavior<account_actor>(
    [this](drain_atom) { return pass_on<bool>(outbox_, drain_atom_v); },
    [this](caf::get_atom) -> caf::result<credentials> {
      if (settings_.anonymous)
        return settings_.identity;
      return pass_on<credentials>(keeper_, caf::get_atom_v);
    },
    [this](const login_refused& refused) {
      log_->warn("{}: Twitch refused the login of {}: \"{}\". The token is checked; other accounts go on", settings_.id,
                 refused.connection, refused.text);
      if (keeper_)
        self_->send(keeper_, refused_atom_v, refused.token);
    },
    [this](use_atom, const vault_actor& vault) {
      vault_ = vault;
      if (keeper_)
        self_->send(keeper_, use_atom_v, vault_);
    },
    [this](use_atom, const authorizer_actor& authorizer) {
      authorizer_ = authorizer;
      if (keeper_)
        self_->send(keeper_, use_atom_v, authorizer_);
    },
    [this](use_atom, const store_actor& store) {
      store_ = store;
      if (outbox_)
        self_->send(outbox_, use_atom_v, store_);
    },
    [this](const helix::request& what) { return call(what); },
    [this](token_atom) -> caf::result<token_report> {
      if (settings_.anonymous) {
        token_report none;
        none.account = settings_.id;
        return none;
      }
      return pass_on<token_report>(keeper_, token_atom_v);
    },
    [this](follow_atom, const std::string& bot, const outbox_user_actor& follower) {
      followers_[bot] = follower;
      if (outbox_)
        self_->send(follower, use_atom_v, outbox_);
    },
    [this](caf::put_atom) { return pass_on<outbox_report>(outbox_, caf::get_atom_v); });
}

template <class Result, class Handle, class... Ts>
caf::result<Result> account_state::pass_on(const Handle& child, Ts... message) {
  if (!child) // its predecessor hasn't quite ended
    return caf::make_error(caf::sec::request_receiver_down, "it is being started");
  return self_->delegate(child, message...);
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

caf::actor account_state::start_keeper() {
  const auto& identity = environment_.identity;
  auto memory = environment_.memory.take<token_memory>("accounts/" + settings_.id + "/token", [&] {
    auto can_renew = !settings_.grant.client_id.empty() && identity.vault;
    token_lifecycle life{identity.lifecycle, settings_.identity.token, can_renew, std::random_device{}()};
    return std::make_shared<token_memory>(token_memory{std::move(life)});
  });
  if (!memory)
    return nullptr;
  keeper_ = self_->spawn<token_keeper>(settings_, std::move(*memory), vault_, authorizer_, identity.server,
                                       environment_.chat.wall_clock);
  if (helix_)
    self_->send(helix_, use_atom_v, keeper_);
  return caf::actor_cast<caf::actor>(keeper_);
}

caf::actor account_state::start_helix() {
  helix_ =
    self_->spawn<helix_client>(settings_.id, keeper_, *environment_.identity.helix, environment_.chat.wall_clock);
  for (auto& [what, promise] : std::exchange(early_calls_, {}))
    promise.delegate(helix_, std::move(what));
  return caf::actor_cast<caf::actor>(helix_);
}

caf::result<helix::answer> account_state::call(const helix::request& what) {
  if (helix_)
    return self_->delegate(helix_, what);
  if (settings_.anonymous)
    return helix::answer{true, {helix::error::kind::unauthorized, 0, "the account is anonymous"}};
  if (environment_.identity.helix == nullptr || early_calls_.size() >= max_early_calls)
    return helix::answer{true, {helix::error::kind::overloaded, 0, "the account is being started"}};
  // An account that is started because of this very call isn't ready yet.
  auto promise = self_->make_response_promise<helix::answer>();
  early_calls_.emplace_back(what, promise);
  return promise;
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
    options.read_only = settings_.anonymous;
    options.first_transmission = static_cast<uint64_t>(now.time_since_epoch().count());
    return std::make_shared<outbox_memory>(options, spent, now, environment_.chat.wall_clock);
  });
  if (!memory)
    return nullptr;
  outbox_ = self_->spawn<outbox>(settings_.id, settings_.bots, store_, std::move(*memory));
  for (const auto& [bot, follower] : followers_)
    self_->send(follower, use_atom_v, outbox_);
  return caf::actor_cast<caf::actor>(outbox_);
}

} // namespace creamery
