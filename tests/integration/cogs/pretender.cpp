#include "tests/integration/cogs/recorder.hpp"

#include <thread>

/// Records each chat line, and says of itself that it never waits, which isn't true when somebody says "freeze".
struct pretender {
  static constexpr bool cooperative = true;

  explicit pretender(creamery::cog& cog) : lines(cog) {
    cog.on_chat([](const creamery::chat_message& message) {
      if (message.text() == "freeze")
        std::this_thread::sleep_for(std::chrono::minutes{10});
    });
  }

  creamery::test::recorder lines;
};

CREAMERY_COG(pretender)
