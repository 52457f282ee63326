#include "actors/accounts.hpp"

#include "actors/account.hpp"
#include "runtime/supervision/kept_state.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>
#include <optional>
#include <type_traits>

namespace creamery {

namespace {

/// How long an account may take to say how it stands before the report goes without it.
constexpr auto report_timeout = std::chrono::seconds{2};

/// The account of this channel's owner; nothing: no bot that has an application is in it.
std::optional<account_settings> owner_of(const std::string& channel, const broadcaster_settings& all) {
  for (const auto& [grant, channels] : all.groups) {
    if (std::find(channels.begin(), channels.end(), channel) == channels.end())
      continue;
    account_settings owner;
    owner.id = owner.identity.login = channel;
    if (auto token = all.tokens.find(channel); token != all.tokens.end())
      owner.identity.token = token->second;
    owner.grant = for_channel(grant, channel);
    return owner;
  }
  return std::nullopt;
}

} // namespace

accounts_state::accounts_state(accounts_actor::pointer self, std::vector<account_settings> settings,
                               std::shared_ptr<const broadcaster_settings> broadcasters, vault_actor vault,
                               authorizer_actor authorizer, store_actor store, const runtime_environment& environment)
  : self_(self),
    settings_(std::move(settings)),
    broadcasters_(std::move(broadcasters)),
    environment_(environment),
    children_(self, make_logger("accounts"), environment.supervision.accounts,
              [&environment] { environment.memory.forget("accounts"); }),
    vault_(std::move(vault)),
    authorizer_(std::move(authorizer)),
    store_(std::move(store)) {
}

accounts_actor::behavior_type accounts_state::make_behavior() {
  for (const auto& one : settings_)
    add(one);
  follow_vault();
  children_.start();
  return children_.behavior<accounts_actor>(
    [this](drain_atom) { return drain_all(self_, accounts_); },
    [this](caf::get_atom, const std::string& id) -> caf::result<credentials> {
      start_owner(id);
      if (auto account = accounts_.find(id); account != accounts_.end())
        return self_->delegate(account->second, caf::get_atom_v);
      return caf::make_error(caf::sec::invalid_argument, "the account " + id + " is not there yet");
    },
    [this](const std::string& id, const login_refused& refused) {
      if (auto account = accounts_.find(id); account != accounts_.end())
        self_->send(account->second, refused);
    },
    [this](const std::string& id, const helix::request& what) { return call(id, what); },
    [this](follow_atom, const std::string& id, const std::string& bot, const account_user_actor& follower) {
      followers_[id][bot] = follower;
      if (auto account = accounts_.find(id); account != accounts_.end()) // else it is told when it is started
        self_->send(account->second, follow_atom_v, bot, outbox_user_actor{follower});
    },
    [this](use_atom, const vault_actor& vault) {
      use(vault_ = vault);
      follow_vault();
    },
    [this](use_atom, const authorizer_actor& authorizer) { use(authorizer_ = authorizer); },
    [this](use_atom, const store_actor& store) { use(store_ = store); },
    [this](changed_atom) {
      for (const auto& [id, followers] : followers_)
        for (const auto& [bot, follower] : followers)
          self_->send(follower, changed_atom_v);
    },
    [this](caf::get_atom) { return reports<outbox_report>(caf::put_atom_v); },
    [this](token_atom) { return reports<token_report>(token_atom_v); });
}

template <class Handle>
void accounts_state::use(const Handle& which) {
  for (const auto& [id, address] : accounts_)
    self_->send(address, use_atom_v, which);
}

void accounts_state::follow_vault() {
  if (vault_)
    self_->send(vault_, follow_atom_v, "all accounts", vault_user_actor{accounts_actor{self_}});
}

void accounts_state::add(const account_settings& settings) {
  children_.add({settings.id, "account", environment_.supervision.account, true,
                 [this, &settings] { return start_account(settings); }});
}

void accounts_state::start_owner(const std::string& channel) {
  if (!accounts_.contains(channel))
    if (auto owner = owner_of(channel, *broadcasters_))
      add(needed_.emplace_back(std::move(*owner))); // and it is started at once
}

caf::result<helix::answer> accounts_state::call(const std::string& id, const helix::request& what) {
  const auto& whose = what.as == helix::identity::broadcaster ? what.broadcaster : id;
  start_owner(whose);
  if (auto account = accounts_.find(whose); account != accounts_.end())
    return self_->delegate(account->second, what);
  return helix::answer{true,
                       {helix::error::kind::unauthorized, 0,
                        "there is no account " + whose + ", and it is no channel of a bot with a client id"}};
}

caf::actor accounts_state::start_account(const account_settings& settings) {
  auto address = self_->spawn<account>(settings, vault_, authorizer_, store_, environment_);
  accounts_[settings.id] = address;
  for (const auto& [bot, follower] : followers_[settings.id])
    self_->send(address, follow_atom_v, bot, outbox_user_actor{follower});
  return caf::actor_cast<caf::actor>(address);
}

template <class Report, class Question>
caf::result<std::vector<Report>> accounts_state::reports(Question question) {
  gathering<std::vector<Report>> all{self_};
  for (const auto& [id, address] : accounts_)
    all.template ask<Report>(
      self_, address, report_timeout, [](auto& answer, auto& part) { answer.push_back(std::move(part)); }, question);
  return all.when_complete([](auto& answer) {
    if constexpr (std::is_same_v<Report, token_report>)
      std::erase_if(answer, [](const auto& x) { return x.state.empty(); }); // the account needs none
    std::sort(answer.begin(), answer.end(), [](const auto& a, const auto& b) { return a.account < b.account; });
  });
}

} // namespace creamery
