#include "config/dotenv.hpp"

#include "config/ascii.hpp"
#include "config/text_file.hpp"

#include <algorithm>
#include <map>
#include <optional>

namespace creamery {

namespace {

constexpr std::string_view line_form = "NAME=value, a comment that begins with '#', or an empty line";

/// Reads one line; remembers what is wrong with it.
class line_parser {
public:
  /// @param known where in `result` the variable of a name is.
  line_parser(std::string_view line, source_place where, dotenv_result& result, std::map<std::string, size_t>& known)
    : line_(line), rest_(line), where_(std::move(where)), result_(result), known_(known) {
  }

  void parse() {
    skip_blanks();
    if (at_end())
      return;
    skip_export();
    auto name = read_name();
    if (!name)
      return;
    auto value = read_value(*name);
    if (value)
      add(*name, std::move(*value));
  }

private:
  bool at_end() const {
    return rest_.empty() || rest_.front() == '#';
  }

  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front()))
      rest_.remove_prefix(1);
  }

  void skip_export() {
    constexpr std::string_view word = "export";
    if (rest_.substr(0, word.size()) == word && rest_.size() > word.size() && is_blank(rest_[word.size()])) {
      rest_.remove_prefix(word.size());
      skip_blanks();
    }
  }

  std::optional<std::string> read_name() {
    // The text before '=' isn't shown if it is no name: it may be the value of a line that was broken in two.
    auto equals = rest_.find('=');
    if (equals == std::string_view::npos)
      return fail("a line without '='", line_form);
    auto name = trim(rest_.substr(0, equals));
    if (name.empty())
      return fail("no name before '='", line_form);
    if (!std::all_of(name.begin(), name.end(), [](char c) { return is_alphanumeric(c) || c == '_'; }))
      return fail("the text before '=' is not a variable's name", "letters, digits and '_' before '='");
    rest_.remove_prefix(equals + 1);
    return std::string{name};
  }

  std::optional<std::string> read_value(const std::string& name) {
    auto before = rest_;
    skip_blanks();
    if (!rest_.empty() && (rest_.front() == '"' || rest_.front() == '\''))
      return read_quoted(name);
    rest_ = before;
    return read_bare();
  }

  /// Up to the end of the line, or to a `#` after white space.
  std::string read_bare() {
    size_t end = 0;
    while (end < rest_.size() && !(rest_[end] == '#' && end > 0 && is_blank(rest_[end - 1])))
      ++end;
    return std::string{trim(rest_.substr(0, end))};
  }

  std::optional<std::string> read_quoted(const std::string& name) {
    char quote = rest_.front();
    rest_.remove_prefix(1);
    std::string value;
    while (!rest_.empty() && rest_.front() != quote) {
      char c = rest_.front();
      if (c == '\\' && quote == '"') {
        auto escaped = read_escape(name);
        if (!escaped)
          return std::nullopt;
        c = *escaped;
      }
      value += c;
      rest_.remove_prefix(1);
    }
    if (rest_.empty())
      return fail("the value of " + name + " has no closing quote", std::string{quote} + " on the same line");
    rest_.remove_prefix(1);
    skip_blanks();
    if (!at_end())
      return fail("text after the quoted value of " + name, "nothing or a comment there");
    return value;
  }

  /// At a backslash. Leaves the last character of the escape to be skipped like any other.
  std::optional<char> read_escape(const std::string& name) {
    constexpr std::string_view names = "nrt\\\"$";
    constexpr std::string_view meanings = "\n\r\t\\\"$";
    auto i = rest_.size() > 1 ? names.find(rest_[1]) : std::string_view::npos;
    if (i == std::string_view::npos) {
      fail("unknown escape in the value of " + name,
           R"(one of \n, \r, \t, \\, \" and \$, or single quotes, which know no escapes)");
      return std::nullopt;
    }
    rest_.remove_prefix(1);
    return meanings[i];
  }

  void add(const std::string& name, std::string value) {
    auto [i, is_new] = known_.try_emplace(name, result_.variables.size());
    if (is_new) {
      result_.variables.push_back({name, std::move(value), where_});
      return;
    }
    auto& same = result_.variables[i->second];
    result_.diagnostics.push_back(
      {severity::warning, where_,
       name + " is set again (before on line " + std::to_string(same.where.line) + "); this line counts",
       "each variable once"});
    same.value = std::move(value);
    same.where = where_;
  }

  std::nullopt_t fail(std::string message, std::string_view expected) {
    auto where = where_;
    where.column = static_cast<int>(line_.size() - rest_.size()) + 1;
    result_.diagnostics.push_back({severity::error, where, std::move(message), std::string{expected}});
    return std::nullopt;
  }

  std::string_view line_;
  std::string_view rest_;
  source_place where_;
  dotenv_result& result_;
  std::map<std::string, size_t>& known_;
};

} // namespace

dotenv_result parse_dotenv(std::string_view text, std::string_view file) {
  dotenv_result result;
  text = without_byte_order_mark(text);
  if (auto mistake = find_text_mistake(text, file)) {
    result.diagnostics.push_back(std::move(*mistake));
    return result;
  }
  std::map<std::string, size_t> known;
  for (int line = 1; !text.empty(); ++line) {
    auto end = text.find('\n');
    line_parser{text.substr(0, end), {std::string{file}, line, 0}, result, known}.parse();
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return result;
}

} // namespace creamery
