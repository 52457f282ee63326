#pragma once

#include "simulator/helix_world.hpp"

#include <map>
#include <string>

namespace creamery::simulator {

/// Helix: raids, which begin 90 seconds after they were asked for (twitch-platform §4.2).
class helix_raids {
public:
  /// @param world outlives this.
  explicit helix_raids(helix_world& world) : world_(world) {
  }

  void add_to(helix_table& table);

  /// Lets raids begin whose time has come.
  void tick(time_point now);

private:
  struct raid {
    std::string to;
    time_point due;
  };

  http_answer start(const helix_call& call);
  http_answer cancel(const helix_call& call);

  std::map<std::string, raid, std::less<>> pending_;            // by the channel that raids
  std::map<std::string, attempt_window, std::less<>> attempts_; // likewise

  helix_world& world_;
};

} // namespace creamery::simulator
