#include "actors/node.hpp"

#include "actors/account.hpp"
#include "actors/bot.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>

namespace creamery {

namespace {

/// How long a bot or an account may take to say how it stands before the report goes without it: a little more than a bot
/// waits for its own children.
constexpr auto report_timeout = std::chrono::seconds{2};

/// A report that is put together from several answers.
struct pending_report {
  node_report content;
  size_t missing = 0;
  caf::typed_response_promise<node_report> promise;

  void answered() {
    if (--missing > 0)
      return;
    auto by_name = [](const auto& a, const auto& b) { return a.name < b.name; };
    std::sort(content.bots.begin(), content.bots.end(), by_name);
    std::sort(content.accounts.begin(), content.accounts.end(),
              [](const auto& a, const auto& b) { return a.account < b.account; });
    promise.deliver(std::move(content));
  }
};

} // namespace

node_state::node_state(node_actor::pointer self, std::vector<account_settings> accounts, std::vector<bot_settings> bots,
                       const runtime_environment& environment)
  : self_(self),
    account_settings_(std::move(accounts)),
    bot_settings_(std::move(bots)),
    environment_(environment),
    log_(make_logger("node")),
    children_(self, log_) {
}

node_actor::behavior_type node_state::make_behavior() {
  self_->set_exit_handler([this](const caf::exit_msg& request) {
    children_.stop();
    self_->quit(request.reason);
  });
  for (const auto& one : account_settings_)
    children_.add("account " + one.id, [this, &one] { return start_account(one); });
  for (const auto& one : bot_settings_)
    children_.add("bot " + one.name, [this, &one] { return start_bot(one); });
  return {
    [this](restart_atom, const std::string& child) { children_.restart(child); },
    [this](caf::get_atom) { return report(); },
  };
}

caf::actor node_state::start_account(const account_settings& settings) {
  auto address = self_->spawn<account>(settings, environment_);
  accounts_[settings.id] = address;
  // The bots of an account that is replaced hold on to the old one: they begin anew with the new one.
  for (const auto& one : bot_settings_)
    if (auto user = bots_.find(one.name); one.account == settings.id && user != bots_.end())
      self_->send_exit(user->second, caf::exit_reason::user_shutdown);
  return caf::actor_cast<caf::actor>(address);
}

caf::actor node_state::start_bot(const bot_settings& settings) {
  auto address = self_->spawn<bot>(settings, accounts_.at(settings.account), environment_);
  bots_[settings.name] = address;
  return caf::actor_cast<caf::actor>(address);
}

caf::result<node_report> node_state::report() {
  auto pending = std::make_shared<pending_report>();
  pending->missing = 1 + bots_.size() + accounts_.size();
  pending->promise = self_->make_response_promise<node_report>();
  auto left_out = [pending](const caf::error&) { pending->answered(); };
  for (const auto& [name, address] : bots_) {
    self_->request(address, report_timeout, caf::get_atom_v)
      .then(
        [pending](bot_report& x) {
          pending->content.bots.push_back(std::move(x));
          pending->answered();
        },
        left_out);
  }
  for (const auto& [name, address] : accounts_) {
    self_->request(address, report_timeout, caf::put_atom_v)
      .then(
        [pending](outbox_report& x) {
          pending->content.accounts.push_back(std::move(x));
          pending->answered();
        },
        left_out);
  }
  pending->answered(); // the count began one too high, so that a node without children answers as well
  return pending->promise;
}

} // namespace creamery
