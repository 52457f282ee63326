#include "runtime/delivery/overlap_filter.hpp"

#include <algorithm>
#include <cstdlib>

namespace creamery {

namespace {

/// How many messages are remembered.
constexpr size_t most_seen = 1'000;

/// So far apart are the times at which two copies were sent, at most.
constexpr int64_t most_apart_ms = 1'000;

} // namespace

void overlap_filter::forget_old(time_point now) {
  while (!seen_.empty() && seen_.front().came + memory_ < now)
    seen_.pop_front();
}

bool overlap_filter::is_double(uint64_t way, std::string_view kind, std::string_view text, int64_t sent_at,
                               bool may_come_again, time_point now) {
  forget_old(now);
  auto known = std::find_if(seen_.begin(), seen_.end(), [&](const message& x) {
    return x.kind == kind && x.text == text && std::abs(x.sent_at - sent_at) <= most_apart_ms
           && std::find(x.ways.begin(), x.ways.end(), way) == x.ways.end();
  });
  if (known != seen_.end()) {
    known->ways.push_back(way);
    return true;
  }
  if (!may_come_again)
    return false;
  seen_.push_back({{way}, std::string{kind}, std::string{text}, sent_at, now});
  if (seen_.size() > most_seen)
    seen_.pop_front();
  return false;
}

} // namespace creamery
