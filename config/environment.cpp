#include "config/environment.hpp"

#include "config/ascii.hpp"

#include <unistd.h>

namespace creamery {

environment::environment(std::initializer_list<std::pair<std::string_view, std::string_view>> variables) {
  for (const auto& [name, value] : variables)
    set(name, value);
}

environment environment::of_process() {
  environment result;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    std::string_view text{*entry};
    auto equals = text.find('=');
    if (equals != std::string_view::npos)
      result.set(text.substr(0, equals), text.substr(equals + 1));
  }
  return result;
}

void environment::set(std::string_view name, std::string_view value, source_place where) {
  variables_.insert_or_assign(std::string{name}, variable{secret{value}, std::move(where)});
}

bool environment::set_default(std::string_view name, std::string_view value, source_place where) {
  return variables_.try_emplace(std::string{name}, variable{secret{value}, std::move(where)}).second;
}

const environment::variable* environment::find(std::string_view name) const {
  auto i = variables_.find(name);
  return i == variables_.end() ? nullptr : &i->second;
}

const environment::variable* environment::find_value(std::string_view name) const {
  const auto* found = find(name);
  return found == nullptr || found->value.empty() ? nullptr : found;
}

std::string variable_name(std::string_view owner, std::string_view what) {
  std::string name;
  for (char c : owner)
    name += is_alphanumeric(c) ? to_upper(c) : '_';
  return name.append("_").append(what);
}

} // namespace creamery
