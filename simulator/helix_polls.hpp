#pragma once

#include "simulator/helix_world.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace creamery::simulator {

/// Helix: polls and predictions. They end by themselves when their time has come.
class helix_polls {
public:
  /// @param world outlives this.
  explicit helix_polls(helix_world& world) : world_(world) {
  }

  void add_to(helix_table& table);

private:
  struct choice {
    std::string id;
    std::string title;
  };

  /// A poll or a prediction.
  struct vote {
    std::string id;
    std::string title;
    std::vector<choice> choices;
    std::string status;
    std::string winner;
    int64_t seconds = 0;
    bool has_points = false;
    int64_t points_per_vote = 0;
    time_point started;
    /// Set when it is over, or locked.
    std::optional<time_point> ended;
    std::optional<time_point> locked;
  };

  using votes = std::map<std::string, std::vector<vote>, std::less<>>; // by channel, newest first

  http_answer list(const helix_call& call, votes& all);
  http_answer start_poll(const helix_call& call);
  http_answer end_poll(const helix_call& call);
  http_answer start_prediction(const helix_call& call);
  http_answer end_prediction(const helix_call& call);

  void bring_up_to_date(std::vector<vote>& all, bool are_polls, time_point now);
  needed<std::vector<choice>> read_choices(const helix_call& call, const char* name, size_t most);
  needed<vote*> find(const helix_call& call, votes& all);
  nlohmann::json to_json(const person& owner, const vote& what, bool is_poll);

  votes polls_;
  votes predictions_;

  helix_world& world_;
};

} // namespace creamery::simulator
