#include "runtime/eventsub/subscription_plan.hpp"

#include <algorithm>

namespace creamery::eventsub {

namespace {

/// Whether this token is the one for it.
bool is_for(const event_wish& wish, grantor by, const std::string& owner) {
  switch (wish.token) {
    case token_owner::application: return true;
    case token_owner::broadcaster: return by == grantor::broadcaster && owner == wish.own;
    case token_owner::bot: return by == grantor::broadcaster ? owner == wish.own : by != grantor::application;
  }
  return false;
}

void add(std::vector<wanted_subscription>& all, wanted_subscription one) {
  auto is_same = [&](const auto& x) { return x.type == one.type && x.about == one.about; };
  if (std::none_of(all.begin(), all.end(), is_same))
    all.push_back(std::move(one));
}

} // namespace

size_t channels_on_session(const std::vector<wanted_event>& events) {
  size_t of_each = 0, of_own = 0;
  for (const auto& one : events) {
    auto by = grantor_of(*one.type);
    of_own += by == grantor::broadcaster ? 1 : 0; // only in the bot's own channel, which may be any of them
    of_each += by == grantor::nobody || by == grantor::self ? 1 : 0;
  }
  if (of_each + of_own >= subscriptions_on_session)
    return 1;
  return of_each == 0 ? subscriptions_on_session : (subscriptions_on_session - of_own) / of_each;
}

std::vector<wanted_subscription> plan_subscriptions(const event_wish& wish) {
  std::vector<wanted_subscription> all;
  for (const auto& event : wish.events)
    if (auto by = grantor_of(*event.type); by == grantor::application && is_for(wish, by, ""))
      add(all, {event.type,
                make_condition(*event.type, {.client = event.of.empty() ? wish.client : event.of,
                                             .category = event.category,
                                             .campaign = event.campaign}),
                ""});
  for (const auto& [channel, owner] : wish.channels)
    for (const auto& event : wish.events) {
      auto by = grantor_of(*event.type);
      if (by == grantor::application || !is_for(wish, by, owner))
        continue;
      // Of users, it is the broadcaster who is of interest, unless only the token's own user may ask.
      auto about = by == grantor::nobody ? owner : wish.own;
      add(all,
          {event.type,
           make_condition(*event.type, {.broadcaster = owner, .self = about, .reward = event.of, .side = event.side}),
           channel});
    }
  return all;
}

} // namespace creamery::eventsub
