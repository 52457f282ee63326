#include "tests/integration/cogs/recorder.hpp"

#include <thread>

/// Records each chat line, and blocks its own thread for the number of milliseconds in its option `milliseconds` when somebody
/// says "block"; with the option `at_start`, in its constructor as well.
struct blocker {
  explicit blocker(creamery::cog& cog) : lines(cog) {
    auto pause = std::chrono::milliseconds{cog.option<int64_t>("milliseconds", 1000)};
    cog.on_chat([pause](const creamery::chat_message& message) {
      if (message.text() == "block")
        std::this_thread::sleep_for(pause);
    });
    if (cog.option("at_start", false))
      std::this_thread::sleep_for(pause);
  }

  creamery::test::recorder lines;
};

CREAMERY_COG(blocker)
