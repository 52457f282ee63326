#define CAF_SUITE eventsub.subscription_plan

#include "runtime/eventsub/subscription_plan.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::eventsub;

namespace {

using strings = std::vector<std::string>;

event_wish wish(token_owner token, const strings& names) {
  event_wish made{token, "9", "app", {{"red", "1"}, {"mine", "9"}}, {}};
  for (const auto& name : names)
    for (const auto& one : events_named(name))
      made.events.push_back(one);
  return made;
}

strings planned(const event_wish& wish) {
  strings all;
  for (const auto& one : plan_subscriptions(wish)) {
    auto text = std::string{one.type->name};
    for (const auto& [name, value] : one.about)
      text += " " + name + "=" + value;
    all.push_back(text);
  }
  return all;
}

} // namespace

CAF_TEST(the bot makes what its own token allows and leaves the rest to broadcasters) {
  CHECK_EQ(planned(wish(token_owner::bot, {"channel.follow", "channel.cheer", "channel_raid_in"})),
           (strings{"channel.follow broadcaster_user_id=1 moderator_user_id=9", "channel.raid to_broadcaster_user_id=1",
                    "channel.follow broadcaster_user_id=9 moderator_user_id=9", "channel.cheer broadcaster_user_id=9",
                    "channel.raid to_broadcaster_user_id=9"}));
}

CAF_TEST(a broadcaster makes only what takes their grant) {
  auto theirs = wish(token_owner::broadcaster, {"channel.follow", "channel.cheer", "channel_raid_in"});
  theirs.own = "1";
  CHECK_EQ(planned(theirs), (strings{"channel.cheer broadcaster_user_id=1"}));
}

CAF_TEST(the application makes everything and what is its own once) {
  CHECK_EQ(planned(wish(token_owner::application, {"channel.cheer", "user.authorization.revoke"})),
           (strings{"user.authorization.revoke client_id=app", "channel.cheer broadcaster_user_id=1",
                    "channel.cheer broadcaster_user_id=9"}));
}

CAF_TEST(an event of one organization or reward names it) {
  auto drops = wish(token_owner::application, {"drop.entitlement.grant"});
  drops.events[0].of = "org";
  CHECK_EQ(planned(drops), (strings{"drop.entitlement.grant organization_id=org"}));
  auto reward = wish(token_owner::application, {"channel.channel_points_custom_reward_redemption.add"});
  reward.events[0].of = "r1";
  reward.channels.pop_back();
  CHECK_EQ(planned(reward),
           (strings{"channel.channel_points_custom_reward_redemption.add broadcaster_user_id=1 reward_id=r1"}));
}

CAF_TEST(users are the broadcasters and each is asked for once) {
  auto users = wish(token_owner::bot, {"user.update"});
  users.channels.push_back({"mine too", "9"});
  CHECK_EQ(planned(users), (strings{"user.update user_id=1", "user.update user_id=9"}));
}

CAF_TEST(a session takes as many channels as its limit allows whichever of them is the bot s own) {
  CHECK_EQ(channels_on_session(wish(token_owner::bot, {"channel_raid"}).events), 150u);
  CHECK_EQ(channels_on_session(wish(token_owner::bot, {"channel_raid", "channel.follow"}).events), 100u);
  // Of other channels, it is their owners who subscribe to cheers.
  CHECK_EQ(channels_on_session(wish(token_owner::bot, {"channel_raid", "channel.follow", "channel.cheer"}).events),
           99u);
  CHECK_EQ(channels_on_session(wish(token_owner::bot, {"channel.cheer"}).events), 300u);
  CHECK_EQ(channels_on_session({}), 300u);
}

CAF_TEST(drops may be of one game and of one campaign) {
  auto drops = wish(token_owner::application, {"drop.entitlement.grant"});
  drops.events[0].of = "org";
  drops.events[0].category = "game";
  drops.events[0].campaign = "c1";
  CHECK_EQ(planned(drops), (strings{"drop.entitlement.grant campaign_id=c1 category_id=game organization_id=org"}));
}
