#include "runtime/program/demo_numbers.hpp"

#include "runtime/program/service.hpp"
#include "simulator/simulator.hpp"

#include <algorithm>

namespace creamery {

namespace {

/// The value that a share of all values is not above.
uint32_t percentile(std::vector<uint32_t>& values, double share) {
  if (values.empty())
    return 0;
  auto n = std::min(static_cast<size_t>(static_cast<double>(values.size()) * share), values.size() - 1);
  std::nth_element(values.begin(), values.begin() + static_cast<ptrdiff_t>(n), values.end());
  return values[n];
}

uint64_t restarts_in(const std::vector<child_report>& tree) {
  uint64_t sum = 0;
  for (const auto& one : tree)
    sum += one.restarts + restarts_in(one.children);
  return sum;
}

} // namespace

demo_numbers collect(service& bots, const simulator::simulator& twitch, std::chrono::steady_clock::duration elapsed) {
  demo_numbers x;
  x.elapsed = elapsed;
  // The simulator first: what it sends between the two questions must not look lost.
  auto sent = twitch.counters();
  x.sent = sent.lines_sent;
  x.limit_violations = sent.limit_violations();
  auto report = bots.report();
  if (!report)
    return x;
  std::vector<uint32_t> latencies;
  for (const auto& bot : report->bots) {
    x.lines_in += bot.router.lines.chat;
    x.commands += bot.router.lines.commands;
    for (const auto& cog : bot.router.cogs) {
      x.routed += cog.lines.routed;
      x.handled += cog.lines.handled;
      x.poisoned += cog.lines.poisoned;
      x.shed += cog.lines.shed;
      x.queued += cog.lines.queued;
    }
    for (const auto& connection : bot.connections)
      x.reconnects += connection.reconnects;
  }
  for (const auto& account : report->accounts) {
    x.said += account.messages.accepted;
    x.replies += account.messages.confirmed;
    x.replies_waiting += account.messages.waiting + account.messages.in_flight;
    x.replies_aged_out += account.messages.aged_out;
    x.replies_refused += account.messages.refused;
    x.replies_unconfirmed += account.messages.unconfirmed;
    latencies.insert(latencies.end(), account.latencies_us.begin(), account.latencies_us.end());
  }
  x.latency_p50_us = percentile(latencies, 0.50);
  x.latency_p99_us = percentile(latencies, 0.99);
  x.restarts = restarts_in(report->tree);
  x.bots = std::move(report->bots);
  x.tree = std::move(report->tree);
  return x;
}

} // namespace creamery
