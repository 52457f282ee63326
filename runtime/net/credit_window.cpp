#include "runtime/net/credit_window.hpp"

#include <algorithm>
#include <utility>

namespace creamery {

namespace {

constexpr size_t max_spare = 32;

} // namespace

line_batch credit_window::publish(std::shared_ptr<const slab> memory, std::vector<line_span>& lines, size_t cost) {
  forget_released();
  const auto first = lines_.load(std::memory_order_relaxed);
  line_batch batch{memory, lines, cost, first};
  lines_.store(first + lines.size(), std::memory_order_relaxed);
  const auto charged = charged_.fetch_add(cost) + cost;
  held_.push_back({{std::move(memory), std::move(lines), cost, first}, charged});
  lines = {};
  if (!spare_.empty()) {
    lines = std::move(spare_.back());
    spare_.pop_back();
  }
  return batch;
}

std::vector<line_batch> credit_window::unreleased() {
  forget_released();
  std::vector<line_batch> batches;
  for (auto i = forgotten_; i < held_.size(); ++i)
    batches.push_back(held_[i].batch);
  return batches;
}

void credit_window::release(size_t cost) noexcept {
  auto before = released_.load();
  uint64_t after;
  do {
    after = before + std::min<uint64_t>(cost, charged_.load() - before);
  } while (!released_.compare_exchange_weak(before, after));
}

void credit_window::forget_released() {
  const auto released = released_.load();
  for (; forgotten_ < held_.size() && held_[forgotten_].charged <= released; ++forgotten_) {
    auto& batch = held_[forgotten_].batch;
    batch.memory.reset();
    if (spare_.size() < max_spare) {
      batch.lines.clear();
      spare_.push_back(std::move(batch.lines));
    }
  }
  if (forgotten_ * 2 > held_.size()) {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(forgotten_));
    forgotten_ = 0;
  }
}

} // namespace creamery
