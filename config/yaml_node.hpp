#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

struct yaml_entry;

/// A value in a YAML file, with its place.
struct yaml_node {
  enum class kind { null, scalar, sequence, map };

  kind type = kind::null;
  /// A scalar's value, in which references like `${NAME}` have been replaced.
  std::string text;
  /// A scalar as it was written, for messages: the variables behind `${NAME}` may be secrets.
  std::string source;
  /// True for a scalar without quotes.
  bool plain = false;
  /// True if this value has been reported as a mistake already. Readers take it for absent, so that nobody is told
  /// twice.
  bool broken = false;
  /// Counted from 1; the column in bytes.
  int line = 0;
  int column = 0;
  /// Of a sequence.
  std::vector<yaml_node> items;
  /// Of a map, in the order of the file. Keys are scalars, and there are no two equal ones.
  std::vector<yaml_entry> entries;

  bool is_null() const noexcept {
    return type == kind::null;
  }

  bool is_scalar() const noexcept {
    return type == kind::scalar;
  }

  bool is_sequence() const noexcept {
    return type == kind::sequence;
  }

  bool is_map() const noexcept {
    return type == kind::map;
  }

  /// The value of that key; null if this is no map or has no such key.
  const yaml_node* find(std::string_view key) const noexcept;
};

struct yaml_entry {
  yaml_node key;
  yaml_node value;
};

/// How a message calls it: `'text'` as it was written, `a list`, `a map` or `nothing`.
std::string shown(const yaml_node& x);

} // namespace creamery
