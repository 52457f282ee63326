#include "tests/integration/cogs/recorder.hpp"

/// Records each chat line, and says of itself that it never waits; as any cog it can be told to block.
struct pretender {
  static constexpr bool cooperative = true;

  explicit pretender(creamery::cog& cog) : lines(cog) {
  }

  creamery::test::recorder lines;
};

CREAMERY_COG(pretender)
