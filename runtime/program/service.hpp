#pragma once

#include "config/configuration.hpp"
#include "messages/reports.hpp"
#include "messages/result.hpp"

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

namespace creamery {

/// Everything that runs the bots of one configuration in this process: the network thread, the actor system, the tree of
/// actors.
class service {
public:
  /// What a configuration file doesn't say.
  struct options {
    /// Certificates (PEM) to trust besides those of the configuration.
    std::string ca_certificates;
    /// Folders with cog modules that are looked into first, separated by ':'.
    std::string cog_path;
    /// Faults may be planted over HTTP; for tests only.
    bool faults = false;
    /// Nothing but the bots: no admin pages, and nothing is written to the disk.
    bool bots_only = false;
    /// Called once, on any thread, when the tree of actors has given up and this process can do nothing more.
    std::function<void()> on_failure = {};
  };

  /// Starts all bots. Fails when the configuration can't be carried out on this machine: a certificate file that can't be
  /// read, for example.
  static result<std::unique_ptr<service>> start(const configuration& config, const options& extra);

  service(const service&) = delete;
  service& operator=(const service&) = delete;

  /// Stops.
  ~service();

  /// How everything stands; nothing when that could not be found out within `timeout`.
  std::optional<node_report> report(std::chrono::milliseconds timeout = std::chrono::seconds{3});

  /// Begins to finish: what was read is handled, what was said is sent, nothing new is taken in. Returns when that is done, as
  /// something to wait for; how long to wait is the caller's decision.
  std::future<bool> drain();

  /// Ends the bots: cogs first stop to be fed, then connections say goodbye.
  ///
  /// @returns false when a cog is stuck and didn't end within a few seconds. It still uses what belongs to this object, which
  /// waits for it when it is destroyed: the process has to be ended without that, then.
  bool stop();

private:
  class implementation;

  explicit service(std::unique_ptr<implementation> impl);

  std::unique_ptr<implementation> impl_;
};

} // namespace creamery
