#include "benchmarks/json/simdjson_decoder.hpp"

namespace creamery::benchmarks {

namespace {

std::string text_of(simdjson::ondemand::object& object, std::string_view name) {
  std::string_view text;
  return object[name].get(text) == simdjson::SUCCESS ? std::string{text} : std::string{};
}

} // namespace

std::optional<found_event> find_with_simdjson(simdjson::ondemand::parser& parser, std::string_view text) {
  simdjson::ondemand::document document;
  simdjson::ondemand::object metadata, payload, subscription, condition, event;
  if (parser.iterate(text.data(), text.size(), text.size() + simdjson::SIMDJSON_PADDING).get(document)
        != simdjson::SUCCESS
      || document["metadata"].get(metadata) != simdjson::SUCCESS)
    return std::nullopt;
  found_event found{
    text_of(metadata, "message_id"), text_of(metadata, "message_type"), text_of(metadata, "message_timestamp"), {}, {}};
  if (document["payload"].get(payload) != simdjson::SUCCESS
      || payload["subscription"].get(subscription) != simdjson::SUCCESS)
    return std::nullopt;
  found.subscription = {text_of(subscription, "id"),
                        text_of(subscription, "status"),
                        text_of(subscription, "type"),
                        text_of(subscription, "version"),
                        {}};
  if (subscription["condition"].get(condition) == simdjson::SUCCESS)
    found.subscription.user = text_of(condition, "user_id");
  if (payload["event"].get(event) != simdjson::SUCCESS || event.raw_json().get(found.event) != simdjson::SUCCESS)
    return std::nullopt;
  return found;
}

} // namespace creamery::benchmarks
