#pragma once

#include "simulator/helix_channels.hpp"
#include "simulator/helix_chat.hpp"
#include "simulator/helix_eventsub.hpp"
#include "simulator/helix_moderation.hpp"
#include "simulator/helix_people.hpp"
#include "simulator/helix_polls.hpp"
#include "simulator/helix_raids.hpp"
#include "simulator/helix_rewards.hpp"
#include "simulator/helix_world.hpp"
#include "simulator/options.hpp"
#include "simulator/rate_bucket.hpp"

#include <map>
#include <string>
#include <utility>

namespace creamery::simulator {

/// Twitch's REST API (twitch-platform §4) without sockets and without a clock: tokens, clients, scopes and buckets are
/// looked at here, the rest is in one file for each group of endpoints.
class helix_api {
public:
  /// @param settings, chat, log outlive this.
  helix_api(const api_settings& settings, chat_server& chat, history& log);

  /// Answers `/helix/…`.
  http_answer answer(const http_request& request, time_point now);

  /// Does what is due.
  void tick(time_point now) {
    raids_.tick(now);
  }

  /// Settings have changed: every bucket is full and as large as they say.
  void forget_buckets() {
    buckets_.clear();
  }

  helix_world& world() noexcept {
    return world_;
  }

  const helix_world& world() const noexcept {
    return world_;
  }

  helix_rewards& rewards() noexcept {
    return rewards_;
  }

  helix_eventsub& eventsub() noexcept {
    return eventsub_;
  }

private:
  http_answer handle(const http_request& request, time_point now, rate_state& state);
  const helix_endpoint* find(const http_request& request) const;
  rate_bucket& bucket(const access_token& token, bool own, time_point now);

  const api_settings& settings_;
  helix_world world_;
  helix_people people_;
  helix_channels channels_;
  helix_chat chat_;
  helix_moderation moderation_;
  helix_raids raids_;
  helix_polls polls_;
  helix_rewards rewards_;
  helix_eventsub eventsub_;
  helix_table table_;
  std::map<std::string, rate_bucket, std::less<>> buckets_;
};

} // namespace creamery::simulator
