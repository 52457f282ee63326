#include "cogs/cog.hpp"

#include <algorithm>
#include <string>
#include <vector>

/// Writes each message of the topics under `topics` into the log, in the shape that Twitch's PubSub gave it. What its channels' events
/// are subscribed to for that is said in docs/configuration.md.
struct pubsub {
  static constexpr bool cooperative = true;

  explicit pubsub(creamery::cog& cog) : topics_(cog.option("topics", std::vector<std::string>{})) {
    cog.on_pubsub([this, &cog](const creamery::pubsub_message& message) {
      if (!is_wanted(message.what))
        return;
      cog.log().info("{}: {}", message.topic, message.json);
    });
  }

private:
  bool is_wanted(creamery::pubsub_topic what) const {
    return topics_.empty() || std::any_of(topics_.begin(), topics_.end(), [&](const auto& name) {
             return creamery::pubsub::find_topic(name) == what;
           });
  }

  std::vector<std::string> topics_;
};

CREAMERY_COG(pubsub)
