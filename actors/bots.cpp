#include "actors/bots.hpp"

#include "actors/bot.hpp"
#include "runtime/supervision/kept_state.hpp"
#include "runtime/telemetry/log.hpp"

#include <algorithm>

namespace creamery {

namespace {

/// How long a bot may take to say how it stands before the report goes without it: a little more than it waits for its own
/// children.
constexpr auto report_timeout = std::chrono::seconds{2};

} // namespace

bots_state::bots_state(bots_actor::pointer self, std::vector<bot_settings> settings, account_directory_actor accounts,
                       store_actor store, const runtime_environment& environment)
  : self_(self),
    settings_(std::move(settings)),
    accounts_(std::move(accounts)),
    store_(std::move(store)),
    environment_(environment),
    children_(self, make_logger("bots"), environment.supervision.bots,
              [&environment] { environment.memory.forget("bots"); }) {
}

bots_actor::behavior_type bots_state::make_behavior() {
  for (const auto& one : settings_)
    children_.add({one.name, "bot", environment_.supervision.bot, true, [this, &one] { return start_bot(one); }});
  children_.start();
  return children_.behavior<bots_actor>([this](drain_atom) { return drain_all(self_, bots_); },
                                        [this](use_atom, const account_directory_actor& accounts) {
                                          accounts_ = accounts;
                                          for (const auto& [name, address] : bots_)
                                            self_->send(address, use_atom_v, accounts);
                                        },
                                        [this](use_atom, const store_actor& store) {
                                          store_ = store;
                                          for (const auto& [name, address] : bots_)
                                            self_->send(address, use_atom_v, store);
                                        },
                                        [this](const std::string& bot, const eventsub::subscription_news& news) {
                                          if (auto known = bots_.find(bot); known != bots_.end())
                                            self_->send(known->second, news);
                                        },
                                        [this](caf::get_atom) { return report(); });
}

caf::actor bots_state::start_bot(const bot_settings& settings) {
  auto address = self_->spawn<bot>(settings, accounts_, store_, environment_);
  bots_[settings.name] = address;
  return caf::actor_cast<caf::actor>(address);
}

caf::result<std::vector<bot_report>> bots_state::report() {
  gathering<std::vector<bot_report>> all{self_};
  for (const auto& [name, address] : bots_)
    all.ask<bot_report>(
      self_, address, report_timeout, [](auto& answer, auto& part) { answer.push_back(std::move(part)); },
      caf::get_atom_v);
  return all.when_complete([](auto& answer) {
    std::sort(answer.begin(), answer.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  });
}

} // namespace creamery
