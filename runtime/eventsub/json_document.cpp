#include "runtime/eventsub/json_document.hpp"

namespace creamery::eventsub {

namespace {

struct reusable {
  simdjson::ondemand::parser parser;
  std::string text;
};

reusable& of_this_thread() {
  thread_local reusable one;
  return one;
}

} // namespace

json_document::json_document(std::string_view text) : text_(text) {
  auto& [parser, copy] = of_this_thread();
  copy.assign(text);
  copy.append(simdjson::SIMDJSON_PADDING, ' ');
  padded_ = std::string_view{copy}.substr(0, text.size());
  is_read_ = parser.iterate(copy.data(), text.size(), copy.size()).get(document_) == simdjson::SUCCESS;
}

std::optional<json_document::object> json_document::root() {
  object found;
  if (!is_read_ || document_.get_object().get(found) != simdjson::SUCCESS)
    return std::nullopt;
  return found;
}

std::optional<std::string_view> json_document::slice(value found) const {
  std::string_view raw;
  simdjson::ondemand::json_type type{};
  if (found.type().get(type) != simdjson::SUCCESS || simdjson::to_json_string(found).get(raw) != simdjson::SUCCESS)
    return std::nullopt;
  return text_.substr(static_cast<size_t>(raw.data() - padded_.data()), raw.size());
}

std::optional<json_document::value> find(json_document::object& in, std::string_view name) {
  json_document::value found;
  if (in.find_field_unordered(name).get(found) != simdjson::SUCCESS)
    return std::nullopt;
  return found;
}

std::optional<json_document::object> find_object(json_document::object& in, std::string_view name) {
  json_document::object found;
  if (in.find_field_unordered(name).get_object().get(found) != simdjson::SUCCESS)
    return std::nullopt;
  return found;
}

std::string find_text(json_document::object& in, std::string_view name) {
  std::string_view text;
  return in.find_field_unordered(name).get_string().get(text) == simdjson::SUCCESS ? std::string{text} : std::string{};
}

} // namespace creamery::eventsub
