#include "runtime/eventsub/json_slice.hpp"

#include "runtime/eventsub/json_document.hpp"

#include <algorithm>
#include <cstddef>

namespace creamery::eventsub {

std::optional<std::string_view> find_member(std::string_view object, std::string_view name) {
  json_document document{object};
  auto root = document.root();
  auto found = root ? document.find_slice(*root, name) : std::string_view{};
  return found.empty() ? std::nullopt : std::optional{found};
}

std::optional<std::string_view> find_path(std::string_view object, std::string_view path) {
  std::optional<std::string_view> at = object;
  while (at && !path.empty()) {
    auto end = std::min(path.find('.'), path.size());
    at = find_member(*at, path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return at;
}

std::optional<std::string_view> plain_text(std::string_view value) {
  if (value.size() >= 2 && value.front() == '"') {
    value = value.substr(1, value.size() - 2);
    return value.find('\\') == std::string_view::npos ? std::optional{value} : std::nullopt;
  }
  auto is_number = !value.empty() && (value.front() == '-' || (value.front() >= '0' && value.front() <= '9'));
  return is_number ? std::optional{value} : std::nullopt;
}

std::string business_key(std::string_view event, std::string_view names) {
  std::string key;
  while (!names.empty()) {
    auto end = std::min(names.find(','), names.size());
    auto value = find_path(event, names.substr(0, end));
    auto text = value ? plain_text(*value) : std::nullopt;
    if (!text || text->empty())
      return {};
    if (!key.empty())
      key += ' ';
    key += *text;
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return key;
}

} // namespace creamery::eventsub
