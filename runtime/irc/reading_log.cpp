#include "runtime/irc/reading_log.hpp"

#include <limits>
#include <utility>

namespace creamery {

namespace {

/// Stands for the end of a gap that has not ended.
constexpr auto never = std::numeric_limits<int64_t>::max();

/// Begin and end of times that don't touch each other, in order.
using spans = std::vector<std::pair<int64_t, int64_t>>;

spans gaps_of(const connection_report& reader, const std::string& channel) {
  spans result;
  for (const auto& gap : reader.gaps)
    if (gap.channel == channel)
      result.emplace_back(gap.from, gap.to == 0 ? never : gap.to);
  return result;
}

spans intersection(const spans& a, const spans& b) {
  spans result;
  auto i = a.begin();
  auto j = b.begin();
  while (i != a.end() && j != b.end()) {
    auto from = std::max(i->first, j->first);
    auto to = std::min(i->second, j->second);
    if (from < to)
      result.emplace_back(from, to);
    if (i->second < j->second)
      ++i;
    else
      ++j;
  }
  return result;
}

} // namespace

std::optional<reading_gap> reading_log::joined(const std::string& channel, int64_t now) {
  auto& state = channels_[channel];
  if (state.joined)
    return std::nullopt;
  reading_gap gap{channel, {}, state.since, std::max(now, state.since)};
  state = {true, gap.to};
  if (ended_.size() >= max_gaps)
    ended_.pop_front();
  ended_.push_back(gap);
  if (gap.from == 0)
    return std::nullopt;
  return gap;
}

void reading_log::lost(const std::string& channel) {
  auto i = channels_.find(channel);
  if (i != channels_.end() && i->second.joined)
    i->second = {false, std::max(i->second.since, read_until_)};
}

void reading_log::left(const std::string& channel) {
  channels_.erase(channel);
}

std::vector<reading_gap> reading_log::gaps() const {
  std::vector<reading_gap> result{ended_.begin(), ended_.end()};
  for (const auto& [channel, state] : channels_)
    if (!state.joined)
      result.push_back({channel, {}, state.since, 0});
  return result;
}

std::vector<reading_gap> common_gaps(const std::vector<connection_report>& readers) {
  std::map<std::string, spans> unread;
  for (const auto& reader : readers) {
    for (const auto& one : reader.channels) {
      auto mine = gaps_of(reader, one.channel);
      auto [known, is_first] = unread.try_emplace(one.channel, mine);
      if (!is_first)
        known->second = intersection(known->second, mine);
    }
  }
  std::vector<reading_gap> result;
  for (const auto& [channel, times] : unread)
    for (const auto& [from, to] : times)
      if (from != 0) // nobody had read it before
        result.push_back({channel, {}, from, to == never ? 0 : to});
  std::stable_sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a.from < b.from; });
  return result;
}

} // namespace creamery
