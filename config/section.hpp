#pragma once

#include "config/diagnostic_list.hpp"
#include "config/environment.hpp"
#include "config/yaml_node.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// What all readers of a file need.
struct reading_context {
  std::string_view file;
  const environment& env;
  diagnostic_list& out;

  source_place place(const yaml_node& x) const {
    return {std::string{file}, x.line, x.column};
  }
};

/// Reads one map of the file, key by key. The keys that were asked for are the known ones; `finish` names the others. A
/// value of the wrong type is named and taken for absent. Each `what` is what was expected, for the message.
class section {
public:
  /// @param node a map; null is one without keys.
  /// @param owner how messages call it: `bot 'creamy_bot'`.
  section(const yaml_node& node, std::string owner, reading_context& context);

  const std::string& owner() const noexcept {
    return owner_;
  }

  /// The value of a key; null if it isn't there or broken.
  const yaml_node* find(std::string_view key);

  /// A scalar; null if it isn't there or isn't one. A key without a value is no scalar.
  const yaml_node* find_scalar(std::string_view key, std::string_view what);

  std::optional<std::string> text(std::string_view key, std::string_view what);

  /// A whole number from `min` to `max`.
  std::optional<int64_t> number(std::string_view key, int64_t min, int64_t max, std::string_view what);

  std::optional<bool> boolean(std::string_view key);

  /// A word out of `words`: its index.
  std::optional<size_t> choice(std::string_view key, std::span<const std::string_view> words);

  /// Somebody else reads that key: it isn't unknown, but no suggestion either.
  void leave(std::string_view key);

  /// What `finish` expects instead of this unknown key.
  void explain(std::string_view key, std::string expected);

  /// Says what is wrong with the value of a key.
  void mistake(std::string_view key, const yaml_node& value, std::string_view what);

  /// Names all keys that nobody asked for.
  void finish();

private:
  const yaml_node& node_;
  std::string owner_;
  reading_context& context_;
  std::vector<std::string_view> known_;
  std::set<std::string_view> left_;
  std::map<std::string, std::string, std::less<>> explanations_;
};

/// A sub-section like `store:`. Nothing if it is absent; a mistake if it is no map.
const yaml_node* find_map(section& parent, std::string_view key, std::string_view what);

/// `one of: a, b, c`
std::string one_of(std::span<const std::string_view> words);

/// The whole number that `text` consists of, if it is from `min` to `max`.
std::optional<int64_t> parse_number(std::string_view text, int64_t min, int64_t max);

} // namespace creamery
