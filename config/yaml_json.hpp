#pragma once

#include "config/yaml_node.hpp"

#include <nlohmann/json.hpp>

namespace creamery {

/// A part of the file as JSON. Without quotes, `true`, `false` and what JSON takes for a number have that type;
/// everything else is a string (`007`, `yes` and `.inf` too).
nlohmann::json to_json(const yaml_node& x);

} // namespace creamery
