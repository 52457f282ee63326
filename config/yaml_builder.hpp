#pragma once

#include "config/diagnostic_list.hpp"
#include "config/yaml_node.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery {

/// Thrown where the builder can't go on; yaml-cpp hands exceptions through, and it is the only way to stop it.
class refused_yaml : public YAML::ParserException {
public:
  refused_yaml(const YAML::Mark& where, const std::string& message, std::string expected)
    : YAML::ParserException(where, message), expected_(std::move(expected)) {
  }

  const std::string& expected() const noexcept {
    return expected_;
  }

private:
  std::string expected_;
};

/// Builds our own tree from yaml-cpp's events. yaml-cpp's tree silently keeps one of two equal keys, copies nothing
/// when an alias refers to its own parent, and has no bounds. May throw `refused_yaml`.
class yaml_builder : public YAML::EventHandler {
public:
  using place_function = std::function<source_place(const YAML::Mark&)>;

  /// @param text what yaml-cpp parses; needed for what the events don't tell: whether it was `!` or `""`, whether a
  /// quote is ever closed, where nothing stands.
  /// @param place where a mark of yaml-cpp is in the file.
  yaml_builder(std::string_view text, place_function place, diagnostic_list& out);

  /// The document; null if it is empty.
  yaml_node take();

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override;
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override;
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;

private:
  /// A list or map that isn't complete yet.
  struct open_node {
    yaml_node node;
    YAML::anchor_t anchor;
    YAML::Mark mark;
    /// The key that waits for its value. A map's children come in turn: key, value, key, value.
    std::optional<yaml_node> key;
    /// The line of each key.
    std::map<std::string, int> keys;
  };

  struct anchored_node {
    yaml_node node;
    size_t count;
    size_t depth;
  };

  yaml_node make(yaml_node::kind type, const YAML::Mark& mark) const;
  void open(yaml_node::kind type, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor);
  void close();
  void add(yaml_node node, const YAML::Mark& mark, YAML::anchor_t anchor);
  void add_entry(open_node& parent, yaml_node key, yaml_node value);
  bool check_tag(const YAML::Mark& mark, const std::string& tag);
  void read_bare_tag(const YAML::Mark& mark, yaml_node& node);
  void check_closing_quote(const YAML::Mark& mark) const;
  char character_at(const YAML::Mark& mark) const;
  YAML::Mark place_of_null_item(YAML::Mark mark) const;
  void count(const YAML::Mark& mark, size_t nodes, size_t depth);

  std::string_view text_;
  place_function place_;
  diagnostic_list& out_;
  yaml_node root_;
  std::vector<open_node> open_;
  std::map<YAML::anchor_t, anchored_node> anchors_;
  size_t nodes_ = 0;
  bool started_ = false;
};

} // namespace creamery
