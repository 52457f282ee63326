#include "simulator/helix_call.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>

namespace creamery::simulator {

namespace {

/// Clients must not read anything out of a cursor, so it doesn't look like a number.
constexpr std::string_view cursor_prefix = "eyJvIjo";

std::optional<size_t> number_in(std::string_view text) {
  size_t number = 0;
  auto [rest, why] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || why != std::errc{} || rest != text.data() + text.size())
    return std::nullopt;
  return number;
}

} // namespace

template <class T, class IsIt>
body_reader& body_reader::read(const char* name, std::optional<T>& out, IsIt is_it) {
  const auto& value = member_of(object_, name);
  if (value.is_null())
    return *this;
  if (is_it(value))
    out = value.template get<T>();
  else if (!mistake_)
    mistake_ = helix_refusal(400, "The " + std::string{name} + " field in the request's body has the wrong type.");
  return *this;
}

std::optional<std::string> body_reader::in_query(const char* name) const {
  if (!query_ || !member_of(object_, name).is_null() || !query_->has(name))
    return std::nullopt;
  return std::string{query_->get(name)};
}

body_reader& body_reader::get(const char* name, std::optional<std::string>& out) {
  if (auto text = in_query(name)) {
    out = std::move(text);
    return *this;
  }
  return read(name, out, [](const auto& x) { return x.is_string(); });
}

body_reader& body_reader::get(const char* name, std::optional<int64_t>& out) {
  if (auto text = in_query(name)) {
    if (auto number = number_in(*text))
      out = static_cast<int64_t>(*number);
    else if (!mistake_)
      mistake_ = helix_refusal(400, "The query parameter " + std::string{name} + " is not a number.");
    return *this;
  }
  return read(name, out, [](const auto& x) { return x.is_number_integer(); });
}

body_reader& body_reader::get(const char* name, std::optional<bool>& out) {
  return read(name, out, [](const auto& x) { return x.is_boolean(); });
}

body_reader& body_reader::get(const char* name, std::optional<std::vector<std::string>>& out) {
  return read(name, out, [](const auto& x) {
    return x.is_array() && std::all_of(x.begin(), x.end(), [](const auto& one) { return one.is_string(); });
  });
}

const nlohmann::json& member_of(const nlohmann::json& object, const char* name) {
  static const nlohmann::json nothing;
  auto place = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && place != object.end() ? *place : nothing;
}

http_answer missing_parameter(std::string_view name) {
  return helix_refusal(400, "Missing required parameter \"" + std::string{name} + "\"");
}

refusal need_parameter(const helix_call& call, std::string_view name) {
  if (call.param(name).empty())
    return missing_parameter(name);
  return std::nullopt;
}

http_answer helix_page(const helix_call& call, const std::vector<nlohmann::json>& list, size_t usual, size_t most,
                       nlohmann::json more) {
  auto count = usual;
  if (call.request.query.has("first")) {
    auto wanted = number_in(call.param("first"));
    if (!wanted || *wanted < 1 || *wanted > most)
      return helix_refusal(400, "The parameter \"first\" must be a number from 1 to " + std::to_string(most) + ".");
    count = *wanted;
  }
  size_t begin = 0;
  if (auto cursor = call.param("after"); !cursor.empty()) {
    auto read = cursor.starts_with(cursor_prefix) ? number_in(cursor.substr(cursor_prefix.size())) : std::nullopt;
    if (!read)
      return helix_refusal(400, "The pagination cursor is not valid.");
    begin = std::min(*read, list.size());
  }
  auto end = std::min(begin + count, list.size());
  auto data = nlohmann::json::array();
  for (auto i = begin; i < end; ++i)
    data.push_back(list[i]);
  more["data"] = std::move(data);
  more["pagination"] = nlohmann::json::object();
  if (end < list.size())
    more["pagination"]["cursor"] = std::string{cursor_prefix} + std::to_string(end);
  return {.status = 200, .body = more.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

std::string rfc3339(time_point t) {
  auto seconds = static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(t.time_since_epoch()).count());
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char text[32];
  return {text, std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

size_t length_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

} // namespace creamery::simulator
