#pragma once

#include "simulator/eventsub_book.hpp"
#include "simulator/history.hpp"
#include "simulator/ids.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery::simulator {

/// One request to a callback.
struct webhook_post {
  /// Tells what became of it.
  uint64_t number = 0;
  std::string callback;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// What a callback has answered; status 0: nobody has.
struct webhook_reply {
  unsigned status = 0;
  std::string body;
};

/// How a message is spoilt on purpose.
struct webhook_faults {
  bool wrong_signature = false;
  /// It says that it is so old.
  duration age{};
};

/// EventSub over webhooks (twitch-platform §3.3): challenges, notifications and revocations, signed, and sent again until somebody
/// has answered with 2xx. How often Twitch does that, and when, nobody has written down: that is made up. Without sockets and
/// without a clock.
class webhook_sender {
public:
  struct options {
    /// Before a message is sent again; each time twice as long, up to the longest.
    duration retry = std::chrono::seconds{1};
    duration longest_retry = std::chrono::seconds{30};
    /// So often at most.
    unsigned attempts = 10;
    /// A subscription whose messages failed so often in a row is ended.
    unsigned failures = 5;
  };

  /// @param book, log outlive this.
  webhook_sender(eventsub_book& book, history& log);

  /// Whom requests are given to, which may answer at once or later.
  void post_with(std::function<void(webhook_post)> post) {
    post_ = std::move(post);
  }

  void set(const options& changed) {
    options_ = changed;
  }

  /// Sends a notification. @param id the message's.
  void notify(const eventsub_subscription& to, const std::string& id, const nlohmann::json& event,
              const webhook_faults& faults, time_point now);

  /// Ends a subscription with this status, and says so.
  void revoke(eventsub_subscription& what, std::string_view status, time_point now);

  void answered(uint64_t number, const webhook_reply& reply, time_point now);

  /// Asks new callbacks for their answer, and sends again what is due. To be called several times a second.
  void tick(time_point now);

  struct counters {
    uint64_t posts = 0;
    uint64_t repetitions = 0;
    /// Messages that were answered with 2xx, and those that were given up.
    uint64_t acknowledged = 0;
    uint64_t given_up = 0;
    uint64_t verified = 0;
    uint64_t not_verified = 0;
    uint64_t revocations = 0;
  };

  const counters& count() const noexcept {
    return counters_;
  }

  /// Messages that nobody has taken yet.
  size_t waiting() const noexcept {
    return messages_.size();
  }

private:
  struct message {
    std::string subscription;
    std::string callback;
    std::string id;
    std::string type;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    /// What a challenge has to be answered with.
    std::string challenge;
    unsigned attempts = 0;
    bool is_under_way = false;
    time_point due;
  };

  void send(const eventsub_subscription& to, std::string_view type, const std::string& id, const nlohmann::json& body,
            const webhook_faults& faults, std::string challenge, time_point now);
  void post(uint64_t number, message& what);
  void on_challenge(const message& what, const webhook_reply& reply, time_point now);
  void give_up(const message& what, time_point now);
  eventsub_subscription* find(const std::string& id);

  eventsub_book& book_;
  history& log_;
  options options_;
  std::function<void(webhook_post)> post_;
  id_source ids_;
  uint64_t next_id_ = 1;
  uint64_t next_number_ = 1;
  /// By the numbers of their posts.
  std::map<uint64_t, message> messages_;
  /// Subscriptions that were asked already.
  std::set<std::string> asked_;
  /// Messages that failed in a row, by subscription.
  std::map<std::string, unsigned> failures_;
  counters counters_;
};

/// "sha256=…" over the message's id, time and body (§3.3).
std::string webhook_signature(std::string_view secret, std::string_view id, std::string_view timestamp,
                              std::string_view body);

} // namespace creamery::simulator
