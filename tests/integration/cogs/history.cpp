#include "tests/integration/cogs/recorder.hpp"

/// Records each chat line, and answers `!mark X` with "mark X".
struct history {
  explicit history(creamery::cog& cog) : lines(cog) {
    cog.command("mark",
                [](creamery::command_call& call, creamery::rest_of_line what) { call.reply("mark " + what.text); });
  }

  creamery::test::recorder lines;
};

CREAMERY_COG(history)
