#pragma once

#include <algorithm>
#include <utility>
#include <vector>

namespace creamery {

/// Appends what isn't there yet.
template <class T>
void append_new(std::vector<T>& all, T one) {
  if (std::find(all.begin(), all.end(), one) == all.end())
    all.push_back(std::move(one));
}

template <class T>
void append_new(std::vector<T>& all, const std::vector<T>& more) {
  for (const auto& one : more)
    append_new(all, one);
}

} // namespace creamery
