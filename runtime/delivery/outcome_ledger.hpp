#pragma once

#include "messages/cog_outcome.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// What has become of a cog's events, and what its handlers have left behind that isn't written yet; kept while its instances come
/// and go. Each event is begun by one instance only, and nothing that a handler left behind is lost with its instance. Any thread
/// may use it.
class outcome_ledger {
public:
  /// Most outcomes that may not be written yet; beyond them no event is begun and nothing is taken.
  static constexpr size_t max_unwritten = 1'000;

  /// @param numbering distinguishes the numbers of this ledger's outcomes from those of others for the same cog.
  outcome_ledger(std::string bot, std::string cog, uint64_t numbering)
    : bot_(std::move(bot)), cog_(std::move(cog)), numbering_(numbering) {
  }

  /// An instance takes the place of the one before, which can do nothing more from here on. @returns the event that was in its
  /// hands, which counts as poisoned; 0: none was.
  uint64_t take_over(uint64_t instance);

  /// The instance is about to handle this event. False: it has been begun before, or the instance was replaced.
  bool begin(uint64_t instance, uint64_t event);

  /// A handler has come to its end. @param event the one that it was called with; 0: none. @returns what is to be written, unless the
  /// instance was replaced meanwhile, or too much is waiting already and there is no event.
  std::optional<cog_outcome> finish(uint64_t instance, uint64_t event, bool is_poisoned,
                                    std::vector<value_change> changes, std::vector<say> says);

  /// It has been written.
  void written(uint64_t number);

  /// What hasn't, in order.
  std::vector<cog_outcome> unwritten() const;

  bool is_full() const;

  /// The last event that was begun.
  uint64_t last_event() const;

  /// A value as it will be when all is written; nothing: it isn't about to be changed. The inner nothing: it is about to be removed.
  std::optional<std::optional<std::string>> find(std::string_view space, std::string_view key) const;

  /// All such values in a space whose keys have this prefix.
  std::map<std::string, std::optional<std::string>> list(std::string_view space, std::string_view prefix) const;

private:
  cog_outcome& add(uint64_t event);

  mutable std::mutex mutex_;
  const std::string bot_;
  const std::string cog_;
  const uint64_t numbering_;
  uint64_t instance_ = 0;
  uint64_t last_event_ = 0;
  bool is_in_hand_ = false;
  uint64_t last_number_ = 0;
  std::map<uint64_t, cog_outcome> unwritten_;
};

} // namespace creamery
