#include "cogs/cog.hpp"

/// Counts what it is asked, durably: `!count` answers how often it has been called in this channel, in all lives of the process.
struct counter {
  explicit counter(creamery::cog& cog) {
    cog.command("count", [&cog](creamery::command_call& call) {
      auto storage = cog.storage(std::string{call.channel()});
      auto calls = storage.get("calls", 0) + 1;
      storage.set("calls", calls);
      call.reply(std::to_string(calls));
    });
  }
};

CREAMERY_COG(counter)
