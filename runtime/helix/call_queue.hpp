#pragma once

#include "messages/helix/request.hpp"
#include "runtime/helix/rate_bucket.hpp"
#include "runtime/helix/transport.hpp"
#include "runtime/supervision/backoff.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace creamery::helix {

/// The calls of one account: their order, Twitch's rate limit, what is repeated and when, and when it is too late
/// (twitch-platform 4.1). Knows no clock, no token and no network.
///
/// A call that Twitch may have carried out is repeated only if that does no harm: sending a message twice would.
class call_queue {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;
  using call_id = uint64_t;

  struct options {
    /// Calls that may wait, or be under way.
    size_t capacity = 1'000;
    /// Calls that may be under way.
    size_t parallel = 8;
    /// Between two tries of one call.
    backoff::options retry{.first = std::chrono::milliseconds{500}, .cap = std::chrono::seconds{10}};
    /// So often a call is sent that finds Twitch broken.
    unsigned tries = 4;
  };

  call_queue(options o, uint64_t seed) : options_(o), seed_(seed) {
  }

  /// One more call; nothing: there are too many.
  std::optional<call_id> accept(request what, time_point now);

  /// The next call that may be sent now; nothing: none may. It is under way then, until one of the functions below.
  std::optional<call_id> next(time_point now);

  /// Those that have become too old without being sent, or while they waited to be repeated; they are forgotten.
  std::vector<std::pair<call_id, error>> expired(time_point now);

  /// When `next` or `expired` is to be asked again.
  time_point deadline(time_point now) const;

  /// A call that is waiting or under way.
  const request& of(call_id id) const;

  /// How long the call may still take.
  std::chrono::milliseconds left(call_id id, time_point now) const;

  /// What follows from an answer.
  struct verdict {
    /// The call is over, with this; nothing: it waits to be sent again.
    std::optional<answer> over;
    /// The token was refused, and has to be renewed before that.
    bool token_refused = false;
  };

  /// The answer to a call has come, or it is known that none will.
  verdict answered(call_id id, incoming what, time_point now, int64_t wall_now);

  /// There is no token for it: it is over.
  void drop(call_id id);

  size_t waiting() const noexcept {
    return calls_.size() - under_way_;
  }

  size_t under_way() const noexcept {
    return under_way_;
  }

private:
  /// Calls with different kinds of tokens, and messages to chat, have buckets of their own.
  static constexpr size_t buckets = 6;

  struct entry {
    call_id id;
    request what;
    time_point expires;
    /// Not before this.
    time_point ready;
    backoff wait;
    size_t bucket;
    unsigned tries = 0;
    bool under_way = false;
    /// It has had a second chance with another token.
    bool token_was_refused = false;
    /// Why it is waiting to be repeated.
    std::optional<error> last = {};
  };

  static size_t bucket_of(const request& what) noexcept;

  using position = std::list<entry>::iterator;

  /// It is under way no more.
  void release(entry& one);
  verdict finish(position one, answer with);
  verdict repeat(position one, error because, time_point now);
  position find(call_id id);

  options options_;
  uint64_t seed_;
  call_id last_id_ = 0;
  /// In the order in which they came.
  std::list<entry> calls_;
  std::map<call_id, position> by_id_;
  std::array<rate_bucket, buckets> limits_;
  std::array<size_t, buckets> in_bucket_{};
  size_t under_way_ = 0;
};

/// Whether it does no harm when it is carried out twice: reading, replacing and deleting.
bool may_repeat(const request& what) noexcept;

/// Path and query as they are sent, and the body, with the id of the token's user where the call wants it.
outgoing prepare(const request& what, const std::string& own_id);

} // namespace creamery::helix
