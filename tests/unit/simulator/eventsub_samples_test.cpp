#define CAF_SUITE simulator.eventsub_samples

#include "simulator/eventsub_samples.hpp"

#include "messages/eventsub/events.hpp"
#include "messages/eventsub/subscription_types.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::simulator;

namespace {

using json = nlohmann::json;

event_samples made() {
  return event_samples{[](std::string_view id) {
    return event_person{std::string{id}, "login" + std::string{id}, "Name" + std::string{id}};
  }};
}

json sample(std::string_view type, std::string_view version, std::map<std::string, std::string> condition) {
  eventsub_subscription about;
  about.type = type;
  about.version = version;
  about.condition = std::move(condition);
  return made().make(about, time_point{std::chrono::sys_days{std::chrono::year{2026} / 5 / 1}});
}

/// Whether everything in `part` is in `whole`, too; what is null there may be missing.
bool is_part(const json& part, const json& whole) {
  if (part.is_object() && whole.is_object()) {
    for (const auto& [name, value] : part.items())
      if (!value.is_null() && (!whole.contains(name) || !is_part(value, whole[name])))
        return false;
    return true;
  }
  if (!part.is_array() || !whole.is_array() || part.size() != whole.size())
    return part == whole;
  for (size_t i = 0; i < part.size(); ++i)
    if (!is_part(part[i], whole[i]))
      return false;
  return true;
}

/// What the product makes of a sample, if it knows the type: what it can't read, and what it finds in it that it doesn't know.
template <class... Ts>
std::string read(eventsub::type_list<Ts...>, std::string_view type, std::string_view version, const json& event) {
  std::string problem;
  auto look = [&]<class T>(const T*) {
    if (T::type != type || T::version != version)
      return;
    auto decoded = eventsub::decode<T>(event.dump());
    if (!decoded) {
      problem = to_string(decoded.error());
      return;
    }
    auto again = json::parse(eventsub::encode(*decoded));
    for (const auto& [name, value] : event.items())
      if (!is_part({{name, value}}, again))
        problem += name + " ";
  };
  (look(static_cast<const Ts*>(nullptr)), ...);
  return problem;
}

} // namespace

CAF_TEST(there is a sample of every type and the product reads it without losing anything) {
  for (const auto& type : eventsub::subscription_types()) {
    CAF_MESSAGE(type.name << " " << type.version);
    CHECK(event_samples::has(type.name, type.version));
    auto event = sample(type.name, type.version, {{"broadcaster_user_id", "1"}});
    CHECK(!event.empty());
    for (const auto& [name, value] : event.items())
      CHECK(!value.is_discarded());
    CHECK_EQ(read(eventsub::event_types{}, type.name, type.version, event), "");
  }
}

CAF_TEST(a sample is about whom its subscription is about) {
  auto raid = sample("channel.raid", "1", {{"to_broadcaster_user_id", "7"}});
  CHECK_EQ(raid["to_broadcaster_user_login"].get<std::string>(), "login7");
  CHECK_EQ(raid["from_broadcaster_user_login"].get<std::string>(), "somebody");
  auto chat = sample("channel.chat.message", "1", {{"broadcaster_user_id", "1"}, {"user_id", "9"}});
  CHECK_EQ(chat["broadcaster_user_name"].get<std::string>(), "Name1");
  CHECK_EQ(chat["chatter_user_login"].get<std::string>(), "somebody");
  auto ban = sample("channel.ban", "1", {{"broadcaster_user_id", "1"}});
  CHECK_EQ(ban["ends_at"].get<std::string>().substr(0, 19), "2026-05-01T00:10:00");
  auto reward = sample("channel.channel_points_custom_reward_redemption.add", "1",
                       {{"broadcaster_user_id", "1"}, {"reward_id", "r9"}});
  CHECK_EQ(reward["reward"]["id"].get<std::string>(), "r9");
}
