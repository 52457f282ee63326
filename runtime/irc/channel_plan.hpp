#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace creamery {

/// Spreads channels over connections, at most `per_connection` on each, about equally many; every channel on as many
/// different connections as `redundancy` says. Each element of the result is one connection's share.
inline std::vector<std::vector<std::string>> plan_channels(const std::vector<std::string>& channels,
                                                           size_t per_connection, size_t redundancy = 1) {
  std::vector<std::vector<std::string>> plan;
  if (channels.empty() || per_connection == 0)
    return plan;
  auto groups = (channels.size() + per_connection - 1) / per_connection;
  for (size_t copy = 0; copy < redundancy; ++copy) {
    auto first = plan.size();
    plan.resize(first + groups);
    for (size_t i = 0; i < channels.size(); ++i)
      plan[first + i % groups].push_back(channels[i]);
  }
  return plan;
}

} // namespace creamery
