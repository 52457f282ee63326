#include "runtime/eventsub/json_slice.hpp"

#include <algorithm>
#include <cstddef>

namespace creamery::eventsub {

namespace {

/// Goes through a text from front to back. Its functions return false, or nothing, at what can't be JSON.
class scanner {
public:
  explicit scanner(std::string_view text) : text_(text) {
  }

  bool take(char c) {
    skip_spaces();
    if (at_ == text_.size() || text_[at_] != c)
      return false;
    ++at_;
    return true;
  }

  /// The text between the quotes.
  std::optional<std::string_view> take_string() {
    if (!take('"'))
      return std::nullopt;
    auto begin = at_;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\')
        ++at_;
      else if (text_[at_] == '"')
        return text_.substr(begin, at_++ - begin);
    }
    return std::nullopt;
  }

  /// Any value.
  std::optional<std::string_view> take_value() {
    skip_spaces();
    auto begin = at_;
    if (at_ == text_.size())
      return std::nullopt;
    if (text_[at_] == '"')
      return take_string() ? std::optional{text_.substr(begin, at_ - begin)} : std::nullopt;
    if (text_[at_] != '{' && text_[at_] != '[') {
      while (at_ < text_.size() && std::string_view{",}] \t\r\n"}.find(text_[at_]) == std::string_view::npos)
        ++at_;
      return at_ > begin ? std::optional{text_.substr(begin, at_ - begin)} : std::nullopt;
    }
    for (size_t depth = 0; at_ < text_.size();) {
      switch (text_[at_]) {
        case '"':
          if (!take_string())
            return std::nullopt;
          continue;
        case '{':
        case '[': ++depth; break;
        case '}':
        case ']': --depth; break;
        default: break;
      }
      ++at_;
      if (depth == 0)
        return text_.substr(begin, at_ - begin);
    }
    return std::nullopt;
  }

private:
  void skip_spaces() {
    while (at_ < text_.size() && std::string_view{" \t\r\n"}.find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  std::string_view text_;
  size_t at_ = 0;
};

} // namespace

std::optional<std::string_view> find_member(std::string_view object, std::string_view name) {
  scanner from{object};
  if (!from.take('{'))
    return std::nullopt;
  do {
    auto found = from.take_string();
    if (!found || !from.take(':'))
      return std::nullopt;
    auto value = from.take_value();
    if (!value || *found == name)
      return value;
  } while (from.take(','));
  return std::nullopt;
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
