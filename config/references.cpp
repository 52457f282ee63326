#include "config/references.hpp"

#include "config/ascii.hpp"
#include "config/did_you_mean.hpp"

#include <algorithm>
#include <vector>

namespace creamery {

namespace {

constexpr std::string_view opening = "${";

bool is_variable_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) { return is_alphanumeric(c) || c == '_'; });
}

class resolver {
public:
  resolver(std::string_view file, const environment& env, diagnostic_list& out) : file_(file), env_(env), out_(out) {
  }

  void resolve(yaml_node& node) {
    if (node.is_scalar())
      resolve_text(node);
    for (auto& item : node.items)
      resolve(item);
    for (auto& entry : node.entries)
      resolve(entry.value);
  }

private:
  void resolve_text(yaml_node& node) {
    std::string_view rest = node.source;
    if (rest.find(opening) == std::string_view::npos)
      return;
    node.text.clear();
    node.plain = false; // what comes from outside is text, even if it looks like a number
    for (auto i = rest.find(opening); i != std::string_view::npos && !node.broken; i = rest.find(opening)) {
      bool escaped = i > 0 && rest[i - 1] == '$';
      node.text.append(rest.substr(0, escaped ? i - 1 : i));
      rest.remove_prefix(i + opening.size());
      if (escaped)
        node.text.append(opening);
      else
        rest = append_variable(node, rest);
    }
    node.text.append(rest);
  }

  /// Behind `${`. Returns what follows the reference.
  std::string_view append_variable(yaml_node& node, std::string_view rest) {
    source_place where{std::string{file_}, node.line, node.column};
    auto end = rest.find('}');
    auto name = rest.substr(0, end);
    if (end == std::string_view::npos || !is_variable_name(name)) {
      out_.error(where, "a ${ in " + shown(node) + " that is no reference to a variable",
                 "${NAME} with letters, digits and '_', or $${ for the text itself");
      node.broken = true;
      return rest;
    }
    if (const auto* variable = env_.find(name)) {
      node.text.append(variable->value.reveal());
    } else {
      out_.error(where, "the variable " + std::string{name} + " is not set" + suggestion(name),
                 std::string{name} + "=… in .env or the environment");
      node.broken = true;
    }
    return rest.substr(end + 1);
  }

  std::string suggestion(std::string_view name) const {
    std::vector<std::string_view> names;
    for (const auto& [known, variable] : env_)
      names.push_back(known);
    return did_you_mean(name, names);
  }

  std::string_view file_;
  const environment& env_;
  diagnostic_list& out_;
};

} // namespace

void resolve_references(yaml_node& node, std::string_view file, const environment& env, diagnostic_list& out) {
  resolver{file, env, out}.resolve(node);
}

} // namespace creamery
