#define CAF_SUITE eventsub.event_names

#include "runtime/eventsub/event_names.hpp"

#include "tests/unit/fixture.hpp"

#include <set>

using namespace creamery;
using namespace creamery::eventsub;

namespace {

/// The types that a name stands for.
std::string types(std::string_view name) {
  std::string all;
  for (const auto& one : events_named(name))
    all += (all.empty() ? "" : ", ") + std::string{one.type->name} + " " + std::string{one.type->version}
           + (one.type->about == subject::raid ? one.side == raid_side::to ? " to" : " from" : "");
  return all;
}

} // namespace

SCENARIO("the names of twitch-creamery's example stand for what Twitch has today") {
  GIVEN("each of them") {
    CHECK_EQ(types("channel_raid"), "channel.raid 1 to, channel.raid 1 from");
    CHECK_EQ(types("channel_ban"), "channel.ban 1");
    CHECK_EQ(types("channel_unban"), "channel.unban 1");
    CHECK_EQ(types("channel_subscription"), "channel.subscribe 1");
    CHECK_EQ(types("channel_cheers"), "channel.cheer 1");
    CHECK_EQ(types("channel_update"), "channel.update 2");
    CHECK_EQ(types("channel_follow"), "channel.follow 2");
    CHECK_EQ(types("channel_moderators_add"), "channel.moderator.add 1");
    CHECK_EQ(types("channel_moderators_remove"), "channel.moderator.remove 1");
    CHECK_EQ(types("channel_hypetrain_begin"), "channel.hype_train.begin 2");
    CHECK_EQ(types("channel_hypetrain_progress"), "channel.hype_train.progress 2");
    CHECK_EQ(types("channel_hypetrain_end"), "channel.hype_train.end 2");
    CHECK_EQ(types("channel_stream_start"), "stream.online 1");
    CHECK_EQ(types("channel_stream_end"), "stream.offline 1");
    CHECK_EQ(types("channel_points_reward_added"), "channel.channel_points_custom_reward.add 1");
    CHECK_EQ(types("channel_points_reward_updated"), "channel.channel_points_custom_reward.update 1");
    CHECK_EQ(types("channel_points_reward_removed"), "channel.channel_points_custom_reward.remove 1");
    CHECK_EQ(types("channel_points_redeemed"), "channel.channel_points_custom_reward_redemption.add 1");
    CHECK_EQ(types("channel_points_redeem_updated"), "channel.channel_points_custom_reward_redemption.update 1");
    CHECK_EQ(types("user_updated"), "user.update 1");
  }
}

SCENARIO("each older name stands for some type, and once") {
  GIVEN("all of them") {
    std::set<std::string_view> seen;
    for (auto name : older_event_names()) {
      CHECK(seen.insert(name).second);
      CHECK(!events_named(name).empty());
    }
  }
}

SCENARIO("today's types have their own names, with a version if it isn't the newest") {
  GIVEN("such names") {
    CHECK_EQ(types("channel.follow"), "channel.follow 2");
    CHECK_EQ(types("channel.moderate"), "channel.moderate 2");
    CHECK_EQ(types("channel.moderate 1"), "channel.moderate 1");
    CHECK_EQ(types("channel.raid"), "channel.raid 1 to, channel.raid 1 from");
    CHECK_EQ(types("channel_raid_in"), "channel.raid 1 to");
    CHECK_EQ(types("channel_raid_out"), "channel.raid 1 from");
    for (const auto& one : subscription_types())
      CHECK(!events_named(std::string{one.name} + " " + std::string{one.version}).empty());
  }
}

SCENARIO("what nobody ever called an event is none") {
  GIVEN("such names") {
    for (const auto* name : {"", "channel", "channel.follow 1", "channel_raids", "Channel_Raid", "channel.raid  1"})
      CHECK_EQ(types(name), "");
  }
}
