#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Finds values in JSON without taking it apart: what an event holds is passed on as it came, and only few members are looked at
/// on the way.
namespace creamery::eventsub {

/// The value of a member of a JSON object, as it stands there. Only as much is checked as is passed on the way to it: whether the
/// value is valid in itself is for those who read it.
/// @param object begins with '{', perhaps behind spaces. @param name as it stands there, without escapes.
/// @returns nothing if there is no such member, or no object.
std::optional<std::string_view> find_member(std::string_view object, std::string_view name);

/// The same for a member of a member …: names with '.' between them.
std::optional<std::string_view> find_path(std::string_view object, std::string_view path);

/// The text of a JSON string without escapes, or of a number; nothing for anything else.
std::optional<std::string_view> plain_text(std::string_view value);

/// What makes an event unique, see `subscription_type::business_key`: the values of the members that `names` names, with spaces
/// between them. Empty if one of them is missing or empty.
std::string business_key(std::string_view event, std::string_view names);

} // namespace creamery::eventsub
