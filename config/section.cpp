#include "config/section.hpp"

#include "config/ascii.hpp"
#include "config/did_you_mean.hpp"

#include <algorithm>
#include <charconv>

namespace creamery {

section::section(const yaml_node& node, std::string owner, reading_context& context)
  : node_(node), owner_(std::move(owner)), context_(context) {
}

const yaml_node* section::find(std::string_view key) {
  known_.push_back(key);
  const auto* value = node_.find(key);
  return value == nullptr || value->broken ? nullptr : value;
}

const yaml_node* section::find_scalar(std::string_view key, std::string_view what) {
  const auto* value = find(key);
  if (value == nullptr || value->is_scalar())
    return value;
  mistake(key, *value, what);
  return nullptr;
}

std::optional<std::string> section::text(std::string_view key, std::string_view what) {
  const auto* value = find_scalar(key, what);
  if (value == nullptr)
    return std::nullopt;
  if (!trim(value->text).empty())
    return value->text;
  mistake(key, *value, what);
  return std::nullopt;
}

std::optional<int64_t> section::number(std::string_view key, int64_t min, int64_t max, std::string_view what) {
  const auto* value = find_scalar(key, what);
  if (value == nullptr)
    return std::nullopt;
  auto result = parse_number(value->text, min, max);
  if (!result)
    mistake(key, *value, what);
  return result;
}

std::optional<bool> section::boolean(std::string_view key) {
  constexpr std::string_view what = "true or false";
  const auto* value = find_scalar(key, what);
  if (value == nullptr)
    return std::nullopt;
  auto word = to_lower(value->text);
  if (word == "true" || word == "false")
    return word == "true";
  mistake(key, *value, what);
  return std::nullopt;
}

std::optional<size_t> section::choice(std::string_view key, std::span<const std::string_view> words) {
  auto what = one_of(words);
  const auto* value = find_scalar(key, what);
  if (value == nullptr)
    return std::nullopt;
  auto word = std::find(words.begin(), words.end(), value->text);
  if (word != words.end())
    return word - words.begin();
  mistake(key, *value, what);
  return std::nullopt;
}

void section::leave(std::string_view key) {
  left_.insert(key);
}

void section::explain(std::string_view key, std::string expected) {
  explanations_.insert_or_assign(std::string{key}, std::move(expected));
}

void section::mistake(std::string_view key, const yaml_node& value, std::string_view what) {
  context_.out.error(context_.place(value), "'" + std::string{key} + "' of " + owner_ + " is " + shown(value), what);
}

void section::finish() {
  for (const auto& [key, value] : node_.entries) {
    if (left_.contains(key.text) || std::find(known_.begin(), known_.end(), key.text) != known_.end())
      continue;
    auto message = "unknown key " + shown(key) + " in " + owner_;
    auto explanation = explanations_.find(key.text);
    if (explanation != explanations_.end())
      context_.out.error(context_.place(key), message, explanation->second);
    else
      context_.out.error(context_.place(key), message + did_you_mean(key.text, known_), one_of(known_));
  }
}

const yaml_node* find_map(section& parent, std::string_view key, std::string_view what) {
  const auto* value = parent.find(key);
  if (value == nullptr || value->is_map() || value->is_null())
    return value;
  parent.mistake(key, *value, what);
  return nullptr;
}

std::string one_of(std::span<const std::string_view> words) {
  std::string result = "one of:";
  for (auto word : words)
    result.append(result.back() == ':' ? " " : ", ").append(word);
  return result;
}

std::optional<int64_t> parse_number(std::string_view text, int64_t min, int64_t max) {
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < min || value > max)
    return std::nullopt;
  return value;
}

} // namespace creamery
