#pragma once

#include "simulator/helix_world.hpp"

#include <map>
#include <string>
#include <vector>

namespace creamery::simulator {

/// Helix: channel points.
class helix_rewards {
public:
  /// @param world outlives this.
  explicit helix_rewards(helix_world& world) : world_(world) {
  }

  void add_to(helix_table& table);

  /// A viewer redeems a reward. Returns the id of the redemption.
  result<std::string> redeem(const redemption_request& request, time_point now);

private:
  struct reward {
    std::string id;
    /// Whose client made it: nobody else may change it.
    std::string client_id;
    std::string title;
    std::string prompt;
    int64_t cost = 0;
    std::string color = "#9147FF";
    bool enabled = true;
    bool paused = false;
    bool needs_input = false;
    bool skips_queue = false;
    int64_t most_per_stream = 0;
    int64_t most_per_user = 0;
    int64_t cooldown = 0;
  };

  struct redemption {
    std::string id;
    std::string reward_id;
    std::string login;
    std::string input;
    std::string status;
    time_point when;
  };

  struct channel_points {
    std::vector<reward> rewards;
    std::vector<redemption> redemptions; // oldest first
  };

  /// The reward of an id parameter, which this client made (403), in the broadcaster's own channel.
  struct own_reward {
    room* where = nullptr;
    channel_points* points = nullptr;
    reward* what = nullptr;
  };

  needed<own_reward> find(const helix_call& call, std::string_view parameter);
  http_answer list(const helix_call& call);
  http_answer make(const helix_call& call);
  http_answer change(const helix_call& call);
  http_answer remove(const helix_call& call);
  http_answer redemptions(const helix_call& call);
  http_answer settle(const helix_call& call);
  refusal read(const helix_call& call, const channel_points& all, reward& into);
  nlohmann::json to_json(const person& owner, const reward& what);
  nlohmann::json to_json(const person& owner, const channel_points& all, const redemption& what);

  std::map<std::string, channel_points, std::less<>> channels_;

  helix_world& world_;
};

} // namespace creamery::simulator
