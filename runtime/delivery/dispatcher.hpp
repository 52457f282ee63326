#pragma once

#include "messages/chat_batch.hpp"
#include "messages/chat_message.hpp"
#include "messages/counters.hpp"
#include "runtime/delivery/delivery_queue.hpp"
#include "runtime/delivery/pacing.hpp"
#include "runtime/irc/duplicate_filter.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace creamery {

/// Decides which cogs get a line, and what for; holds their queues. The rules of a bot's router, without an actor.
class dispatcher {
public:
  using time_point = duplicate_filter::time_point;

  /// @param prefix what a command begins with; not empty.
  /// @param redundant every line is to come twice: one of the two connections may be far behind, and each hears what the bot
  /// says by the other one.
  explicit dispatcher(std::string prefix, delivery_queue::options queue = delivery_queue::options{},
                      bool redundant = false);

  /// A cog says what it wants and how far it is; a cog of that name that was there before is replaced, and gets what isn't
  /// done yet. Returns the commands that another cog has already: those stay with the other cog.
  std::vector<std::string> add(const cog_progress& cog, const cog_interest& interest);

  /// Whether every line is to come by two connections.
  bool is_redundant() const noexcept {
    return redundant_;
  }

  /// The bot's own login: what it says itself, seen through another connection of its account, is no command.
  void set_own_login(std::string login) {
    own_login_ = std::move(login);
  }

  /// Gives each line to the queues of those who want it. A batch that has come before, and whose sender wasn't told so, is
  /// passed over.
  void route(const chat_batch& batch, time_point now);

  /// Whether some cog's queue is so full that whoever sends lines is to wait a moment, see `pacing`.
  bool is_to_wait(time_point now);

  /// The queue of a cog; a null pointer: there is no such cog.
  delivery_queue* queue(const std::string& cog);

  const std::map<std::string, delivery_queue>& queues() const noexcept {
    return queues_;
  }

  const dispatch_counters& counters() const noexcept {
    return counters_;
  }

private:
  struct string_hash {
    using is_transparent = void;

    size_t operator()(std::string_view x) const noexcept {
      return std::hash<std::string_view>{}(x);
    }
  };

  struct target {
    std::string name;
    cog_interest interest;
    delivery_queue* queue;
    pacing pace;
    /// What this cog gets of the batch at hand; kept between batches for its capacity.
    std::vector<cog_line> lines;
  };

  struct command {
    size_t target;
    uint16_t index;
  };

  /// The command that a line calls and where its arguments begin; a null pointer: none.
  const command* find_command(const chat_message& message, uint16_t& arguments) const;
  void route_line(const irc_line& line, time_point now);
  void flush(const chat_batch& batch);

  std::string prefix_;
  delivery_queue::options queue_options_;
  bool redundant_;
  std::string own_login_;
  duplicate_filter duplicates_;
  /// The number of the latest batch of each connection.
  std::map<std::string, uint64_t> last_batches_;
  std::map<std::string, delivery_queue> queues_;
  std::vector<target> targets_;
  std::unordered_map<std::string, command, string_hash, std::equal_to<>> commands_;
  dispatch_counters counters_;
};

} // namespace creamery
