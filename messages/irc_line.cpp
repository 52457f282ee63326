#include "messages/irc_line.hpp"

#include <charconv>

namespace creamery {

namespace {

/// Calls `use(parameter)` for each parameter behind the command until it returns false.
template <class Use>
void for_each_param(std::string_view rest, Use use) {
  for (;;) {
    while (rest.starts_with(' '))
      rest.remove_prefix(1);
    if (rest.empty())
      return;
    if (rest.front() == ':') {
      use(rest.substr(1));
      return;
    }
    auto end = rest.find(' ');
    if (!use(rest.substr(0, end)) || end == std::string_view::npos)
      return;
    rest.remove_prefix(end);
  }
}

bool inside(size_t offset, size_t size, size_t limit) noexcept {
  return offset <= limit && size <= limit - offset;
}

} // namespace

bool is_valid(const irc_index& x, size_t memory_size) noexcept {
  return inside(x.begin, x.size, memory_size) && (x.tags_size == 0 || inside(1, x.tags_size, x.size))
         && inside(x.prefix, x.prefix_size, x.size) && inside(x.command, x.command_size, x.size) && x.params <= x.size
         && inside(x.channel, x.channel_size, x.size) && inside(x.text, x.text_size, x.size);
}

std::string_view irc_line::nick() const noexcept {
  auto sender = prefix();
  for (size_t i = 0; i < sender.size(); ++i) // names are short: looking for two bytes at once costs more than it saves
    if (sender[i] == '!' || sender[i] == '@')
      return sender.substr(0, i);
  return {};
}

size_t irc_line::param_count() const noexcept {
  size_t count = 0;
  for_each_param(raw().substr(index_.params), [&](std::string_view) {
    ++count;
    return true;
  });
  return count;
}

std::optional<std::string_view> irc_line::param(size_t n) const noexcept {
  std::optional<std::string_view> found;
  for_each_param(raw().substr(index_.params), [&](std::string_view one) {
    if (n-- == 0)
      found = one;
    return !found.has_value();
  });
  return found;
}

std::optional<std::string_view> irc_line::tag(std::string_view key) const noexcept {
  const auto all = tags();
  if (key.empty()) { // nobody's name, but `=x` is a tag to the letter
    std::optional<std::string_view> found;
    for_each_tag([&](std::string_view name, std::string_view value) {
      if (name.empty())
        found = value;
    });
    return found;
  }
  scan::tag_span found;
  if (!scan::active().find_tag(all.data(), all.size(), key.data(), key.size(), found))
    return std::nullopt;
  return std::string_view{all.data() + found.value, all.data() + found.end};
}

std::string irc_line::tag_text(std::string_view key) const {
  auto value = tag(key);
  return value ? unescape_tag(*value) : std::string{};
}

std::optional<int64_t> irc_line::tag_number(std::string_view key) const noexcept {
  auto value = tag(key);
  if (!value || value->empty())
    return std::nullopt;
  int64_t number = 0;
  auto [end, error] = std::from_chars(value->data(), value->data() + value->size(), number);
  if (error != std::errc{} || end != value->data() + value->size())
    return std::nullopt;
  return number;
}

std::string unescape_tag(std::string_view value) {
  std::string text;
  text.reserve(value.size());
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\') {
      text += value[i];
    } else if (++i < value.size()) {
      switch (value[i]) {
        case ':': text += ';'; break;
        case 's': text += ' '; break;
        case 'r': text += '\r'; break;
        case 'n': text += '\n'; break;
        default: text += value[i];
      }
    }
  }
  return text;
}

std::string escape_tag(std::string_view text) {
  std::string value;
  value.reserve(text.size());
  for (auto c : text) {
    switch (c) {
      case ';': value += "\\:"; break;
      case ' ': value += "\\s"; break;
      case '\r': value += "\\r"; break;
      case '\n': value += "\\n"; break;
      case '\\': value += "\\\\"; break;
      default: value += c;
    }
  }
  return value;
}

} // namespace creamery
