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

/// What `creamery auth` is told.
struct auth_arguments {
  config_arguments config;
  std::string bot;
  /// Empty: the bot's own account is authorised, not a broadcaster's.
  std::string channel;
  /// A code for a server without a browser.
  bool device = false;
  /// The address is only printed.
  bool no_browser = false;
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

/// Gets and stores a user token. Exit status 1: there is none.
int authorize(const auth_arguments& arguments);

/// Encrypts the stored tokens with a new key: that of CREAMERY_NEW_KEY, or one that is made.
int rekey(const config_arguments& arguments);

/// Runs a simulated Twitch, bots and a raid. Exit status 0 only if nothing was lost.
int demo(const demo_arguments& arguments);

/// Reads the configuration that the arguments name, and checks it against what this program can do.
load_result load(const config_arguments& arguments);

/// The same for commands that don't run it: mistakes are shown, warnings aren't. Nothing: there are mistakes.
std::optional<configuration> load_or_complain(const config_arguments& arguments);

} // namespace creamery
