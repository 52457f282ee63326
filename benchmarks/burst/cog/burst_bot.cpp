#include "cogs/cog.hpp"

/// The bot that is measured: it counts what is said, answers `!hello`, and tells with `!lines` how much it has counted. Those of
/// the other libraries (benchmarks/peers/bots) do the same.
struct burst_bot {
  static constexpr bool cooperative = true;

  explicit burst_bot(creamery::cog& cog) {
    cog.on_chat([this](const creamery::chat_message&) { ++lines; });
    cog.command("hello", [](creamery::command_call& call) { call.say("Hello, " + call.display_name() + "!"); });
    cog.command("lines", [this](creamery::command_call& call) { call.say("lines: " + std::to_string(lines)); });
  }

  uint64_t lines = 0;
};

CREAMERY_COG(burst_bot)
