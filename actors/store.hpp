#pragma once

#include "actors/drain_promises.hpp"
#include "actors/interfaces.hpp"
#include "runtime/store/durable_store.hpp"
#include "runtime/supervision/kept_state.hpp"

#include <spdlog/logger.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace creamery {

/// The name under which the store keeps when the process before this one was there last, in milliseconds since 1970.
inline constexpr const char* last_life = "last life";

/// What is kept while the store's actors come and go.
struct store_memory {
  explicit store_memory(std::shared_ptr<durable_store> opened) : file(std::move(opened)) {
  }

  std::shared_ptr<durable_store> file;
  store_report counters;
  /// It is known when the process before this one ended.
  bool has_begun = false;
  /// It was told that messages are forgotten too early.
  bool has_forgotten = false;
};

/// Writes events and what cogs leave behind, many at a time: whatever is in its mailbox when the first one is taken is written in the
/// same transaction, and answered when that is on the disk.
class store_state {
public:
  static inline const char* name = "creamery.store";

  /// Most events of a bot that may wait for its cogs; more are refused, and Twitch sends them again, or they are counted as lost. Cogs
  /// that don't run aren't waited for beyond that.
  static constexpr uint64_t max_waiting = 100'000;

  /// @param cogs those of each bot. @param wall_clock what time it is, for people.
  store_state(store_actor::pointer self, std::vector<std::pair<std::string, std::vector<std::string>>> cogs,
              kept<store_memory> memory, int64_t (*wall_clock)(std::chrono::steady_clock::time_point));

  store_actor::behavior_type make_behavior();

private:
  /// A cog that waits for events.
  struct reader {
    std::string bot;
    std::string cog;
    uint64_t after;
    caf::typed_response_promise<std::vector<eventsub::event>> promise;
  };

  /// Somebody who says what is to be said for certain.
  struct speaker {
    std::vector<std::string> bots;
    uint64_t after;
    caf::typed_response_promise<std::vector<say>> promise;
  };

  caf::result<eventsub::receipt> add(const eventsub::arrivals& arrived);
  /// Too many events wait for the bot's cogs: those cogs that don't run get none of them.
  void make_room(const std::string& bot);
  /// Finds out how many events wait, which takes a while if they are many.
  void recount();
  caf::result<void> add(const std::vector<cog_outcome>& outcomes);
  caf::result<std::vector<say>> says(const std::vector<std::string>& bots, uint64_t after);
  std::vector<say> find_says(const std::vector<std::string>& bots, uint64_t after);
  caf::result<std::vector<eventsub::event>> read(const std::string& bot, const std::string& cog, uint64_t after);
  /// The answer to whoever waits for the end of the transaction.
  caf::result<void> when_written();
  /// Begins a transaction, unless one has begun; it ends when all that is in the mailbox by now has been looked at, or, if it isn't
  /// urgent, a moment later.
  void begin(bool is_urgent = true);
  void commit();
  /// Answers those whose events have come.
  void answer_readers();
  /// Answers those whose messages have.
  void answer_speakers();
  /// Tells in the log what went wrong with the file, if that is news.
  void note(const std::optional<failure>& why);
  int64_t now() const;

  store_actor::pointer self_;
  std::vector<std::pair<std::string, std::vector<std::string>>> cogs_;
  kept<store_memory> memory_;
  durable_store& file_;
  int64_t (*wall_clock_)(std::chrono::steady_clock::time_point);
  std::shared_ptr<spdlog::logger> log_;
  bool is_open_ = false;
  bool is_urgent_ = false;
  /// Counts them.
  uint64_t transaction_ = 0;
  /// There may be an answer for speakers once it is written.
  bool has_new_says_ = false;
  /// Events have been added in this transaction.
  bool has_fresh_ = false;
  /// When it was found out last how many events wait.
  std::chrono::steady_clock::time_point counted_at_{};
  /// How many events of each bot waited then or have come since, and how many this transaction adds.
  std::map<std::string, uint64_t> waiting_;
  std::map<std::string, uint64_t> fresh_;
  /// When each cog, by its bot and name, has been heard of last.
  std::map<std::pair<std::string, std::string>, std::chrono::steady_clock::time_point> heard_;
  std::vector<std::pair<caf::typed_response_promise<eventsub::receipt>, eventsub::receipt>> receipts_;
  /// Whoever waits for anything else to be on the disk, and how many outcomes are among that.
  std::vector<caf::typed_response_promise<void>> written_;
  uint64_t new_outcomes_ = 0;
  std::vector<reader> readers_;
  std::vector<speaker> speakers_;
  drain_promises drained_;
};

using store = caf::stateful_actor<store_state, store_actor::base>;

} // namespace creamery
