#include "actors/node.hpp"

#include "actors/accounts.hpp"
#include "actors/authorizer.hpp"
#include "actors/bots.hpp"
#include "actors/journal.hpp"
#include "actors/store.hpp"
#include "actors/vault.hpp"
#include "actors/webhook_listener.hpp"
#include "runtime/supervision/kept_state.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>

namespace creamery {

namespace {

/// How long accounts and bots may take to say how they stand before the report goes without them: a little more than they
/// wait for their own children.
constexpr auto report_timeout = std::chrono::seconds{3};

/// A port's name in the tree.
std::string name_of(const webhook_settings& settings) {
  return "webhooks " + settings.host + ":" + std::to_string(settings.port);
}

} // namespace

node_state::node_state(node_actor::pointer self, std::vector<account_settings> accounts,
                       std::shared_ptr<const broadcaster_settings> broadcasters, std::vector<bot_settings> bots,
                       const runtime_environment& environment)
  : self_(self),
    account_settings_(std::move(accounts)),
    broadcasters_(std::move(broadcasters)),
    bot_settings_(std::move(bots)),
    environment_(environment),
    children_(self, make_logger("node"), environment.supervision.node) {
}

node_actor::behavior_type node_state::make_behavior() {
  const auto& policies = environment_.supervision;
  if (environment_.identity.vault) {
    children_.add({"vault", "vault", policies.vault, false, [this] { return start_vault(); }});
    if (environment_.identity.server != nullptr)
      children_.add({"authorizer", "authorizer", policies.authorizer, false, [this] { return start_authorizer(); }});
  }
  if (environment_.store.durable)
    children_.add({"store", "store", policies.store, false, [this] { return start_store(); }});
  children_.add({"accounts", "supervisor", policies.accounts_group, true, [this] { return start_accounts(); }});
  children_.add({"bots", "supervisor", policies.bots_group, true, [this] { return start_bots(); }});
  if (environment_.store.durable)
    for (const auto& one : environment_.webhooks)
      children_.add(
        {name_of(one), "webhook_listener", policies.webhooks, false, [this, &one] { return start_webhooks(one); }});
  if (!environment_.store.folder.empty())
    children_.add({"journal", "journal", environment_.supervision.journal, false, [this] { return start_journal(); }});
  children_.start();
  return children_.behavior<node_actor>([this](drain_atom) { return drain(); },
                                        [this](caf::get_atom) { return report(); });
}

caf::actor node_state::start_vault() {
  vault_ = self_->spawn<vault, caf::detached>(environment_.identity.vault);
  if (authorizer_)
    self_->send(authorizer_, use_atom_v, vault_);
  if (accounts_)
    self_->send(accounts_, use_atom_v, vault_);
  return caf::actor_cast<caf::actor>(vault_);
}

caf::actor node_state::start_authorizer() {
  authorizer_ = self_->spawn<authorizer, caf::detached>(*environment_.identity.server, vault_);
  if (accounts_)
    self_->send(accounts_, use_atom_v, authorizer_);
  return caf::actor_cast<caf::actor>(authorizer_);
}

caf::actor node_state::start_store() {
  auto memory = environment_.memory.take<store_memory>(
    "store", [this] { return std::make_shared<store_memory>(environment_.store.durable); });
  if (!memory)
    return nullptr;
  std::vector<std::pair<std::string, std::vector<std::string>>> cogs;
  for (const auto& one : bot_settings_) {
    auto& names = cogs.emplace_back(one.name, std::vector<std::string>{}).second;
    for (const auto& cog : one.cogs)
      names.push_back(cog.name);
  }
  store_ = self_->spawn<store, caf::detached>(std::move(cogs), std::move(*memory), environment_.chat.wall_clock);
  if (accounts_)
    self_->send(accounts_, use_atom_v, store_);
  if (bots_)
    self_->send(bots_, use_atom_v, store_);
  for (const auto& [name, listener] : webhooks_)
    self_->send(listener, use_atom_v, store_);
  return caf::actor_cast<caf::actor>(store_);
}

caf::actor node_state::start_accounts() {
  accounts_ = self_->spawn<accounts>(account_settings_, broadcasters_, vault_, authorizer_, store_, environment_);
  if (bots_)
    self_->send(bots_, use_atom_v, account_directory_actor{accounts_});
  return caf::actor_cast<caf::actor>(accounts_);
}

caf::actor node_state::start_bots() {
  bots_ = self_->spawn<bots>(bot_settings_, account_directory_actor{accounts_}, store_, environment_);
  if (journal_)
    self_->send(journal_, use_atom_v, bots_);
  for (const auto& [name, listener] : webhooks_)
    self_->send(listener, use_atom_v, bots_);
  return caf::actor_cast<caf::actor>(bots_);
}

caf::actor node_state::start_webhooks(const webhook_settings& settings) {
  auto memory =
    environment_.memory.take<webhook_memory>(name_of(settings), [] { return std::make_shared<webhook_memory>(); });
  if (!memory)
    return nullptr;
  auto listener = self_->spawn<webhook_listener>(settings, store_, bots_, std::move(*memory));
  webhooks_[name_of(settings)] = listener;
  return caf::actor_cast<caf::actor>(listener);
}

caf::actor node_state::start_journal() {
  auto recorder = environment_.memory.take<reading_recorder>("journal", [this] {
    auto last = environment_.store.last_reading;
    std::erase_if(last.bots, [this](const auto& bot) {
      return std::none_of(bot_settings_.begin(), bot_settings_.end(),
                          [&](const auto& x) { return x.name == bot.first; });
    });
    return std::make_shared<reading_recorder>(std::move(last));
  });
  if (!recorder)
    return nullptr;
  journal_ = self_->spawn<journal, caf::detached>(environment_.store.folder, bots_, std::move(*recorder));
  return caf::actor_cast<caf::actor>(journal_);
}

caf::result<bool> node_state::drain() {
  auto promise = self_->make_response_promise<bool>();
  std::vector<supervised_actor> first{bots_};
  for (const auto& [name, listener] : webhooks_)
    first.emplace_back(listener); // what comes from now on, Twitch keeps until we are back
  drain_then(self_, std::move(first), [this, promise]() mutable {
    drain_then(self_, {accounts_, store_}, [this, promise]() mutable {
      if (journal_)
        promise.delegate(journal_, drain_atom_v);
      else
        promise.deliver(true);
    });
  });
  return promise;
}

caf::result<node_report> node_state::report() {
  gathering<node_report> all{self_};
  all.ask<std::vector<bot_report>>(
    self_, bots_, report_timeout, [](auto& answer, auto& part) { answer.bots = std::move(part); }, caf::get_atom_v);
  all.ask<std::vector<outbox_report>>(
    self_, accounts_, report_timeout, [](auto& answer, auto& part) { answer.accounts = std::move(part); },
    caf::get_atom_v);
  all.ask<std::vector<token_report>>(
    self_, accounts_, report_timeout, [](auto& answer, auto& part) { answer.tokens = std::move(part); }, token_atom_v);
  if (store_)
    all.ask<store_report>(
      self_, store_, report_timeout, [](auto& answer, auto& part) { answer.store = std::move(part); }, caf::get_atom_v);
  for (const auto& [name, listener] : webhooks_)
    all.ask<webhook_report>(
      self_, listener, report_timeout, [](auto& answer, auto& part) { answer.webhooks.push_back(std::move(part)); },
      caf::get_atom_v);
  all.ask<std::vector<child_report>>(
    self_, node_actor{self_}, report_timeout, [](auto& answer, auto& part) { answer.tree = std::move(part); },
    tree_atom_v);
  return all.when_complete();
}

} // namespace creamery
