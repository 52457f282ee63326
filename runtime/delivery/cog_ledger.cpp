#include "runtime/delivery/cog_ledger.hpp"

#include <utility>

namespace creamery {

cog_ledger::handover cog_ledger::take_over(time_point now) {
  std::lock_guard guard{mutex_};
  return begin(gate_ ? gate_->close() : line_gate::position{}, now);
}

std::optional<cog_ledger::handover> cog_ledger::take_over_if_idle(time_point now) {
  std::lock_guard guard{mutex_};
  if (given_up_ || !gate_)
    return begin(gate_ ? gate_->close() : line_gate::position{}, now);
  if (auto last = gate_->close_if_idle())
    return begin(*last, now);
  return std::nullopt;
}

cog_ledger::handover cog_ledger::begin(line_gate::position last, time_point now) {
  // What it had begun is not tried again: it may have done half of it, and may do the rest.
  auto done = last.done + (last.inside ? 1 : 0);
  poisoned_ += last.inside ? 1 : 0;
  if (auto called = std::exchange(calling_, {}); last.inside && !called.empty())
    commands_.failed(called, now);
  gate_ = std::make_shared<line_gate>(done);
  given_up_ = false;
  was_stuck_ |= last.busy();
  return {++instance_, gate_, last.inside};
}

void cog_ledger::give_up() {
  std::lock_guard guard{mutex_};
  given_up_ = true;
  was_stuck_ = true;
}

bool cog_ledger::was_stuck() const {
  std::lock_guard guard{mutex_};
  return was_stuck_;
}

std::optional<std::string> cog_ledger::poisoned(uint64_t instance, time_point now) {
  std::lock_guard guard{mutex_};
  if (instance != instance_)
    return std::nullopt;
  ++poisoned_;
  auto called = std::exchange(calling_, {});
  if (called.empty() || !commands_.failed(called, now))
    return std::nullopt;
  return called;
}

bool cog_ledger::begin_call(uint64_t instance, const std::string& command, time_point now) {
  std::lock_guard guard{mutex_};
  if (commands_.rests(command, now)) {
    ++skipped_calls_;
    return false;
  }
  if (instance == instance_)
    calling_ = command;
  return true;
}

void cog_ledger::end_call(uint64_t instance) {
  std::lock_guard guard{mutex_};
  if (instance == instance_)
    calling_.clear();
}

std::vector<std::string> cog_ledger::resting_commands(time_point now) const {
  std::lock_guard guard{mutex_};
  return commands_.resting(now);
}

uint64_t cog_ledger::skipped_calls() const {
  std::lock_guard guard{mutex_};
  return skipped_calls_;
}

void cog_ledger::forgive() {
  std::lock_guard guard{mutex_};
  commands_.clear();
}

uint64_t cog_ledger::poisoned() const {
  std::lock_guard guard{mutex_};
  return poisoned_;
}

std::optional<say> cog_ledger::keep(uint64_t instance, say message) {
  std::lock_guard guard{mutex_};
  if (instance != instance_ || unsettled_.size() >= max_unaccepted) {
    ++refused_;
    return std::nullopt;
  }
  message.numbering = numbering_;
  message.number = ++last_say_;
  return unsettled_.emplace(message.number, std::move(message)).first->second;
}

void cog_ledger::settled(uint64_t number) {
  std::lock_guard guard{mutex_};
  unsettled_.erase(number);
}

std::vector<say> cog_ledger::unsettled() const {
  std::lock_guard guard{mutex_};
  std::vector<say> result;
  result.reserve(unsettled_.size());
  for (const auto& [number, message] : unsettled_)
    result.push_back(message);
  return result;
}

std::pair<uint64_t, line_gate::position> cog_ledger::look() const {
  std::lock_guard guard{mutex_};
  return {instance_, gate_ ? gate_->look() : line_gate::position{}};
}

uint64_t cog_ledger::refused() const {
  std::lock_guard guard{mutex_};
  return refused_;
}

} // namespace creamery
