#include "runtime/irc/reading_log.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace creamery {

namespace {

/// Stands for the end of a gap that has not ended.
constexpr auto never = std::numeric_limits<int64_t>::max();

/// A line's time that lies further in the future than that is a mistake, and would hide what comes until then.
constexpr int64_t max_ahead = 60'000;

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

void reading_log::read(int64_t sent, int64_t now) {
  sent = std::min(sent, now + max_ahead);
  if (sent <= read_until_)
    return;
  read_until_ = sent;
  read_at_ = now;
}

int64_t reading_log::complete_until() const noexcept {
  return std::max(read_until_, last_join_);
}

int64_t reading_log::read_until(const std::string& channel) const {
  auto i = channels_.find(channel);
  if (i == channels_.end())
    return 0;
  auto until = i->second.joined ? std::max(i->second.since, read_until_) : i->second.since;
  return router_lacks_ ? std::min(until, *router_lacks_) : until;
}

std::optional<reading_gap> reading_log::joined(const std::string& channel, int64_t now) {
  auto& state = channels_[channel];
  if (state.joined)
    return std::nullopt;
  // As long as it was by our own clock, so that a difference between the clocks is none of the gap.
  reading_gap gap{channel, {}, state.since, std::max(now, state.since + std::max<int64_t>(now - state.since_ours, 0))};
  state = {true, now, now};
  last_join_ = now;
  remember(gap);
  if (gap.from == 0)
    return std::nullopt;
  return gap;
}

void reading_log::lost(const std::string& channel) {
  auto i = channels_.find(channel);
  if (i == channels_.end() || !i->second.joined)
    return;
  auto& state = i->second;
  if (read_until_ > state.since)
    state = {false, read_until_, read_at_};
  else
    state.joined = false;
}

std::optional<reading_gap> reading_log::changed_hands(const std::string& channel, int64_t joined) {
  auto i = channels_.find(channel);
  if (i == channels_.end() || !i->second.joined || joined <= std::max(i->second.since, read_until_))
    return std::nullopt;
  reading_gap gap{channel, {}, std::max(i->second.since, read_until_), joined};
  i->second = {true, joined, joined};
  remember(gap);
  return gap;
}

void reading_log::abandon() {
  for (auto& [channel, state] : channels_) {
    lost(channel);
    if (router_lacks_)
      state.since = std::min(state.since, *router_lacks_);
  }
  router_lacks_.reset();
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

void reading_log::remember(const reading_gap& gap) {
  if (ended_.size() >= max_gaps)
    ended_.pop_front();
  ended_.push_back(gap);
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
