#include "config/yaml_json.hpp"

#include "config/ascii.hpp"

namespace creamery {

namespace {

nlohmann::json scalar_to_json(const yaml_node& x) {
  if (!x.plain)
    return x.text;
  if (x.text == "true" || x.text == "True" || x.text == "TRUE")
    return true;
  if (x.text == "false" || x.text == "False" || x.text == "FALSE")
    return false;
  if (x.text.empty() || !(is_digit(x.text.front()) || x.text.front() == '-'))
    return x.text;
  auto number = nlohmann::json::parse(x.text, nullptr, false);
  return number.is_number() ? number : nlohmann::json(x.text);
}

} // namespace

nlohmann::json to_json(const yaml_node& x) {
  switch (x.type) {
    case yaml_node::kind::null: return nullptr;
    case yaml_node::kind::scalar: return scalar_to_json(x);
    case yaml_node::kind::sequence: {
      auto result = nlohmann::json::array();
      for (const auto& item : x.items)
        result.push_back(to_json(item));
      return result;
    }
    case yaml_node::kind::map: {
      auto result = nlohmann::json::object();
      for (const auto& entry : x.entries)
        result[entry.key.text] = to_json(entry.value);
      return result;
    }
  }
  return nullptr;
}

} // namespace creamery
