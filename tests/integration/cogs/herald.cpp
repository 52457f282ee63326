#include "cogs/cog.hpp"

/// Says each event in the channel named by its options, for certain.
struct herald {
  static constexpr bool cooperative = true;

  explicit herald(creamery::cog& cog) {
    cog.on_event([&cog, channel = cog.options().value("channel", "")](const creamery::eventsub::event& event) {
      cog.say(channel, "event " + event.message_id, {.durable = true});
    });
  }
};

CREAMERY_COG(herald)
