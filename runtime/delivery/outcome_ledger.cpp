#include "runtime/delivery/outcome_ledger.hpp"

#include <utility>

namespace creamery {

uint64_t outcome_ledger::take_over(uint64_t instance) {
  std::lock_guard guard{mutex_};
  instance_ = instance;
  if (!std::exchange(is_in_hand_, false))
    return 0;
  add(last_event_).is_poisoned = true;
  return last_event_;
}

bool outcome_ledger::begin(uint64_t instance, uint64_t event) {
  std::lock_guard guard{mutex_};
  if (instance != instance_ || event <= last_event_)
    return false;
  last_event_ = event;
  is_in_hand_ = true;
  return true;
}

std::optional<cog_outcome> outcome_ledger::finish(uint64_t instance, uint64_t event, bool is_poisoned,
                                                  std::vector<value_change> changes, std::vector<say> says) {
  std::lock_guard guard{mutex_};
  if (instance != instance_ || (event == 0 && unwritten_.size() >= max_unwritten))
    return std::nullopt;
  auto& one = add(event);
  one.is_poisoned = is_poisoned;
  one.changes = std::move(changes);
  one.says = std::move(says);
  if (event != 0)
    is_in_hand_ = false;
  return one;
}

cog_outcome& outcome_ledger::add(uint64_t event) {
  auto& one = unwritten_[++last_number_];
  one.bot = bot_;
  one.cog = cog_;
  one.numbering = numbering_;
  one.number = last_number_;
  one.event = event;
  return one;
}

void outcome_ledger::written(uint64_t number) {
  std::lock_guard guard{mutex_};
  unwritten_.erase(number);
}

std::vector<cog_outcome> outcome_ledger::unwritten() const {
  std::lock_guard guard{mutex_};
  std::vector<cog_outcome> all;
  all.reserve(unwritten_.size());
  for (const auto& [number, one] : unwritten_)
    all.push_back(one);
  return all;
}

bool outcome_ledger::is_full() const {
  std::lock_guard guard{mutex_};
  return unwritten_.size() >= max_unwritten;
}

uint64_t outcome_ledger::last_event() const {
  std::lock_guard guard{mutex_};
  return last_event_;
}

std::optional<std::optional<std::string>> outcome_ledger::find(std::string_view space, std::string_view key) const {
  std::lock_guard guard{mutex_};
  for (auto one = unwritten_.rbegin(); one != unwritten_.rend(); ++one)
    for (auto change = one->second.changes.rbegin(); change != one->second.changes.rend(); ++change)
      if (change->space == space && change->key == key)
        return change->value;
  return std::nullopt;
}

std::map<std::string, std::optional<std::string>> outcome_ledger::list(std::string_view space,
                                                                       std::string_view prefix) const {
  std::lock_guard guard{mutex_};
  std::map<std::string, std::optional<std::string>> found;
  for (const auto& [number, one] : unwritten_)
    for (const auto& change : one.changes)
      if (change.space == space && std::string_view{change.key}.starts_with(prefix))
        found[change.key] = change.value;
  return found;
}

} // namespace creamery
