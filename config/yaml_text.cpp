#include "config/yaml_text.hpp"

#include "config/ascii.hpp"
#include "config/text_file.hpp"
#include "config/yaml_builder.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <string>
#include <vector>

namespace creamery {

namespace {

std::string_view indentation_of(std::string_view line) {
  return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
}

/// The file as it stands, or as it would be if each tab of its indentation were some spaces.
struct reading {
  std::string text;
  /// By how many columns each line was moved to the right.
  std::vector<int> shifts;
};

reading read_with_tab_width(std::string_view text, size_t width) {
  reading result;
  while (!text.empty()) {
    auto line = text.substr(0, text.find('\n'));
    auto indentation = indentation_of(line);
    for (char c : indentation)
      result.text.append(c == '\t' ? width : 1, ' ');
    auto tabs = std::count(indentation.begin(), indentation.end(), '\t');
    result.shifts.push_back(static_cast<int>(tabs) * (static_cast<int>(width) - 1));
    result.text.append(line.substr(indentation.size())).append("\n");
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return result;
}

std::string_view line_at(std::string_view text, int line) {
  for (; line > 1 && !text.empty(); --line)
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  return text.substr(0, text.find('\n'));
}

/// What may help with a line that is no YAML from `column` on (counted from 0): usually a text should have been quoted.
std::string advice_for(std::string_view line, size_t column) {
  constexpr std::string_view indicators = "!&*?|>@`%#-,[]{}\"':";
  if (line.find("${") != std::string_view::npos)
    return "valid YAML; within { } or [ ], ${NAME} needs quotes around it";
  auto colon = line.find(": ");
  if (colon < column) {
    auto value = trim(line.substr(colon + 1));
    if (!value.empty() && indicators.find(value.front()) != std::string_view::npos)
      return std::string{"valid YAML; a text that begins with "} + value.front() + " needs quotes around it";
  }
  return "valid YAML";
}

/// What came of one attempt.
struct attempt {
  std::optional<yaml_node> root;
  diagnostic_list notes;
};

attempt try_parse(const std::string& text, const std::vector<int>& shifts, std::string_view file,
                  const diagnostic_list& notes) {
  attempt result{std::nullopt, notes};
  auto place = [&](const YAML::Mark& mark) {
    source_place where{std::string{file}, mark.line + 1, mark.column + 1};
    auto line = static_cast<size_t>(mark.line);
    if (line < shifts.size())
      where.column = std::max(1, where.column - shifts[line]);
    return where;
  };
  yaml_builder builder{text, place, result.notes};
  try {
    std::istringstream input{text};
    YAML::Parser parser{input};
    while (parser.HandleNextDocument(builder)) {
      // The builder refuses a second one.
    }
    result.root = builder.take();
  } catch (const refused_yaml& e) {
    result.notes.error(place(e.mark), e.msg, e.expected());
  } catch (const YAML::Exception& e) {
    if (e.mark.is_null())
      result.notes.error({std::string{file}, 0, 0}, e.msg, "valid YAML");
    else
      result.notes.error(place(e.mark), e.msg,
                         advice_for(line_at(text, e.mark.line + 1), static_cast<size_t>(e.mark.column)));
  }
  return result;
}

/// Names each line that has a tab in its indentation. Returns whether there are any.
bool name_tabs(std::string_view text, std::string_view file, diagnostic_list& out) {
  bool found = false;
  for (int line = 1; !text.empty(); ++line) {
    auto content = text.substr(0, text.find('\n'));
    auto tab = indentation_of(content).find('\t');
    if (tab != std::string_view::npos && !trim(content).empty()) {
      found = true;
      out.error({std::string{file}, line, static_cast<int>(tab) + 1}, "a tab in the indentation", "spaces");
    }
    text.remove_prefix(std::min(content.size() + 1, text.size()));
  }
  return found;
}

} // namespace

std::optional<yaml_node> parse_yaml(std::string_view text, std::string_view file, diagnostic_list& out) {
  text = without_byte_order_mark(text);
  if (text.size() > max_config_file_size) {
    out.error({std::string{file}, 0, 0}, "the file is too large", "at most 1 MiB");
    return std::nullopt;
  }
  if (auto mistake = find_text_mistake(text, file)) {
    out.add(std::move(*mistake));
    return std::nullopt;
  }
  // yaml-cpp loses a tag at the very end of its input, so that always is a line's end.
  std::string complete{text};
  if (!complete.empty() && complete.back() != '\n')
    complete += '\n';
  auto as_it_stands = try_parse(complete, {}, file, out);
  // Tabs are no mistake in themselves: text over several lines may have them.
  if (as_it_stands.root || !name_tabs(text, file, out)) {
    out = std::move(as_it_stands.notes);
    return std::move(as_it_stands.root);
  }
  // Nobody knows how wide the author's tabs look; widths matter only where tabs and spaces meet.
  constexpr std::array<size_t, 3> widths{4, 2, 8};
  std::optional<attempt> first;
  for (auto width : widths) {
    auto copy = read_with_tab_width(complete, width);
    auto again = try_parse(copy.text, copy.shifts, file, out);
    bool understood = again.root.has_value();
    if (understood || !first)
      first = std::move(again);
    if (understood)
      break;
  }
  out = std::move(first->notes);
  return std::move(first->root);
}

} // namespace creamery
