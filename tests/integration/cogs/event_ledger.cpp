#include "cogs/cog.hpp"

/// Writes down durably, in its storage, how often it has handled each event.
struct event_ledger {
  static constexpr bool cooperative = true;

  explicit event_ledger(creamery::cog& cog) {
    cog.on_event([&cog](const creamery::eventsub::event& event) {
      auto storage = cog.storage();
      auto key = event.type + " " + event.message_id;
      storage.set(key, storage.get(key, 0) + 1);
    });
  }
};

CREAMERY_COG(event_ledger)
