#pragma once

#include "actors/drain_promises.hpp"
#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "cogs/cog.hpp"
#include "runtime/delivery/cog_ledger.hpp"
#include "runtime/delivery/outcome_ledger.hpp"
#include "runtime/modules/module_loader.hpp"
#include "runtime/store/crash_record.hpp"
#include "runtime/store/durable_store.hpp"

#include <memory>
#include <optional>
#include <string>

namespace creamery {

/// Who a cog is, for its runner.
struct cog_identity {
  std::string bot;
  /// The account that it acts for, and who makes calls for it; null: nobody.
  std::string account;
  account_directory_actor accounts;
  std::string prefix;
  cog_settings settings;
  /// What is kept of it between its instances.
  std::shared_ptr<cog_ledger> ledger;
  /// What this instance was told when it took over.
  cog_ledger::handover turn;
  /// The same for its events, and for what it stores.
  std::shared_ptr<outcome_ledger> outcomes = {};
  /// Where that is; null: nowhere.
  std::shared_ptr<const durable_store> store = {};
};

/// Runs one cog: makes its object, calls its handlers with the lines that the router sends, and carries what it says to the
/// outbox. An exception out of a handler ends it, after the line was acknowledged, so that nothing is handled twice. What
/// must not be lost with it is in its ledger.
class cog_runner_state : public cog_host {
public:
  static inline const char* name = "creamery.cog";

  cog_runner_state(cog_actor::pointer self, cog_identity identity, std::shared_ptr<const cog_module> module);
  ~cog_runner_state();

  cog_actor::behavior_type make_behavior();

  /// Called by the cog's handlers.
  void say(std::string_view channel, std::string_view text, const say_options& options) override;
  void call(helix::request what, std::function<void(const helix::answer&)> then) override;
  std::optional<std::string> stored(std::string_view space, std::string_view key) override;
  std::vector<std::pair<std::string, std::string>> stored_under(std::string_view space, std::string_view prefix,
                                                                size_t most) override;
  void store(value_change change) override;

private:
  void make_object();
  void on_batch(const cog_batch& batch);
  void on_events(const std::vector<eventsub::event>& events);
  /// Asks for the next events, unless too much isn't written yet.
  void ask_for_events();
  /// Throws when nothing can be kept.
  void check_storage() const;
  /// What the handler that has just ended leaves behind is to be written. @param event 0: none.
  void leave_behind(uint64_t event, bool is_poisoned);
  void write(std::vector<cog_outcome> outcomes);
  /// Writes what isn't written yet, in order, and goes on with events.
  void catch_up();
  /// Reads values from the disk. @throws std::runtime_error if that can't be done.
  value_reader& values();
  void on_ready(const bot_ready& ready);
  /// Calls a handler that belongs to no line.
  void run_aside(const std::string& what, const std::function<void()>& handler);
  /// Fails as a test wants it to.
  void fail(const std::string& what);
  void handle(const cog_line& line, const cog_batch::content& content);
  cog_progress progress() const;
  void report_progress();
  void announce();
  void send(const creamery::say& message);
  cog_interest interest() const;
  /// Calls `body`; when it throws, logs that with `what` was being done, and returns false.
  template <class Body>
  bool guarded(std::string_view what, Body body);
  /// Another instance has taken its place: it came back from being stuck, and must do nothing more.
  void retire();

  cog_actor::pointer self_;
  cog_identity identity_;
  std::shared_ptr<const cog_module> module_;
  std::shared_ptr<spdlog::logger> log_;
  std::optional<cog> context_;
  crash_culprit culprit_;
  void* object_ = nullptr;
  router_actor router_;
  outbox_actor outbox_;
  drain_promises drained_;
  /// The number of the last line that was handled.
  uint64_t handled_ = 0;
  /// When the line at hand was read from its socket.
  int64_t caused_at_ = 0;
  store_actor store_;
  /// A question for events is open.
  bool is_asking_ = false;
  /// What couldn't be written is tried again soon.
  bool is_resting_ = false;
  /// What the handler that runs has changed so far.
  std::vector<value_change> changes_;
  /// What handlers have left behind and the store hasn't been told yet; the ledger has it, too.
  std::vector<cog_outcome> finished_;
  /// What it wants said for certain, so far.
  std::vector<creamery::say> says_;
  std::unique_ptr<value_reader> values_;
};

using cog_runner = caf::stateful_actor<cog_runner_state, cog_actor::base>;

} // namespace creamery
