#include "simulator/irc_text.hpp"

namespace creamery::simulator {

namespace {

/// Cuts off and returns everything before the next `separator`, which is dropped too.
std::string_view next_part(std::string_view& text, char separator) {
  auto end = text.find(separator);
  auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return part;
}

void skip_spaces(std::string_view& text) {
  while (text.starts_with(' '))
    text.remove_prefix(1);
}

} // namespace

std::string_view irc_text::tag(std::string_view name) const {
  for (const auto& [key, value] : tags)
    if (key == name)
      return value;
  return {};
}

std::string_view irc_text::param(size_t index) const {
  return index < params.size() ? params[index] : std::string_view{};
}

std::optional<irc_text> parse_irc(std::string_view line) {
  irc_text parsed;
  if (line.starts_with('@')) {
    line.remove_prefix(1);
    auto tags = next_part(line, ' ');
    while (!tags.empty()) {
      auto value = next_part(tags, ';');
      auto name = next_part(value, '=');
      if (!name.empty())
        parsed.tags.emplace_back(name, value);
    }
    skip_spaces(line);
  }
  if (line.starts_with(':')) {
    line.remove_prefix(1);
    parsed.prefix = next_part(line, ' ');
    skip_spaces(line);
  }
  parsed.verb = next_part(line, ' ');
  if (parsed.verb.empty())
    return std::nullopt;
  for (skip_spaces(line); !line.empty(); skip_spaces(line)) {
    if (line.starts_with(':')) {
      parsed.params.push_back(line.substr(1));
      break;
    }
    parsed.params.push_back(next_part(line, ' '));
  }
  return parsed;
}

std::string unescape_tag(std::string_view value) {
  std::string plain;
  plain.reserve(value.size());
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\') {
      plain += value[i];
      continue;
    }
    if (++i == value.size())
      break;
    switch (value[i]) {
      case ':': plain += ';'; break;
      case 's': plain += ' '; break;
      case 'r': plain += '\r'; break;
      case 'n': plain += '\n'; break;
      default: plain += value[i];
    }
  }
  return plain;
}

void append_escaped(std::string& out, std::string_view value) {
  for (char c : value) {
    switch (c) {
      case ';': out += "\\:"; break;
      case ' ': out += "\\s"; break;
      case '\\': out += "\\\\"; break;
      case '\r': out += "\\r"; break;
      case '\n': out += "\\n"; break;
      default: out += c;
    }
  }
}

} // namespace creamery::simulator
