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
  if (in_flight_.empty())
    return;
  upto =
    std::min(upto, in_flight_.back().content->lines.back().number); // nobody can be done with what they haven't got
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
  auto newly_poisoned = std::min(poisoned - std::min(poisoned, counters_.poisoned), done);
  counters_.poisoned += newly_poisoned;
  counters_.handled += done - newly_poisoned;
  counters_.queued -= done;
}

void delivery_queue::restart() {
  while (!in_flight_.empty()) {
    auto one = std::move(in_flight_.back());
    in_flight_.pop_back();
    if (one.content->lines.front().number <= acknowledged_) {
      // Half of it is done, and doesn't wait any more. The old one may still be read by the cog that is about to end.
      one.content = std::make_shared<cog_batch::content>(*one.content);
      std::erase_if(one.content->lines, [this](const cog_line& line) { return line.number <= acknowledged_; });
      one.bytes = bytes_of(*one.content);
    }
    waiting_bytes_ += one.bytes;
    waiting_.push_front(std::move(one));
  }
  in_flight_bytes_ = 0;
}

void delivery_queue::renumber_commands(const std::vector<uint16_t>& numbers) {
  for (auto& one : waiting_) {
    one.content = std::make_shared<cog_batch::content>(*one.content); // the old one may still be read
    for (auto& line : one.content->lines)
      if (line.command < numbers.size())
        line.command = numbers[line.command];
  }
}

std::optional<irc_line> delivery_queue::oldest() const {
  for (const auto* batches : {&in_flight_, &waiting_})
    for (const auto& one : *batches)
      for (const auto& line : one.content->lines)
        if (line.number > acknowledged_)
          return irc_line{one.content->memory->data(), line.index};
  return std::nullopt;
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
  size_t emptied = 0;
  for (auto& one : waiting_) {
    if (excess == 0)
      break;
    if (std::none_of(one.content->lines.begin(), one.content->lines.end(), may_go))
      continue;
    auto copy = std::make_shared<cog_batch::content>(*one.content);
    size_t freed = 0;
    uint64_t count = 0;
    std::erase_if(copy->lines, [&](const cog_line& line) {
      if (freed >= excess || !may_go(line))
        return false;
      freed += bytes_of_line(line);
      ++count;
      return true;
    });
    one.content = std::move(copy); // the old one may still be read by a cog that is about to end
    one.bytes -= freed;
    waiting_bytes_ -= freed;
    excess -= std::min(excess, freed);
    counters_.shed += count;
    counters_.queued -= count;
    emptied += one.content->lines.empty();
  }
  // Mostly the oldest ones; only behind a batch that stays do all others have to be moved.
  for (; emptied > 0 && waiting_.front().content->lines.empty(); --emptied)
    waiting_.pop_front();
  if (emptied > 0)
    std::erase_if(waiting_, [](const batch& one) { return one.content->lines.empty(); });
}

} // namespace creamery
