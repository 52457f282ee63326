#include "cogs/cog.hpp"

/// The cog that is measured: it counts events. Those of the other libraries (benchmarks/peers/webhooks) do the same.
struct event_counter {
  static constexpr bool cooperative = true;

  explicit event_counter(creamery::cog& cog) {
    cog.on_event([this](const creamery::eventsub::event&) { ++count; });
  }

  uint64_t count = 0;
};

CREAMERY_COG(event_counter)
