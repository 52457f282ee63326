#pragma once

#include "messages/reports.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace creamery {

class service;

namespace simulator {
class simulator;
}

/// What the demo shows: the simulator's numbers beside the bots'.
struct demo_numbers {
  std::chrono::duration<double> elapsed{};
  /// Chat lines that the simulator sent, once for each bot that got it.
  uint64_t sent = 0;
  /// Chat lines that arrived, in all routers.
  uint64_t lines_in = 0;
  /// Lines in the queues of cogs, once for each cog, and what became of them.
  uint64_t routed = 0;
  uint64_t handled = 0;
  uint64_t poisoned = 0;
  uint64_t shed = 0;
  uint64_t queued = 0;
  uint64_t commands = 0;
  /// Messages that cogs said, and what became of them.
  uint64_t said = 0;
  uint64_t replies = 0;
  uint64_t replies_waiting = 0;
  uint64_t replies_aged_out = 0;
  uint64_t replies_refused = 0;
  uint64_t replies_unconfirmed = 0;
  uint64_t limit_violations = 0;
  uint64_t restarts = 0;
  uint64_t reconnects = 0;
  /// From the read of a command to the write of its answer, without the time in the limiter, in microseconds.
  uint32_t latency_p50_us = 0;
  uint32_t latency_p99_us = 0;
  std::vector<bot_report> bots;
  /// The actors below the node.
  std::vector<child_report> tree;
  /// The latest things that the bots said.
  std::vector<std::string> spoken;

  /// Chat lines that were sent and didn't arrive.
  uint64_t lost() const noexcept {
    return sent > lines_in ? sent - lines_in : 0;
  }

  /// Whether every line that was routed is accounted for.
  bool balanced() const noexcept {
    return routed == handled + poisoned + shed + queued;
  }
};

/// Asks the bots and the simulator.
demo_numbers collect(service& bots, const simulator::simulator& twitch, std::chrono::steady_clock::duration elapsed);

} // namespace creamery
