#pragma once

#include "messages/say.hpp"
#include "runtime/delivery/line_gate.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace creamery {

/// What has become of a cog's lines and of what it said, kept while its instances come and go: each line is begun by one
/// instance only, and nothing that was said is lost with the instance that said it. An instance that was replaced has no
/// say any more, be it that it is stuck and comes back later. Any thread may use it.
class cog_ledger {
public:
  /// Most messages that the outbox may not have accepted yet; more are refused.
  static constexpr size_t max_unaccepted = 1'000;

  /// What an instance needs to know when it begins.
  struct handover {
    uint64_t instance = 0;
    std::shared_ptr<line_gate> gate;
    /// A line was in the hands of the predecessor when it was replaced; it counts as poisoned.
    bool lost_one = false;
  };

  /// @param numbering distinguishes the numbers of this ledger's messages from those of others for the same cog.
  explicit cog_ledger(uint64_t numbering) : numbering_(numbering) {
  }

  /// A new instance takes the place of the one before, which can do nothing more from here on.
  handover take_over();

  /// The instance's handler threw; the line that it had counts as poisoned.
  void poisoned(uint64_t instance);

  /// How many lines were poisoned so far.
  uint64_t poisoned() const;

  /// Keeps a message until the outbox has accepted it, and gives it its number. Nothing: the instance was replaced, or too much
  /// is waiting already.
  std::optional<say> keep(uint64_t instance, say message);

  /// The outbox has the message, or has refused it.
  void settled(uint64_t number);

  /// What the outbox hasn't accepted yet, in order.
  std::vector<say> unsettled() const;

  /// The present instance, and how far it is.
  std::pair<uint64_t, line_gate::position> look() const;

  /// Messages that were refused because too much was waiting, or because the instance had been replaced.
  uint64_t refused() const;

private:
  mutable std::mutex mutex_;
  const uint64_t numbering_;
  uint64_t instance_ = 0;
  std::shared_ptr<line_gate> gate_;
  uint64_t poisoned_ = 0;
  uint64_t last_say_ = 0;
  uint64_t refused_ = 0;
  std::map<uint64_t, say> unsettled_;
};

} // namespace creamery
