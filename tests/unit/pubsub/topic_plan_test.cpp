#define CAF_SUITE pubsub.topic_plan

#include "runtime/pubsub/topic_plan.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;
using namespace creamery::pubsub;

namespace {

using strings = std::vector<std::string>;

strings texts(const std::vector<session::wanted>& all) {
  strings found;
  for (const auto& one : all)
    found.push_back(one.topic + " as " + one.account);
  return found;
}

} // namespace

SCENARIO("topics are of channels, with their owners' tokens, and whispers of the bot") {
  auto wishes = plan_topics(
    {pubsub_topic::channel_points, pubsub_topic::bits, pubsub_topic::whispers, pubsub_topic::moderator_actions},
    {"red", "blue"}, {});
  CHECK_EQ(names_in(wishes), (strings{"red", "blue", ""}));
  CHECK_EQ(texts(topics_of(wishes, "ann", {{"red", "1"}, {"blue", "2"}, {"", "9"}})),
           (strings{"channel-points-channel-v1.1 as red", "channel-points-channel-v1.2 as blue",
                    "channel-bits-events-v2.1 as red", "channel-bits-events-v2.2 as blue", "whispers.9 as ann",
                    "chat_moderator_actions.1.1 as red", "chat_moderator_actions.2.2 as blue"}));
  WHEN("a channel is nobody's") {
    CHECK_EQ(topics_of(wishes, "ann", {{"red", "1"}}).size(), 3u);
  }
}

SCENARIO("moderators are meant by their names or ids") {
  auto wishes = plan_topics({pubsub_topic::moderator_actions}, {"red"}, {"ann", "77", "max"});
  CHECK_EQ(names_in(wishes), (strings{"red", "ann", "max"}));
  CHECK_EQ(texts(topics_of(wishes, "ann", {{"red", "1"}, {"ann", "9"}, {"max", "5"}})),
           (strings{"chat_moderator_actions.9.1 as ann", "chat_moderator_actions.77.1 as red",
                    "chat_moderator_actions.5.1 as max"}));
  WHEN("one is named twice") {
    CHECK_EQ(topics_of(wishes, "ann", {{"red", "1"}, {"ann", "9"}, {"max", "77"}}).size(), 2u);
  }
  CHECK(is_own(wishes.front(), "ann"));
  CHECK(!is_own(wishes.back(), "ann"));
  CHECK(!is_own({pubsub_topic::bits, "red"}, "")); // an account that isn't known yet
}
