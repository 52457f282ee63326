#include "simulator/helix_raids.hpp"

#include <vector>

namespace creamery::simulator {

namespace {

constexpr auto countdown = std::chrono::seconds{90};
constexpr size_t most_raids = 10;
constexpr auto raid_window = std::chrono::minutes{10};

} // namespace

void helix_raids::add_to(helix_table& table) {
  using enum token_kind;
  auto at = [this](auto method) { return [this, method](const helix_call& call) { return (this->*method)(call); }; };
  table.push_back({"POST", "raids", user, {"channel:manage:raids"}, at(&helix_raids::start)});
  table.push_back({"DELETE", "raids", user, {"channel:manage:raids"}, at(&helix_raids::cancel)});
}

http_answer helix_raids::start(const helix_call& call) {
  auto from = world_.own_channel(call, "from_broadcaster_id");
  if (!from)
    return from.refusal();
  if (auto missing = need_parameter(call, "to_broadcaster_id"))
    return *missing;
  auto to = world_.find_channel(call.param("to_broadcaster_id"));
  if (!to)
    return helix_refusal(404, "The targeted channel was not found.");
  const auto& name = (*from)->name();
  if (to == *from)
    return helix_refusal(400, "A channel can not raid itself.");
  if (to->role_of(name).banned_until > call.now)
    return helix_refusal(400, "The targeted channel has blocked the raiding channel.");
  if (pending_.contains(name))
    return helix_refusal(409, "The broadcaster is already in the process of raiding another channel.");
  if (!attempts_[name].admit(most_raids, raid_window, call.now))
    return helix_refusal(429, "The broadcaster exceeded the number of raid requests that they may make.");
  pending_.emplace(name, raid{to->name(), call.now + countdown});
  return helix_one({{"created_at", rfc3339(call.now)}, {"is_mature", false}});
}

http_answer helix_raids::cancel(const helix_call& call) {
  auto from = world_.own_channel(call);
  if (!from)
    return from.refusal();
  if (pending_.erase((*from)->name()) == 0)
    return helix_refusal(404, "The broadcaster doesn't have a pending raid to cancel.");
  return helix_done();
}

void helix_raids::tick(time_point now) {
  for (auto place = pending_.begin(); place != pending_.end();) {
    if (place->second.due > now) {
      ++place;
      continue;
    }
    auto from = world_.chat.who_is(place->first);
    const auto& stream = world_.facts(from.login).stream;
    notice_request notice;
    notice.channel = place->second.to;
    notice.login = from.login;
    notice.kind = "raid";
    notice.params = {{"displayName", from.display_name},
                     {"login", from.login},
                     {"viewerCount", std::to_string(stream ? stream->viewers : 0)}};
    (void)world_.chat.notice(notice, now); // both names were channels when the raid was asked for
    place = pending_.erase(place);
  }
}

} // namespace creamery::simulator
