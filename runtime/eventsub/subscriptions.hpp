#pragma once

#include "messages/eventsub/subscription_types.hpp"
#include "messages/helix/request.hpp"
#include "messages/helix/types.hpp"
#include "runtime/eventsub/frame.hpp"
#include "runtime/supervision/backoff.hpp"
#include "runtime/supervision/refusal_pause.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace creamery::eventsub {

/// One subscription that somebody wants.
struct wanted_subscription {
  const subscription_type* type = nullptr;
  condition about;
  /// The channel's name, for people.
  std::string channel;

  friend bool operator==(const wanted_subscription&, const wanted_subscription&) = default;
};

/// Twitch's limit for one WebSocket (twitch-platform 3.4).
inline constexpr size_t subscriptions_on_session = 300;

/// "channel.follow 2 in #ann", for people.
std::string to_string(const wanted_subscription& x);

class subscriptions;

/// How they stand, as a table for people: a line for each type and what became of it, with the command that helps.
/// @param bot for the command.
std::string describe(const subscriptions& all, const std::string& bot);

/// The subscriptions of one transport: which are wanted, which there are, which Twitch refuses and why (twitch-platform 3.7). No
/// socket, no clock: it is told what Twitch has answered, and says what is to be asked.
class subscriptions {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  struct options {
    /// Calls that are made at the same time.
    size_t at_once = 4;
    /// Before a call is repeated that has failed without Twitch's saying why.
    backoff::options retry{.first = std::chrono::seconds{1}, .cap = std::chrono::minutes{2}};
    /// Before Twitch is asked again for what it has refused: a scope may be granted, a ban be lifted.
    refusal_pause::options again{};
    /// How long Twitch may take to find out whether a callback is there.
    clock::duration verification = std::chrono::seconds{30};
    /// After "too many": old ones count for some time after their sockets are gone.
    clock::duration too_many = std::chrono::seconds{20};
    /// For so long after a session was begun, the one before it may still be counted.
    clock::duration old_counts = std::chrono::minutes{1};
  };

  enum class state : uint8_t {
    /// It is to be asked for.
    missing,
    /// It has been asked for.
    asked,
    enabled,
    /// Twitch has yet to find out whether the callback is there.
    unverified,
    /// Twitch doesn't allow it.
    refused,
    /// Twitch has ended it.
    revoked,
  };

  struct entry {
    wanted_subscription what;
    state is = state::missing;
    /// Twitch's id, if it is enabled.
    std::string id = {};
    /// Why it isn't, in words that help.
    std::string why = {};
    /// When it is asked for (again).
    time_point due{};
    /// It needs somebody's grant.
    bool needs_grant = false;

    /// Twitch has it, or will have it if all goes well.
    bool is_there() const noexcept {
      return is == state::asked || is == state::enabled || is == state::unverified;
    }
  };

  subscriptions(options o, uint64_t seed) : options_(o), retry_(o.retry, seed), again_(o.again) {
  }

  /// These are wanted from now on. @returns the ids of those that are enabled and aren't wanted any more.
  std::vector<std::string> want(std::vector<wanted_subscription> all, time_point now);

  /// The transport is a new one: none of them is there any more.
  void begin(time_point now);

  /// There is no transport: nothing is to be asked.
  void end();

  /// Somebody has granted something, perhaps what was missing: what Twitch has refused is asked for again.
  void granted(time_point now);

  /// Whoever has asked isn't there any more to hear the answers: what was asked for is asked for again.
  void forget_questions();

  /// Whether a transport would be of use: something is there, or is to be asked for now.
  bool is_useful(time_point now) const;

  /// When that may change by itself.
  time_point useful_at() const;

  /// Which are to be asked for now, by their places in `entries`.
  std::vector<size_t> next(time_point now);

  /// When to call `next` again; `time_point::max()`: only after something has happened.
  time_point deadline() const;

  /// What an answer means for the transport.
  enum class meaning : uint8_t {
    nothing,
    /// Twitch knows no such session: unless the session has moved meanwhile, it is of no use.
    transport_is_unknown,
    /// Twitch counts more sessions of this user than it allows, perhaps some that aren't there any more (`options::too_many`).
    too_many_transports,
  };

  /// Twitch has answered. @param round what `round()` was when it was asked.
  meaning answered(size_t place, uint64_t round, const helix::answer& answer, time_point now);

  /// Twitch has found the callback of this one.
  void verified(const std::string& id);

  /// Compares with Twitch's own list of all that there is over this transport: what isn't there any more is asked for again, what is
  /// there already is not asked for. @returns the ids of those that are of no use.
  std::vector<std::string> compare(const std::vector<helix::subscription>& listed, time_point now);

  /// Twitch has ended one. @returns it, if it was one of ours.
  const entry* revoked(const named_subscription& what, time_point now);

  /// How long to wait after `meaning::too_many_transports`.
  clock::duration wait_after_too_many() const noexcept {
    return options_.too_many;
  }

  /// Counts the transports that there have been.
  uint64_t round() const noexcept {
    return round_;
  }

  const std::vector<entry>& entries() const noexcept {
    return entries_;
  }

  size_t count(state is) const;

  /// Whether Twitch has answered to all of them.
  bool settled() const;

private:
  /// When a subscription is asked for again that Twitch has ended with this status.
  time_point after_end(const std::string& status, time_point now);
  /// When to ask again after "too many".
  time_point after_excess(time_point now) const;
  static void refuse(entry& one, std::string why, time_point due);
  void compare(entry& one, const helix::subscription* listed, time_point now);

  options options_;
  backoff retry_;
  refusal_pause again_;
  std::vector<entry> entries_;
  bool has_transport_ = false;
  time_point begun_{};
  uint64_t round_ = 0;
  size_t asked_ = 0;
  /// Verified before Twitch's answer to the question was here.
  std::set<std::string> early_;
};

} // namespace creamery::eventsub
