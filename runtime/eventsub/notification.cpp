#include "runtime/eventsub/notification.hpp"

#include "messages/eventsub/subscription_types.hpp"
#include "runtime/eventsub/json_slice.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace creamery::eventsub {

arrivals events_of(const message::notification& said, std::string_view id, std::string_view sent_at,
                   const std::string& bot) {
  event common;
  common.bot = bot;
  common.message_id = id;
  common.type = said.subscription.type;
  common.version = said.subscription.version;
  common.subscription_id = said.subscription.id;
  common.sent_at = sent_at;
  const auto* type = find_type(common.type, common.version);
  arrivals all;
  auto add = [&](event one) {
    auto key = type != nullptr ? business_key(one.json, type->business_key) : std::string{};
    all.events.push_back({std::move(one), std::move(key)});
  };
  if (said.events.empty()) {
    common.json = said.event;
    add(std::move(common));
    return all;
  }
  auto entries = nlohmann::json::parse(said.events, nullptr, false);
  for (size_t i = 0; entries.is_array() && i < entries.size(); ++i) {
    const auto& entry = entries[i];
    if (!entry.is_object() || !entry.contains("data"))
      continue;
    auto one = common;
    auto own = entry.find("id");
    one.message_id += "/" + (own != entry.end() && own->is_string() ? own->get<std::string>() : std::to_string(i));
    one.json = entry["data"].dump();
    add(std::move(one));
  }
  return all;
}

} // namespace creamery::eventsub
