#pragma once

#include "simulator/helix_world.hpp"

#include <map>
#include <set>
#include <string>

namespace creamery::simulator {

/// Helix: what is said in chat and to people, who is there, and how chat is set.
class helix_chat {
public:
  /// @param world outlives this.
  explicit helix_chat(helix_world& world) : world_(world) {
  }

  void add_to(helix_table& table);

private:
  http_answer send(const helix_call& call);
  refusal judge_sender(const helix_call& call, const room& where, const account& sender);
  http_answer announce(const helix_call& call);
  http_answer shout_out(const helix_call& call);
  http_answer chatters(const helix_call& call);
  http_answer settings(const helix_call& call);
  http_answer change_settings(const helix_call& call);
  http_answer whisper(const helix_call& call);
  nlohmann::json settings_json(const room& where, const account* moderator);

  /// Non-moderators see lines later; here that is only remembered.
  struct chat_delay {
    bool on = false;
    int64_t seconds = 2;
  };

  /// What an account whispered lately.
  struct whispers {
    attempt_window second;
    attempt_window minute;
    attempt_window recipients;
    std::set<std::string, std::less<>> known;
  };

  std::map<std::string, chat_delay, std::less<>> delays_;
  std::map<std::string, time_point, std::less<>> announced_;  // by channel
  std::map<std::string, time_point, std::less<>> shouted_;    // by channel
  std::map<std::string, time_point, std::less<>> shouted_at_; // by channel and target
  std::map<std::string, whispers, std::less<>> whispered_;

  helix_world& world_;
};

} // namespace creamery::simulator
