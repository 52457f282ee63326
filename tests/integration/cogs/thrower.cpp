#include "tests/integration/cogs/recorder.hpp"

/// Records each chat line, throws on those that say "throw" and whenever `!trip` is called, and answers `!alive`.
struct thrower {
  explicit thrower(creamery::cog& cog) : lines(cog) {
    cog.on_chat([](const creamery::chat_message& message) {
      if (message.text() == "throw")
        throw std::runtime_error{"as I was told"};
    });
    cog.command("trip", [](creamery::command_call&) { throw std::runtime_error{"tripped"}; });
    cog.command("alive", [](creamery::command_call& call) { call.reply("still alive"); });
  }

  creamery::test::recorder lines;
};

CREAMERY_COG(thrower)
