#pragma once

#include "messages/helix/calls.hpp"
#include "runtime/supervision/backoff.hpp"

#include <caf/local_actor.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace creamery {

/// Ids of users by their logins; under the empty one, that of the token's own user.
using user_ids = std::map<std::string, std::string>;

/// Finds out the ids of users, a hundred at a time. Those that Twitch doesn't know hold up no others, and are asked for again with
/// growing pauses: one may have been renamed, or be back. A part of the actor that owns it, which calls `run` whenever it has been
/// woken up.
class user_lookup {
public:
  using clock = std::chrono::steady_clock;

  /// What it needs of its owner.
  struct hooks {
    /// Makes a call, and hands on its answer, whatever that is.
    std::function<void(helix::request, std::function<void(const helix::answer&)>)> call;
    /// More are known than before, and it is not worth while to wait for the others.
    std::function<void()> on_known;
    /// Not all are known, and they will be asked for again: why, for people.
    std::function<void(const std::string&)> on_delay;
  };

  /// @param names logins, and the empty one for the token's own user. @param ids, @param again outlive this.
  user_lookup(caf::local_actor* self, std::vector<std::string> names, user_ids& ids, backoff& again, hooks owner);

  /// Begins, when the owner can be told things.
  void start();

  /// Does what is due.
  void run();

  /// Somebody has granted something, perhaps the token that was missing: asks again at once.
  void on_grant();

  /// When to call `run` at the latest.
  clock::time_point deadline() const;

private:
  /// Asks for those that nothing is known of yet.
  void ask();
  void on_answer(const std::vector<std::string>& names, const helix::outcome<std::vector<helix::user>>& users);
  void tell_known();
  void delay(const std::string& why);

  caf::local_actor* self_;
  std::vector<std::string> names_;
  user_ids& ids_;
  backoff& again_;
  hooks owner_;
  /// More is known than was told.
  bool has_news_ = true;
  /// Those that Twitch doesn't know.
  std::set<std::string> strangers_;
  /// When to ask again; nothing: everybody is known, or being asked for.
  std::optional<clock::time_point> ask_at_;
};

} // namespace creamery
