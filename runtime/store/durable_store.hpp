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
#include <string>
#include <string_view>
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
  static constexpr std::chrono::milliseconds message_memory = std::chrono::hours{1};
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

  /// Takes an event, and numbers it unless it was here before.
  /// @param key what makes it unique among those of its type; empty: nothing does. @param now milliseconds since 1970.
  arrival add(eventsub::event& what, std::string_view key, int64_t now);

  enum class verdict : uint8_t {
    written,
    /// It was before, or its event is done, or it is that of no cog.
    passed_over,
    /// The one before it isn't written yet, because that has failed: it has to be asked for again, in order.
    too_early,
  };

  /// Takes what a cog's handler has left behind.
  verdict add(const cog_outcome& what, int64_t now);

  /// Somebody has seen to it that this durable message is said, or has given it up.
  void forget_say(uint64_t number);

  /// Removes what nobody needs any more, a bounded number of rows at a time.
  /// @returns how many durable messages were among that: they had become too old, and nobody had said them.
  int64_t clean_up(int64_t now);

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

  /// The events of a bot behind this one, in order, at most so many.
  std::vector<eventsub::event> events(const std::string& bot, uint64_t after, size_t most);

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
  durable_store(std::unique_ptr<database> file, std::filesystem::path path, std::filesystem::path own_folder);

  std::filesystem::path file_;
  /// Removed at the end; empty: none.
  std::filesystem::path own_folder_;
  std::unique_ptr<database> database_;
  uint64_t last_number_ = 0;
  /// What it was when the transaction began.
  uint64_t first_number_ = 0;

  statement remember_message_;
  statement remember_key_;
  statement insert_event_;
  statement select_events_;
  statement select_cog_;
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
