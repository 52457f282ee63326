#include "config/yaml_builder.hpp"

#include "config/ascii.hpp"
#include "config/yaml_text.hpp"

#include <algorithm>
#include <utility>

namespace creamery {

namespace {

size_t count_nodes(const yaml_node& x) {
  size_t result = 1;
  for (const auto& item : x.items)
    result += count_nodes(item);
  for (const auto& entry : x.entries)
    result += 1 + count_nodes(entry.value);
  return result;
}

size_t depth_of(const yaml_node& x) {
  size_t result = 0;
  for (const auto& item : x.items)
    result = std::max(result, depth_of(item));
  for (const auto& entry : x.entries)
    result = std::max(result, depth_of(entry.value));
  return x.is_sequence() || x.is_map() ? result + 1 : result;
}

// yaml-cpp's names for "no tag at all" and "no tag, but quotes".
constexpr std::string_view plain_tag = "?";
constexpr std::string_view quoted_tag = "!";

} // namespace

yaml_builder::yaml_builder(std::string_view text, place_function place, diagnostic_list& out)
  : text_(text), place_(std::move(place)), out_(out) {
}

yaml_node yaml_builder::take() {
  return std::move(root_);
}

void yaml_builder::OnDocumentStart(const YAML::Mark& mark) {
  if (std::exchange(started_, true))
    throw refused_yaml(mark, "a second document", "one document, without '---' in it");
}

void yaml_builder::OnDocumentEnd() {
  // The root is complete as soon as its last child is.
}

void yaml_builder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  add(make(yaml_node::kind::null, mark), mark, anchor);
}

void yaml_builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  auto found = anchors_.find(anchor);
  if (found == anchors_.end())
    throw refused_yaml(mark, "an alias within the value that it refers to", "an alias outside of it");
  const auto& target = found->second;
  count(mark, target.count, target.depth);
  add(target.node, mark, YAML::NullAnchor);
}

void yaml_builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                            const std::string& value) {
  auto node = make(yaml_node::kind::scalar, mark);
  node.text = value;
  node.plain = tag == plain_tag;
  if (tag == quoted_tag && character_at(mark) == '!')
    read_bare_tag(mark, node);
  else
    node.broken = !check_tag(mark, tag);
  check_closing_quote(mark);
  node.source = node.text;
  add(std::move(node), mark, anchor);
}

void yaml_builder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                   YAML::EmitterStyle::value) {
  open(yaml_node::kind::sequence, mark, tag, anchor);
}

void yaml_builder::OnSequenceEnd() {
  close();
}

void yaml_builder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value) {
  open(yaml_node::kind::map, mark, tag, anchor);
}

void yaml_builder::OnMapEnd() {
  close();
}

yaml_node yaml_builder::make(yaml_node::kind type, const YAML::Mark& mark) const {
  yaml_node node;
  node.type = type;
  auto where = place_(mark);
  node.line = where.line;
  node.column = where.column;
  return node;
}

void yaml_builder::open(yaml_node::kind type, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
  check_tag(mark, tag);
  count(mark, 1, 1);
  open_.push_back({make(type, mark), anchor, mark, std::nullopt, {}});
}

void yaml_builder::close() {
  auto done = std::move(open_.back());
  open_.pop_back();
  add(std::move(done.node), done.mark, done.anchor);
}

void yaml_builder::add(yaml_node node, const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (!node.is_sequence() && !node.is_map())
    count(mark, 1, 0);
  if (anchor != YAML::NullAnchor)
    anchors_.insert_or_assign(anchor, anchored_node{node, count_nodes(node), depth_of(node)});
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  auto& parent = open_.back();
  if (parent.node.is_sequence()) {
    if (node.is_null()) {
      auto where = place_(place_of_null_item(mark));
      node.line = where.line;
      node.column = where.column;
    }
    parent.node.items.push_back(std::move(node));
  } else if (!parent.key) {
    parent.key = std::move(node);
  } else {
    auto key = std::move(*parent.key);
    parent.key.reset();
    add_entry(parent, std::move(key), std::move(node));
  }
}

void yaml_builder::add_entry(open_node& parent, yaml_node key, yaml_node value) {
  source_place where{place_(parent.mark).file, key.line, key.column};
  if (!key.is_scalar()) {
    out_.error(where, "a key that is " + shown(key), "a name before ':'");
    return;
  }
  if (value.is_null()) { // yaml-cpp's mark is where the next value begins
    value.line = key.line;
    value.column = key.column;
  }
  auto [first, is_new] = parent.keys.try_emplace(key.text, key.line);
  if (is_new) {
    parent.node.entries.push_back({std::move(key), std::move(value)});
    return;
  }
  out_.error(where, "duplicate key " + shown(key) + " (first on line " + std::to_string(first->second) + ")",
             "each key once");
}

bool yaml_builder::check_tag(const YAML::Mark& mark, const std::string& tag) {
  constexpr std::string_view standard = "tag:yaml.org,2002:"; // what !!str and the like stand for
  if (tag.empty() || tag == plain_tag || tag == quoted_tag || tag.compare(0, standard.size(), standard) == 0)
    return true;
  out_.error(place_(mark), "'" + tag + "' is a tag to YAML, and has no meaning here",
             "no tag; quotes around a text that begins with !");
  return false;
}

/// A `!` in front of a text or of nothing.
void yaml_builder::read_bare_tag(const YAML::Mark& mark, yaml_node& node) {
  if (node.text.empty()) {
    node.text = "!";
    out_.warning(place_(mark), "an unquoted ! is a tag to YAML; it is taken for the text \"!\" here",
                 "\"!\" in quotes");
  } else {
    node.broken = true;
    out_.error(place_(mark), "an unquoted ! is a tag to YAML, and has no meaning here",
               "quotes around a text that begins with !");
  }
}

/// yaml-cpp takes the end of the file for a closing quote.
void yaml_builder::check_closing_quote(const YAML::Mark& mark) const {
  char quote = character_at(mark);
  if (quote != '"' && quote != '\'')
    return;
  auto rest = text_.substr(static_cast<size_t>(mark.pos) + 1);
  auto escapes = [&] { return quote == '"' ? rest.front() == '\\' : rest.substr(0, 2) == "''"; };
  while (!rest.empty() && (rest.front() != quote || escapes()))
    rest.remove_prefix(std::min<size_t>(escapes() ? 2 : 1, rest.size()));
  if (rest.empty())
    throw refused_yaml(mark, "a quote that is never closed", "a quote at the end of the text as well");
}

char yaml_builder::character_at(const YAML::Mark& mark) const {
  auto offset = static_cast<size_t>(mark.pos);
  return offset < text_.size() ? text_[offset] : '\0';
}

/// yaml-cpp's mark of a list item that is nothing is where the next item begins. Finds the line of the lonely `-` above
/// it.
YAML::Mark yaml_builder::place_of_null_item(YAML::Mark mark) const {
  auto above = text_.substr(0, static_cast<size_t>(std::max(mark.pos, 0)));
  int line = mark.line;
  for (auto end = above.rfind('\n'); end != std::string_view::npos; end = above.rfind('\n')) {
    above = above.substr(0, end);
    auto content = above.substr(above.rfind('\n') + 1); // npos + 1 is 0
    --line;
    auto dash = content.find_first_not_of(' ');
    if (dash == std::string_view::npos)
      continue;
    auto behind = trim(content.substr(dash + 1));
    if (content[dash] == '-' && (behind.empty() || behind.front() == '#')) {
      mark.line = line;
      mark.column = static_cast<int>(dash);
    }
    if (content[dash] != '#')
      break;
  }
  return mark;
}

void yaml_builder::count(const YAML::Mark& mark, size_t nodes, size_t depth) {
  nodes_ += nodes;
  if (nodes_ > max_yaml_nodes)
    throw refused_yaml(mark, "too many values in the file",
                       "at most " + std::to_string(max_yaml_nodes) + ", aliases filled in");
  if (open_.size() + depth > max_yaml_depth)
    throw refused_yaml(mark, "lists and maps are nested too deeply",
                       "at most " + std::to_string(max_yaml_depth) + " levels, aliases filled in");
}

} // namespace creamery
