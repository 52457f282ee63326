#pragma once

#include "simulator/helix_world.hpp"

#include <map>
#include <optional>
#include <string>

namespace creamery::simulator {

/// Helix: bans, deleted messages, warnings, shield mode.
class helix_moderation {
public:
  /// @param world outlives this.
  explicit helix_moderation(helix_world& world) : world_(world) {
  }

  void add_to(helix_table& table);

private:
  http_answer ban(const helix_call& call);
  http_answer unban(const helix_call& call);
  http_answer remove_messages(const helix_call& call);
  http_answer warn(const helix_call& call);
  http_answer shield(const helix_call& call);
  http_answer change_shield(const helix_call& call);

  struct shield_state {
    bool active = false;
    std::string moderator;
    std::optional<time_point> activated;
  };

  nlohmann::json shield_json(const std::string& channel);

  std::map<std::string, shield_state, std::less<>> shields_; // by channel

  helix_world& world_;
};

} // namespace creamery::simulator
