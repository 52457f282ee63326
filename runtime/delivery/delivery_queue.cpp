#include "runtime/delivery/delivery_queue.hpp"

#include <algorithm>

namespace creamery {

namespace {

size_t bytes_of_line(const cog_line& line) noexcept {
  return line.index.size + sizeof(cog_line);
}

} // namespace

void delivery_queue::push(cog_batch::content content) {
  if (content.lines.empty())
    return;
  for (auto& line : content.lines)
    line.number = ++last_number_;
  counters_.routed += content.lines.size();
  counters_.queued += content.lines.size();
  auto bytes = bytes_of(content);
  waiting_.push_back({std::make_shared<cog_batch::content>(std::move(content)), bytes});
  waiting_bytes_ += bytes;
  if (waiting_bytes_ > options_.capacity)
    shed(waiting_bytes_ - options_.capacity);
}

std::optional<cog_batch> delivery_queue::take() {
  if (waiting_.empty() || (!in_flight_.empty() && in_flight_bytes_ + waiting_.front().bytes > options_.window))
    return std::nullopt;
  auto next = std::move(waiting_.front());
  waiting_.pop_front();
  waiting_bytes_ -= next.bytes;
  in_flight_bytes_ += next.bytes;
  cog_batch result{acknowledged_ + 1, next.content};
  in_flight_.push_back(std::move(next));
  return result;
}

void delivery_queue::acknowledge(uint64_t upto, uint64_t poisoned) {
  if (upto <= acknowledged_)
    return;
  uint64_t done = 0;
  while (!in_flight_.empty()) {
    const auto& lines = in_flight_.front().content->lines;
    // Lines are in the order of their numbers, so what is newly done is a range.
    auto first = std::upper_bound(lines.begin(), lines.end(), acknowledged_,
                                  [](uint64_t number, const cog_line& line) { return number < line.number; });
    auto last = std::upper_bound(first, lines.end(), upto,
                                 [](uint64_t number, const cog_line& line) { return number < line.number; });
    done += static_cast<uint64_t>(last - first);
    if (last != lines.end())
      break;
    in_flight_bytes_ -= in_flight_.front().bytes;
    in_flight_.pop_front();
  }
  acknowledged_ = upto;
  poisoned = std::min(poisoned, done);
  counters_.poisoned += poisoned;
  counters_.handled += done - poisoned;
  counters_.queued -= done;
}

void delivery_queue::restart() {
  while (!in_flight_.empty()) {
    auto one = std::move(in_flight_.back());
    in_flight_.pop_back();
    waiting_bytes_ += one.bytes;
    waiting_.push_front(std::move(one));
  }
  in_flight_bytes_ = 0;
}

size_t delivery_queue::bytes_of(const cog_batch::content& content) noexcept {
  size_t bytes = 0;
  for (const auto& line : content.lines)
    bytes += bytes_of_line(line);
  return bytes;
}

void delivery_queue::shed(size_t excess) {
  auto before = waiting_bytes_;
  shed_if(excess, [](const cog_line& line) {
    return line.command == cog_line::no_command && line.index.verb == irc_verb::privmsg;
  });
  auto shed_so_far = before - waiting_bytes_;
  if (shed_so_far < excess)
    shed_if(excess - shed_so_far, [](const cog_line&) { return true; });
}

template <class Predicate>
void delivery_queue::shed_if(size_t excess, Predicate may_go) {
  for (auto& one : waiting_) {
    if (excess == 0)
      break;
    // A batch that was given out before a restart may be half acknowledged; those lines are counted already.
    auto copy = std::make_shared<cog_batch::content>(*one.content);
    size_t freed = 0;
    uint64_t count = 0;
    std::erase_if(copy->lines, [&](const cog_line& line) {
      if (freed >= excess || line.number <= acknowledged_ || !may_go(line))
        return false;
      freed += bytes_of_line(line);
      ++count;
      return true;
    });
    if (count == 0)
      continue;
    one.content = std::move(copy); // the old one may still be read by a cog that is about to end
    one.bytes -= freed;
    waiting_bytes_ -= freed;
    excess -= std::min(excess, freed);
    counters_.shed += count;
    counters_.queued -= count;
  }
  std::erase_if(waiting_, [this](const batch& one) {
    auto done = one.content->lines.empty() || one.content->lines.back().number <= acknowledged_;
    if (done)
      waiting_bytes_ -= one.bytes;
    return done;
  });
}

} // namespace creamery
