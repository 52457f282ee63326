#pragma once

#include "messages/cog_outcome.hpp"
#include "messages/eventsub/event.hpp"
#include "messages/result.hpp"
#include "runtime/store/database.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

namespace creamery {

/// What must be there again after a `kill -9`: events that cogs haven't handled, what cogs have stored, and what they want said for
/// certain (DESIGN 5). An SQLite file, written in transactions: what was done since `begin` is on the disk once `commit` has
/// returned nothing, and hasn't happened otherwise.
///
/// Each cog handles the events of its bot in the order in which they came, so how far it is, is one number.
class durable_store {
public:
  /// For how long the ids of messages are remembered; Twitch sends nothing again that is older than ten minutes (twitch-platform 3.3).
  static constexpr std::chrono::milliseconds message_memory = std::chrono::minutes{30};
  /// How many of them at most, though that be less: some 100 MB.
  static constexpr size_t max_messages = 1'000'000;
  /// … and what makes an event unique under whatever id.
  static constexpr std::chrono::milliseconds key_memory = std::chrono::hours{24};

  /// @param folder where its file is, or is made; empty: in one of its own, which goes with it.
  static result<std::unique_ptr<durable_store>> open(const std::filesystem::path& folder);

  ~durable_store();

  /// The file, for those who read.
  const std::filesystem::path& file() const noexcept {
    return file_;
  }

  void begin();

  /// @returns why nothing was written since `begin`. Numbers that were given out since then are given out again.
  std::optional<failure> commit();

  /// Ends a transaction that somebody has left open, as if it had never been.
  void roll_back();

  // -- within a transaction ------------------------------------------------------------------------------------------------

  enum class arrival : uint8_t {
    fresh,
    /// It was here before: the message, or the event under another message's id.
    same_message,
    same_event,
  };

  /// Takes an event, and numbers it, whatever its number says, unless it was here before.
  /// @param key what makes it unique among those of its type; empty: nothing does. @param now milliseconds since 1970.
  arrival add(const eventsub::event& what, std::string_view key, int64_t now);

  enum class verdict : uint8_t {
    written,
    /// It was before, or its event is done, or it is that of no cog.
    passed_over,
    /// The one before it isn't written yet, because that has failed: it has to be asked for again, in order.
    too_early,
  };

  /// Takes what handlers of one cog have left behind, in order; with the first that comes too early it ends.
  verdict add(std::span<const cog_outcome> all, int64_t now);

  /// Somebody has seen to it that this durable message is said, or has given it up.
  void forget_say(uint64_t number);

  struct cleaning {
    /// How many durable messages were removed: they had become too old, and nobody had said them.
    int64_t says = 0;
    /// How many messages aren't known any more though Twitch may send them again: more than `max_messages` have come in ten minutes.
    int64_t early = 0;
    /// There may be more to remove.
    bool has_more = false;
  };

  /// Removes what nobody needs any more, a bounded number of rows at a time.
  cleaning clean_up(int64_t now);

  void set(std::string_view setting, std::string_view value);

  // -- at any time ---------------------------------------------------------------------------------------------------------

  struct position {
    /// The last event that is done.
    uint64_t done = 0;
    /// How many were poisoned so far.
    uint64_t poisoned = 0;
  };

  /// These are the cogs of all bots from now on. New ones begin with the next event; others don't hold up events any more. In a
  /// transaction.
  void set_cogs(const std::vector<std::pair<std::string, std::vector<std::string>>>& cogs_of_bots);

  position find(const std::string& bot, const std::string& cog);

  /// The events of a bot behind this one that are on the disk, in order, at most so many.
  std::vector<eventsub::event> events(const std::string& bot, uint64_t after, size_t most);

  /// From now on this cog isn't waited for, or is again; in memory only. @returns whether that is a change.
  bool set_idle(const std::string& bot, const std::string& cog, bool is_idle);

  bool is_idle(const std::string& bot, const std::string& cog) const {
    return idle_.contains({bot, cog});
  }

  /// How many events some cog hasn't handled yet, by bot.
  std::map<std::string, uint64_t> waiting();

  /// The cog is not to be waited for: it goes on with the next event. In a transaction. @returns how many it doesn't handle now.
  uint64_t skip(const std::string& bot, const std::string& cog);

  /// What this bot is to say for certain behind this number (`say::durable`), in order, at most so many; how long each may still wait
  /// is worked out for this moment.
  std::vector<say> says(const std::string& bot, uint64_t after, size_t most, int64_t now);

  /// @returns an empty text if it was never set.
  result<std::string> get(std::string_view setting);

private:
  /// The last event of each bot that all of its cogs are done with.
  std::map<std::string, uint64_t> done_by_all();

  durable_store(std::unique_ptr<database> file, std::filesystem::path path, std::filesystem::path own_folder);

  std::filesystem::path file_;
  /// Removed at the end; empty: none.
  std::filesystem::path own_folder_;
  std::unique_ptr<database> database_;
  uint64_t last_number_ = 0;
  /// What it was when the transaction began.
  uint64_t first_number_ = 0;
  bool is_in_transaction_ = false;
  /// Cogs that aren't waited for, by their bots.
  std::set<std::pair<std::string, std::string>> idle_;
  /// Events of others aren't kept.
  std::set<std::string> bots_with_cogs_;
  /// The ids in the file, with their bots; those that this transaction has added, and those that it has removed.
  std::unordered_set<std::string> messages_;
  std::vector<const std::string*> new_messages_;
  std::vector<std::string> forgotten_;
  /// Up to which number the events of a bot have been removed.
  std::map<std::string, uint64_t> removed_to_;

  statement begin_;
  statement commit_;
  statement set_last_number_;
  statement remember_message_;
  statement remember_key_;
  statement insert_event_;
  statement select_events_;
  statement select_cog_;
  statement select_cogs_;
  statement count_waiting_;
  statement remove_events_;
  statement update_cog_;
  statement put_value_;
  statement remove_value_;
  statement insert_say_;
};

/// Reads what a cog has stored; beside the one who writes, for one thread at a time.
class value_reader {
public:
  static result<std::unique_ptr<value_reader>> open(const std::filesystem::path& file);

  std::optional<std::string> get(const std::string& bot, const std::string& cog, std::string_view space,
                                 std::string_view key);

  /// Keys with this prefix, and their values, in order, at most so many.
  std::vector<std::pair<std::string, std::string>> list(const std::string& bot, const std::string& cog,
                                                        std::string_view space, std::string_view prefix, size_t most);

  /// Why one of these has failed.
  std::optional<failure> problem() {
    return database_->problem();
  }

private:
  explicit value_reader(std::unique_ptr<database> file);

  std::unique_ptr<database> database_;
  statement get_;
  statement list_;
};

} // namespace creamery
