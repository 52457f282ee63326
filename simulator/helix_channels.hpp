#pragma once

#include "simulator/helix_world.hpp"

#include <deque>

namespace creamery::simulator {

/// Helix: what channels show, live streams, clips.
class helix_channels {
public:
  /// @param world outlives this.
  explicit helix_channels(helix_world& world) : world_(world) {
  }

  void add_to(helix_table& table);

private:
  struct clip {
    std::string id;
    std::string channel;
    std::string creator;
    std::string title;
    time_point made;
  };

  http_answer channels(const helix_call& call);
  http_answer change_channel(const helix_call& call);
  http_answer streams(const helix_call& call);
  http_answer make_clip(const helix_call& call);
  http_answer clips(const helix_call& call);
  nlohmann::json clip_json(const clip& what);

  std::deque<clip> clips_; // oldest first

  helix_world& world_;
};

} // namespace creamery::simulator
