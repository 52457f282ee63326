#define CAF_SUITE messages.eventsub.subscription_types

#include "messages/eventsub/subscription_types.hpp"

#include "tests/unit/fixture.hpp"

#include <algorithm>

using namespace creamery;
using namespace creamery::eventsub;

namespace {

const subscription_type& type(std::string_view name, std::string_view version = {}) {
  const auto* found = find_type(name, version);
  if (found == nullptr)
    CAF_FAIL("no type " << name << " " << version);
  return *found;
}

using names = std::vector<std::string>;

} // namespace

SCENARIO("each type and version stands once and the newest first") {
  auto all = subscription_types();
  CHECK(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::pair{a.name, b.version} < std::pair{b.name, a.version};
  }));
  CHECK(std::adjacent_find(all.begin(), all.end(),
                           [](const auto& a, const auto& b) { return a.name == b.name && a.version == b.version; })
        == all.end());
}

SCENARIO("a type without a version is its newest") {
  CHECK_EQ(type("channel.moderate").version, "2");
  CHECK_EQ(type("channel.moderate", "1").version, "1");
  CHECK_EQ(type("channel.guest_star_session.begin").version, "beta");
  CHECK(find_type("channel.moderate", "3") == nullptr);
  CHECK(find_type("channel.unheard_of") == nullptr);
}

SCENARIO("removed versions are known as such") {
  CHECK(is_removed("channel.follow", "1"));
  CHECK(is_removed("channel.update", "1"));
  CHECK(is_removed("channel.hype_train.progress", "1"));
  CHECK(!is_removed("channel.follow", "2"));
  CHECK(!is_removed("channel.raid", "1"));
  for (const auto& one : subscription_types())
    CHECK(!is_removed(one.name, one.version));
}

SCENARIO("whose grant is needed follows from the condition") {
  CHECK(grantor_of(type("channel.raid")) == grantor::nobody);
  CHECK(grantor_of(type("stream.online")) == grantor::nobody);
  CHECK(grantor_of(type("user.update")) == grantor::nobody);
  CHECK(grantor_of(type("channel.cheer")) == grantor::broadcaster);
  CHECK(grantor_of(type("channel.follow")) == grantor::self);
  CHECK(grantor_of(type("channel.chat.message")) == grantor::self);
  CHECK(grantor_of(type("user.whisper.message")) == grantor::self);
  CHECK(grantor_of(type("conduit.shard.disabled")) == grantor::application);
}

SCENARIO("one of several scopes is enough and all of several are needed") {
  CHECK(missing_scopes(type("channel.raid"), {}) == names{});
  CHECK(missing_scopes(type("channel.poll.end"), {}) == names{"channel:read:polls"});
  CHECK(missing_scopes(type("channel.poll.end"), {"channel:manage:polls"}) == names{});
  CHECK_EQ(missing_scopes(type("channel.moderate"), {}).size(), 8u);
  CHECK_EQ(missing_scopes(type("channel.moderate", "1"), {}).size(), 7u);
  CHECK(missing_scopes(type("channel.moderate"),
                       {"moderator:manage:blocked_terms", "moderator:read:chat_settings",
                        "moderator:read:unban_requests", "moderator:manage:banned_users",
                        "moderator:read:chat_messages", "moderator:read:moderators", "moderator:read:vips"})
        == names{"moderator:read:warnings"});
}

SCENARIO("a condition has the members that its type needs") {
  condition_parts parts{.broadcaster = "1", .self = "2", .reward = "r", .client = "c"};
  CHECK(make_condition(type("channel.cheer"), parts) == (condition{{"broadcaster_user_id", "1"}}));
  CHECK(make_condition(type("channel.follow"), parts)
        == (condition{{"broadcaster_user_id", "1"}, {"moderator_user_id", "2"}}));
  CHECK(make_condition(type("channel.chat.message"), parts)
        == (condition{{"broadcaster_user_id", "1"}, {"user_id", "2"}}));
  CHECK(make_condition(type("user.update"), parts) == (condition{{"user_id", "2"}}));
  CHECK(make_condition(type("channel.channel_points_custom_reward_redemption.add"), parts)
        == (condition{{"broadcaster_user_id", "1"}, {"reward_id", "r"}}));
  CHECK(make_condition(type("conduit.shard.disabled"), parts) == (condition{{"client_id", "c"}}));
  CHECK(make_condition(type("channel.raid"), parts) == (condition{{"to_broadcaster_user_id", "1"}}));
  parts.side = raid_side::from;
  CHECK(make_condition(type("channel.raid"), parts) == (condition{{"from_broadcaster_user_id", "1"}}));
}

SCENARIO("only strangers cost something") {
  CHECK_EQ(cost_of(type("stream.online"), false), 1u);
  CHECK_EQ(cost_of(type("stream.online"), true), 0u);
  CHECK_EQ(cost_of(type("channel.raid"), false), 1u);
  CHECK_EQ(cost_of(type("channel.cheer"), false), 0u);
  CHECK_EQ(cost_of(type("user.authorization.revoke"), false), 0u);
}
