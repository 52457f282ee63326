#pragma once

#include "config/load.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace creamery {

/// What `creamery run` and `creamery check` are told.
struct config_arguments {
  std::string config;
  std::string env;
};

/// What `creamery demo` is told.
struct demo_arguments {
  /// Ends by itself after so long; absent: when it is interrupted.
  std::optional<std::chrono::seconds> seconds;
  /// Lines instead of a picture that is drawn again and again.
  bool plain = false;
};

/// Runs every bot in the file until SIGINT or SIGTERM. Returns the exit status.
int run(const config_arguments& arguments);

/// Says what is wrong with the configuration. Exit status 1: it has errors.
int check(const config_arguments& arguments);

/// Shows the actors of the service that runs with this configuration. Exit status 1: it can't be reached.
int status(const config_arguments& arguments);

/// Runs a simulated Twitch, bots and a raid. Exit status 0 only if nothing was lost.
int demo(const demo_arguments& arguments);

/// Reads the configuration that the arguments name, and checks it against what this program can do.
load_result load(const config_arguments& arguments);

} // namespace creamery
