#pragma once

#include "config/diagnostic_list.hpp"
#include "config/environment.hpp"
#include "config/yaml_node.hpp"

#include <string_view>

namespace creamery {

/// Replaces each `${NAME}` in the values of a file by that variable; `$${` stands for `${`. What was written remains in
/// `yaml_node::source`. A variable that isn't set is a mistake, one that is set to nothing isn't.
void resolve_references(yaml_node& node, std::string_view file, const environment& env, diagnostic_list& out);

} // namespace creamery
