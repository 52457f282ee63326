#pragma once

#include "simulator/eventsub_book.hpp"
#include "simulator/eventsub_types.hpp"
#include "simulator/helix_world.hpp"

#include <set>
#include <string>
#include <string_view>

namespace creamery::simulator {

/// Helix: who wants which events (twitch-platform §3.5 to §3.7). Whoever delivers them looks into `book()`, and tells it
/// of the WebSockets there are.
class helix_eventsub {
public:
  /// @param world outlives this.
  explicit helix_eventsub(helix_world& world) : world_(world) {
  }

  void add_to(helix_table& table);

  eventsub_book& book() noexcept {
    return book_;
  }

private:
  // helix_eventsub.cpp
  http_answer subscribe(const helix_call& call);
  http_answer list(const helix_call& call);
  http_answer unsubscribe(const helix_call& call);
  needed<eventsub_subscription> read(const helix_call& call);
  refusal check_condition(const helix_call& call, const eventsub_type& type,
                          const std::map<std::string, std::string>& condition);
  refusal check_authorization(const helix_call& call, const eventsub_type& type,
                              const std::map<std::string, std::string>& condition);
  refusal check_limits(const eventsub_subscription& made);
  unsigned cost_of(const helix_call& call, const eventsub_type& type,
                   const std::map<std::string, std::string>& condition);
  unsigned total_cost(const eventsub_subscription& like) const;
  bool is_theirs(const helix_call& call, const eventsub_subscription& what) const;
  nlohmann::json shown(const eventsub_subscription& what);

  // helix_conduits.cpp
  http_answer conduits(const helix_call& call);
  http_answer make_conduit(const helix_call& call);
  http_answer change_conduit(const helix_call& call);
  http_answer remove_conduit(const helix_call& call);
  http_answer shards(const helix_call& call);
  http_answer change_shards(const helix_call& call);

  helix_world& world_;
  eventsub_book book_;
};

/// Reads the `transport` of a subscription or a shard; 400 with what is wrong.
needed<eventsub_transport> read_transport(const nlohmann::json& from, eventsub_book& book);

} // namespace creamery::simulator
