#pragma once

#include "actors/interfaces.hpp"
#include "actors/settings.hpp"
#include "cogs/cog.hpp"
#include "runtime/modules/module_loader.hpp"

#include <map>
#include <memory>
#include <string>

namespace creamery {

/// Who a cog is, for its runner.
struct cog_identity {
  std::string bot;
  std::string prefix;
  cog_settings settings;
  /// Distinguishes the runs of a cog that was restarted: each has a higher number than the one before.
  uint64_t instance = 1;
};

/// Runs one cog: makes its object, calls its handlers with the lines that the router sends, and carries what it says to the
/// outbox. An exception out of a handler ends it, after the line was acknowledged, so that nothing is handled twice.
class cog_runner_state : public cog_host {
public:
  static inline const char* name = "creamery.cog";

  cog_runner_state(cog_actor::pointer self, cog_identity identity, std::shared_ptr<const cog_module> module);
  ~cog_runner_state();

  cog_actor::behavior_type make_behavior();

  /// Called by the cog's handlers.
  void say(std::string_view channel, std::string_view text, const say_options& options) override;

private:
  void on_batch(const cog_batch& batch);
  void on_ready(const bot_ready& ready);
  void handle(const cog_line& line, const cog_batch::content& content);
  void report_progress(uint64_t upto, uint64_t poisoned);
  void announce();
  void send(const creamery::say& message);
  cog_interest interest() const;
  /// Calls `body`; when it throws, logs that with `what` was being done, and returns false.
  template <class Body>
  bool guarded(std::string_view what, Body body);

  cog_actor::pointer self_;
  cog_identity identity_;
  std::shared_ptr<const cog_module> module_;
  std::shared_ptr<spdlog::logger> log_;
  cog context_;
  void* object_ = nullptr;
  router_actor router_;
  outbox_actor outbox_;
  /// The number of the last line of the present router's that was handled.
  uint64_t handled_ = 0;
  /// When the line at hand was read from its socket.
  int64_t caused_at_ = 0;
  uint64_t last_say_ = 0;
  /// What the outbox hasn't accepted yet, by number.
  std::map<uint64_t, creamery::say> unaccepted_;
};

using cog_runner = caf::stateful_actor<cog_runner_state, cog_actor::base>;

} // namespace creamery
