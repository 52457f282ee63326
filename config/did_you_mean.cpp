#include "config/did_you_mean.hpp"

#include <algorithm>
#include <vector>

namespace creamery {

namespace {

constexpr size_t max_distance = 3;

} // namespace

size_t edit_distance(std::string_view a, std::string_view b) {
  // Three rows of the usual matrix are enough: a swap looks two rows back.
  std::vector<size_t> two_back(b.size() + 1);
  std::vector<size_t> back(b.size() + 1);
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    two_back.swap(back);
    back.swap(row);
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({back[j] + 1, row[j - 1] + 1, back[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], two_back[j - 2] + 1);
    }
  }
  return row[b.size()];
}

std::optional<std::string_view> closest(std::string_view word, std::span<const std::string_view> candidates) {
  std::optional<std::string_view> best;
  auto best_distance = max_distance + 1;
  for (auto candidate : candidates) {
    auto difference = std::max(word.size(), candidate.size()) - std::min(word.size(), candidate.size());
    if (difference > max_distance) // also keeps a word of a megabyte out of the matrix
      continue;
    auto distance = edit_distance(word, candidate);
    if (distance <= std::max<size_t>(1, candidate.size() / 3) && distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  auto candidate = closest(word, candidates);
  return candidate ? " (did you mean '" + std::string{*candidate} + "'?)" : "";
}

} // namespace creamery
