#pragma once

#include "simulator/helix_world.hpp"

namespace creamery::simulator {

/// Helix: who somebody is, and what somebody is in a channel.
class helix_people {
public:
  /// @param world outlives this.
  explicit helix_people(helix_world& world) : world_(world) {
  }

  void add_to(helix_table& table);

private:
  http_answer users(const helix_call& call);
  http_answer followers(const helix_call& call);
  http_answer list_roles(const helix_call& call, bool role_set::*role);
  http_answer change_role(const helix_call& call, bool role_set::*role, bool value);

  helix_world& world_;
};

} // namespace creamery::simulator
