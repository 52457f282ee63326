#include "runtime/eventsub/json_document.hpp"

#include <nlohmann/json.hpp>

namespace creamery::eventsub {

namespace {

struct reusable {
  simdjson::dom::parser checker;
  simdjson::ondemand::parser parser;
  std::string text;
};

/// Reading on demand is only for what is known to be JSON: simdjson takes more for granted there than it has looked at.
/// @param padded with room behind it.
bool is_json(simdjson::dom::parser& checker, std::string_view padded) {
  simdjson::dom::element whole;
  return checker.parse(padded.data(), padded.size(), false).get(whole) == simdjson::SUCCESS
         || nlohmann::json::accept(padded); // numbers that have no place in simdjson's tree
}

reusable& of_this_thread() {
  thread_local reusable one;
  return one;
}

} // namespace

json_document::json_document(std::string_view text) : text_(text) {
  auto& [checker, parser, copy] = of_this_thread();
  copy.assign(text);
  copy.append(simdjson::SIMDJSON_PADDING, ' ');
  padded_ = std::string_view{copy}.substr(0, text.size());
  is_broken_ =
    !is_json(checker, padded_) || !is_well(parser.iterate(copy.data(), text.size(), copy.size()).get(document_));
}

bool json_document::is_well(simdjson::error_code code) {
  is_broken_ =
    is_broken_ || (code != simdjson::SUCCESS && code != simdjson::NO_SUCH_FIELD && code != simdjson::INCORRECT_TYPE);
  return code == simdjson::SUCCESS;
}

std::optional<json_document::object> json_document::root() {
  object found;
  if (is_broken_ || !is_well(document_.get_object().get(found)))
    return std::nullopt;
  return found;
}

std::optional<json_document::value> json_document::find(object& in, std::string_view name) {
  value found;
  if (is_broken_ || !is_well(in.find_field_unordered(name).get(found)))
    return std::nullopt;
  return found;
}

std::optional<json_document::object> json_document::find_object(object& in, std::string_view name) {
  auto member = find(in, name);
  object found;
  if (!member || !is_well(member->get_object().get(found)))
    return std::nullopt;
  return found;
}

std::string json_document::find_text(object& in, std::string_view name) {
  auto member = find(in, name);
  std::string_view text;
  return member && is_well(member->get_string().get(text)) ? std::string{text} : std::string{};
}

std::optional<double> json_document::find_number(object& in, std::string_view name) {
  auto member = find(in, name);
  double number = 0;
  if (!member || !is_well(member->get_double().get(number)))
    return std::nullopt;
  return number;
}

std::string_view json_document::find_slice(object& in, std::string_view name) {
  auto member = find(in, name);
  std::string_view raw;
  simdjson::ondemand::json_type type{};
  if (!member || !is_well(member->type().get(type)) || !is_well(simdjson::to_json_string(*member).get(raw)))
    return {};
  return text_.substr(static_cast<size_t>(raw.data() - padded_.data()), raw.size());
}

} // namespace creamery::eventsub
