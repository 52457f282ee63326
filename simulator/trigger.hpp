#pragma once

#include <string>
#include <vector>

namespace creamery::simulator {

/// What `creamery simulate trigger` is told.
struct trigger_arguments {
  /// Of the event: `channel.raid`.
  std::string type;
  /// Empty: every version that somebody has subscribed to.
  std::string version;
  /// Members that are to differ from the sample: `viewers=9001`, `reward.title=Hydrate`; JSON, or else a text.
  std::vector<std::string> members;
  /// Only for this channel; empty: for all.
  std::string channel;
  unsigned count = 1;
  /// The control API of a simulator that is running.
  std::string control = "http://127.0.0.1:17004";
};

/// Lets a running simulator tell an event to whoever has subscribed to it. Returns the program's exit status: 0, or 1 if nobody has
/// been told (why is on standard error).
int trigger(const trigger_arguments& what);

} // namespace creamery::simulator
