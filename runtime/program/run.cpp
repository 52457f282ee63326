#include "runtime/program/commands.hpp"
#include "runtime/program/logging.hpp"
#include "runtime/program/service.hpp"
#include "runtime/program/signals.hpp"
#include "runtime/telemetry/log.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <unistd.h>

namespace creamery {

namespace {

/// How long the bots may take to finish their work.
constexpr auto drain_timeout = std::chrono::seconds{5};

/// How often the actors are asked how they stand, how long they may take for an answer, and when the process is given up because
/// none has come.
constexpr auto look_every = std::chrono::seconds{10};
constexpr auto answer_timeout = std::chrono::seconds{5};
constexpr auto frozen_after = std::chrono::seconds{60};

/// Lets the bots finish what they have begun. False: somebody doesn't want to wait for that.
bool finish_work(service& bots, const termination_signals& signals, spdlog::logger& log) {
  auto done = bots.drain();
  auto deadline = std::chrono::steady_clock::now() + drain_timeout;
  while (done.wait_for(std::chrono::seconds{0}) != std::future_status::ready) {
    if (std::chrono::steady_clock::now() >= deadline) {
      log.warn("not everything could be finished within {} s", drain_timeout.count());
      return true;
    }
    if (signals.wait(std::chrono::milliseconds{10}))
      return false;
  }
  return true;
}

} // namespace

int run(const config_arguments& arguments) {
  termination_signals signals;
  auto loaded = load(arguments);
  for (const auto& one : loaded.diagnostics)
    std::cerr << to_string(one) << '\n';
  if (!loaded.ok())
    return 1;
  if (auto failed = set_up_log(loaded.config.logging)) {
    std::cerr << "creamery: " << to_string(*failed) << '\n';
    return 1;
  }
  auto log = make_logger("program");
  const auto* cog_path = std::getenv("CREAMERY_COG_PATH");
  std::atomic<bool> failed = false;
  service::options options{.ca_certificates = {}, .cog_path = cog_path ? cog_path : ""};
  options.faults = std::getenv("CREAMERY_TEST_FAULTS") != nullptr;
  options.on_failure = [&failed] {
    failed = true;
    ::kill(::getpid(), SIGTERM); // wakes the wait below
  };
  auto started = service::start(loaded.config, options);
  if (!started) {
    std::cerr << "creamery: " << to_string(started.error()) << '\n';
    return 1;
  }
  log->info("{} bots started", loaded.config.bots.size());
  auto answered_at = std::chrono::steady_clock::now();
  while (!signals.wait(look_every)) {
    if ((*started)->report(answer_timeout)) {
      answered_at = std::chrono::steady_clock::now();
    } else if (std::chrono::steady_clock::now() - answered_at >= frozen_after) {
      log->critical(
        "the actors have not answered for {} s, so all their threads must be stuck (does a cog wait that says it never "
        "does?): ending, so that the service manager can start the process anew",
        frozen_after.count());
      log->flush();
      std::_Exit(1);
    }
  }
  if (failed)
    log->critical("the actors could not be kept alive: ending, so that the service manager can start the process anew");
  else
    log->info("stopping");
  if (!failed && !finish_work(**started, signals, *log)) {
    log->warn("asked to end a second time: ending at once");
    log->flush();
    std::_Exit(1);
  }
  if (!(*started)->stop()) {
    log->error("a cog is stuck, or the disk, and did not end in time; stopped without it");
    log->flush();
    std::_Exit(0); // its thread still uses everything there is, so nothing may be destroyed
  }
  log->info("stopped");
  return failed ? 1 : 0;
}

} // namespace creamery
