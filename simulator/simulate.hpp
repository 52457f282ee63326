#pragma once

#include "simulator/options.hpp"
#include "simulator/requests.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace creamery::simulator {

/// What `creamery simulate` can be told.
struct simulate_options {
  /// Where and how (ports, certificate, limits, scenario, history, …).
  options server;
  /// Replays that start with it.
  std::vector<replay_request> replays;
  /// What is printed besides the endpoints: "quiet", "info" (logins, joins, closes, faults), "debug" (every message
  /// received as well).
  std::string log_level = "info";
  /// Ends by itself after so long; 0: at SIGINT or SIGTERM.
  std::chrono::seconds lasts{0};
};

/// Runs a simulated Twitch until SIGINT or SIGTERM. Returns the program's exit status: 0, or 1 if it couldn't start
/// (why is on standard error).
int simulate(const simulate_options& setup);

} // namespace creamery::simulator
