#include "config/yaml_node.hpp"

#include <algorithm>

namespace creamery {

namespace {

constexpr size_t max_shown = 80;

} // namespace

const yaml_node* yaml_node::find(std::string_view key) const noexcept {
  auto i = std::find_if(entries.begin(), entries.end(), [key](const yaml_entry& x) { return x.key.text == key; });
  return i == entries.end() ? nullptr : &i->value;
}

std::string shown(const yaml_node& x) {
  switch (x.type) {
    case yaml_node::kind::null: return "nothing";
    case yaml_node::kind::scalar:
      // Not cut: the half of a secret would no longer be recognised as one.
      return x.source.size() > max_shown ? "a long text" : "'" + x.source + "'";
    case yaml_node::kind::sequence: return "a list";
    case yaml_node::kind::map: return "a map";
  }
  return {};
}

} // namespace creamery
