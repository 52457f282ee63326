#include "simulator/wire_queue.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

/// The most that is handed to the system at once.
constexpr size_t largest_write = 256 * 1024;

/// A slow connection writes so many times a second.
constexpr size_t steps_per_second = 50;

} // namespace

void wire_queue::commit(size_t lines, time_point now) {
  committed_ = written_ + size();
  if (lines > 0) {
    marks_.push_back({committed_, lines});
    waiting_lines_ += lines;
  }
  if (shape_.latency > duration{})
    delayed_.push_back({committed_, now + shape_.latency});
}

std::string_view wire_queue::next(time_point now) {
  if (front_at_ == front_.size()) {
    front_.clear();
    front_at_ = 0;
    std::swap(front_, back_);
  }
  if (now < resume_at_)
    return {};
  auto size = std::min(front_.size() - front_at_, largest_write);
  if (shape_.piece > 0)
    size = std::min(size, shape_.piece);
  if (shape_.bytes_per_second > 0)
    size = std::min(size, std::max<size_t>(1, shape_.bytes_per_second / steps_per_second));
  // Bytes that still have to travel stay here.
  auto travelled = written_ + size;
  for (auto begin = written_; const auto& x : delayed_) {
    if (x.due > now) {
      travelled = std::min(travelled, begin);
      break;
    }
    begin = x.end;
  }
  size = travelled - written_;
  return std::string_view{front_}.substr(front_at_, size);
}

time_point wire_queue::ready_at() const {
  if (empty())
    return time_point::max();
  return delayed_.empty() ? resume_at_ : std::max(resume_at_, delayed_.front().due);
}

void wire_queue::written(size_t size, time_point now) {
  front_at_ += size;
  written_ += size;
  for (; !marks_.empty() && marks_.front().end <= written_; marks_.pop_front())
    waiting_lines_ -= marks_.front().lines;
  while (!delayed_.empty() && delayed_.front().end <= written_)
    delayed_.pop_front();
  if (shape_.bytes_per_second > 0)
    resume_at_ = now + std::chrono::microseconds{1'000'000 * size / shape_.bytes_per_second};
}

} // namespace creamery::simulator
