#pragma once

#include "messages/helix/calls.hpp"
#include "runtime/supervision/backoff.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace creamery::eventsub {

/// What is to be done next about a conduit; one thing at a time.
namespace conduit_step {

/// Get the application's conduits.
struct list {};

struct make {
  size_t shards;
};

struct resize {
  std::string id;
  size_t shards;
};

/// Write down that this is ours, so that it is found again after a restart.
struct remember {
  std::string id;
};

/// Attach this session to the shard of this number.
struct attach {
  std::string id;
  size_t shard;
  std::string session;
};

/// Get the conduit's shards, or what comes behind this cursor.
struct look {
  std::string id;
  std::string after;
};

using any = std::variant<list, make, resize, remember, attach, look>;

} // namespace conduit_step

/// A conduit, and which sessions its shards are attached to (twitch-platform 3.6): it is found among those of the application, or made, and
/// brought to the wanted number of shards; a shard whose session has changed, or that Twitch has disabled, is attached anew. What
/// Twitch says of the shards is looked at every now and then: somebody else may have attached one, or deleted the conduit. No socket,
/// no clock: it is told what happened and what time it is, and says what to do.
class conduit {
public:
  using clock = std::chrono::steady_clock;
  using time_point = clock::time_point;

  struct options {
    /// The one to use, which is left as it is but for more shards if it has too few; empty: one of our own.
    std::string adopted;
    /// How many of them are ours, counted from 0.
    size_t shards = 1;
    /// Between two looks at the shards.
    clock::duration look_every = std::chrono::minutes{30};
    /// After a failure that people may have to mend.
    clock::duration ask_again = std::chrono::minutes{30};
    /// After others.
    backoff::options retry{.first = std::chrono::seconds{1}, .cap = std::chrono::minutes{5}};
  };

  /// @param remembered the id of our own from an earlier life; empty: none is known.
  conduit(options o, std::string remembered, uint64_t seed);

  /// What is to be done now. It is under way until its answer is told, and nothing else is asked for.
  std::optional<conduit_step::any> next(time_point now);

  /// When to call `next` again.
  time_point deadline() const;

  // -- what came of it -----------------------------------------------------------------------------------------------------

  void listed(const helix::outcome<std::vector<helix::conduit>>& found, time_point now);

  /// It was made, or has another number of shards.
  void made(const helix::outcome<helix::conduit>& one, time_point now);

  void remembered(bool is_written, time_point now);

  /// @returns whether the session that was asked for is attached.
  bool attached(const helix::outcome<std::vector<helix::conduit_shard>>& answer, time_point now);

  void seen(const helix::outcome<helix::page<helix::conduit_shard>>& page, time_point now);

  // -- sessions ------------------------------------------------------------------------------------------------------------

  /// The shard's session is this one now. @param number less than `options::shards`.
  void use(size_t number, std::string session, time_point now);

  /// Twitch has disabled a shard, which needs not be one of ours.
  void disabled(const std::string& id, const std::string& shard, time_point now);

  // -- how it stands -------------------------------------------------------------------------------------------------------

  /// Empty: it isn't known yet, or not any more.
  const std::string& id() const noexcept {
    return id_;
  }

  /// Why it doesn't go on, for people; empty: it does.
  const std::string& problem() const noexcept {
    return problem_;
  }

  /// How many shards are attached.
  size_t attached() const noexcept;

private:
  struct shard {
    std::string session;
    /// Twitch knows it.
    bool is_attached = false;
    time_point due{};
    /// The look that is under way has found it as it should be.
    bool is_confirmed = false;
  };

  /// What is to be done before shards can be attached.
  enum class stage : uint8_t { find, make, resize, remember, ready };

  void take(const helix::conduit& one, time_point now);
  /// It was deleted: by somebody, or because nobody was attached for three days.
  void lose(time_point again);
  void fail(const helix::error& why, time_point now);

  options options_;
  std::string remembered_;
  backoff retry_;
  stage stage_ = stage::find;
  std::string id_;
  /// The one that is to be resized or remembered.
  helix::conduit found_;
  std::vector<shard> shards_;
  /// The shard that is being attached, and its session.
  size_t asked_shard_ = 0;
  std::string asked_session_;
  /// When the shards are looked at, and how far they have been.
  time_point look_at_{};
  std::string looked_to_;
  bool is_asking_ = false;
  time_point due_{};
  std::string problem_;
};

} // namespace creamery::eventsub
