#pragma once

#include "messages/say.hpp"
#include "runtime/delivery/line_gate.hpp"
#include "runtime/supervision/command_quarantine.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace creamery {

/// What has become of a cog's lines and of what it said, kept while its instances come and go: each line is begun by one
/// instance only, and nothing that was said is lost with the instance that said it. An instance that was replaced has no
/// say any more, be it that it is stuck and comes back later. Any thread may use it.
class cog_ledger {
public:
  using time_point = command_quarantine::time_point;

  /// Most messages that the outbox may not have accepted yet; more are refused.
  static constexpr size_t max_unaccepted = 1'000;

  /// What an instance needs to know when it begins.
  struct handover {
    uint64_t instance = 0;
    std::shared_ptr<line_gate> gate;
    /// A line was in the hands of the predecessor when it was replaced; it counts as poisoned, and so does the command that it
    /// called.
    bool lost_one = false;
  };

  /// @param numbering distinguishes the numbers of this ledger's messages from those of others for the same cog.
  explicit cog_ledger(uint64_t numbering) : numbering_(numbering) {
  }

  /// A new instance takes the place of the one before, which can do nothing more from here on.
  handover take_over(time_point now = {});

  /// The same unless the present instance, which isn't given up, is in the middle of something that it may yet finish.
  std::optional<handover> take_over_if_idle(time_point now = {});

  /// The instance's handler threw; the line that it had counts as poisoned, and so does the command that it was calling.
  /// Returns the name of that command if it has failed too often and rests from now on.
  std::optional<std::string> poisoned(uint64_t instance, time_point now = {});

  /// The instance is about to call a command's handler. False: the command rests, and isn't to be called.
  bool begin_call(uint64_t instance, const std::string& command, time_point now);

  /// The handler has returned.
  void end_call(uint64_t instance);

  /// The commands that rest, and how many calls were not made because of that.
  std::vector<std::string> resting_commands(time_point now) const;
  uint64_t skipped_calls() const;

  /// Somebody has seen to the cog: its commands' failures are forgotten.
  void forgive();

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

  /// The present instance is stuck, and isn't waited for any more.
  void give_up();

  /// Whether some instance was given up: such a cog does wait, whatever it says of itself.
  bool was_stuck() const;

  /// Messages that were refused because too much was waiting, or because the instance had been replaced.
  uint64_t refused() const;

private:
  handover begin(line_gate::position last, time_point now);

  mutable std::mutex mutex_;
  const uint64_t numbering_;
  uint64_t instance_ = 0;
  std::shared_ptr<line_gate> gate_;
  bool given_up_ = false;
  bool was_stuck_ = false;
  uint64_t poisoned_ = 0;
  command_quarantine commands_;
  /// The command that is being called; empty: none is.
  std::string calling_;
  uint64_t skipped_calls_ = 0;
  uint64_t last_say_ = 0;
  uint64_t refused_ = 0;
  std::map<uint64_t, say> unsettled_;
};

} // namespace creamery
