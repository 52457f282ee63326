#include "simulator/field_reader.hpp"

#include <charconv>
#include <cmath>

namespace creamery::simulator {

namespace {

/// Longer than anything is meant to last; keeps sums of times from overflowing.
constexpr double longest_seconds = 1e9;

} // namespace

std::optional<std::chrono::microseconds> parse_duration(std::string_view text) {
  double number = 0;
  auto [rest, why] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (why != std::errc{} || !(number >= 0))
    return std::nullopt;
  std::string_view unit{rest, static_cast<size_t>(text.data() + text.size() - rest)};
  auto seconds = unit == "ms" ? number / 1000 : unit == "m" ? number * 60 : unit == "h" ? number * 3600 : number;
  if ((!unit.empty() && unit != "s" && unit != "ms" && unit != "m" && unit != "h") || seconds > longest_seconds)
    return std::nullopt;
  return std::chrono::microseconds{std::llround(seconds * 1e6)};
}

field_reader::field_reader(const nlohmann::json& object, std::string place)
  : object_(object), place_(std::move(place)) {
  if (!object_.is_object())
    mistake_ = failure{place_, "must be an object with named values"};
}

void field_reader::mistake(std::string_view name, std::string_view cause) {
  if (!mistake_)
    mistake_ = failure{place_, std::string{name} + " " + std::string{cause}};
}

result<bool> field_reader::finish() {
  if (!mistake_)
    for (const auto& [name, value] : object_.items())
      if (!asked_.contains(name)) {
        std::string known;
        for (const auto& asked : asked_)
          known.append(known.empty() ? "" : ", ").append(asked);
        mistake(name, "is unknown; there are " + known);
      }
  if (mistake_)
    return *mistake_;
  return true;
}

const nlohmann::json* field_reader::take(const char* name) {
  asked_.insert(name);
  if (!object_.is_object())
    return nullptr;
  auto place = object_.find(name);
  return place == object_.end() || place->is_null() ? nullptr : &*place;
}

field_reader::expectation field_reader::read(const nlohmann::json& value, std::string& out) {
  if (value.is_number_integer()) // a login of digits, say, that YAML takes for a number
    out = value.dump();
  else if (value.is_string())
    out = value.get<std::string>();
  else
    return "must be a text";
  return std::nullopt;
}

field_reader::expectation field_reader::read(const nlohmann::json& value, bool& out) {
  if (!value.is_boolean())
    return "must be true or false";
  out = value.get<bool>();
  return std::nullopt;
}

field_reader::expectation field_reader::read(const nlohmann::json& value, double& out) {
  if (!value.is_number())
    return "must be a number";
  out = value.get<double>();
  return std::nullopt;
}

field_reader::expectation field_reader::read(const nlohmann::json& value, nlohmann::json& out) {
  out = value;
  return std::nullopt;
}

field_reader::expectation field_reader::read(const nlohmann::json& value, std::map<std::string, std::string>& out) {
  if (!value.is_object())
    return "must be an object of names and texts";
  for (const auto& [name, text] : value.items())
    if (auto expected = read(text, out[name]))
      return "'" + name + "' " + *expected;
  return std::nullopt;
}

field_reader::expectation field_reader::read(const nlohmann::json& value, std::vector<std::string>& out) {
  if (!value.is_array())
    return "must be a list of texts";
  out.clear();
  for (const auto& text : value)
    if (auto expected = read(text, out.emplace_back()))
      return "must be a list of texts";
  return std::nullopt;
}

field_reader::expectation field_reader::read_integer(const nlohmann::json& value, int64_t least, uint64_t most,
                                                     uint64_t& out) {
  auto range = "must be a whole number from " + std::to_string(least) + " to " + std::to_string(most);
  if (value.is_number_unsigned()) {
    if ((out = value.get<uint64_t>()) > most)
      return range;
    return std::nullopt;
  }
  if (!value.is_number_integer() || value.get<int64_t>() < least)
    return range;
  out = static_cast<uint64_t>(value.get<int64_t>());
  return std::nullopt;
}

field_reader::expectation field_reader::read_duration(const nlohmann::json& value, std::chrono::microseconds& out) {
  auto parsed = parse_duration(value.is_string() ? value.get<std::string>() : value.is_number() ? value.dump() : "");
  if (!parsed)
    return "must be a time such as 5s, 250ms, 2m, 1h or a number of seconds";
  out = *parsed;
  return std::nullopt;
}

} // namespace creamery::simulator
