#pragma once

#include <nlohmann/json.hpp>

#include <string>

/// Members of JSON that others wrote: what is missing, or of another type than it should be, is as good as empty.
namespace creamery {

/// A member of an object; null if there is no such member, or no object.
inline const nlohmann::json& member_of(const nlohmann::json& object, const char* name) {
  static const nlohmann::json nothing;
  if (!object.is_object())
    return nothing;
  auto found = object.find(name);
  return found == object.end() ? nothing : *found;
}

/// The same if it is a text; else empty.
inline std::string text_of(const nlohmann::json& object, const char* name) {
  const auto& found = member_of(object, name);
  return found.is_string() ? found.get<std::string>() : std::string{};
}

} // namespace creamery
