#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace creamery {

/// How many characters must be inserted, deleted, replaced or swapped with their neighbour to make `b` of `a` (optimal
/// string alignment distance).
size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that `word` probably was meant to be: the one with the smallest distance, at most a third of its
/// length and at most three.
std::optional<std::string_view> closest(std::string_view word, std::span<const std::string_view> candidates);

/// ` (did you mean 'x'?)` if there is such a candidate, else nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

} // namespace creamery
