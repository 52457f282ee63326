#pragma once

#include "config/diagnostic_list.hpp"
#include "config/yaml_node.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace creamery {

/// How deeply lists and maps may be nested, aliases included.
inline constexpr size_t max_yaml_depth = 32;

/// How many values a file may have after its aliases have been filled in.
inline constexpr size_t max_yaml_nodes = 50'000;

/// Parses a YAML file with one document, whatever bytes it consists of. Mistakes go to `out`, all of them if possible:
///
/// - a duplicate key is named and its first value kept;
/// - an unquoted `!`, which is a tag to YAML, is taken for the text `!`, with a warning; other tags are mistakes;
/// - if the file is no YAML because of tabs in its indentation, each such line is named, and what the file would have
/// meant with
///   spaces is returned, so that its other mistakes can be found as well.
///
/// Returns nothing if the file can't be understood. References like `${NAME}` are left alone.
std::optional<yaml_node> parse_yaml(std::string_view text, std::string_view file, diagnostic_list& out);

} // namespace creamery
