#include "runtime/store/durable_store.hpp"

#include "runtime/store/files.hpp"

#include <algorithm>
#include <cstdlib>
#include <system_error>

namespace creamery {

namespace {

/// Each makes the file's form out of the one before. What has been released is never changed.
constexpr const char* forms[] = {
  R"(
    -- What came and isn't done yet.
    CREATE TABLE event (
      number INTEGER PRIMARY KEY, bot TEXT NOT NULL, message_id TEXT NOT NULL, type TEXT NOT NULL, version TEXT NOT NULL,
      subscription_id TEXT NOT NULL, sent_at TEXT NOT NULL, json TEXT NOT NULL);
    -- What came at all; numbered in that order, so that the oldest are found without an index.
    CREATE TABLE seen_message (number INTEGER PRIMARY KEY, bot TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (bot, id));
    CREATE TABLE seen_key (number INTEGER PRIMARY KEY, bot TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL, UNIQUE (bot, id));
    -- How far each cog is.
    CREATE TABLE cog (
      bot TEXT NOT NULL, name TEXT NOT NULL, done INTEGER NOT NULL, poisoned INTEGER NOT NULL DEFAULT 0,
      numbering INTEGER NOT NULL DEFAULT 0, outcome INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (bot, name)) WITHOUT ROWID;
    -- What cogs have stored.
    CREATE TABLE value (
      bot TEXT NOT NULL, cog TEXT NOT NULL, space TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (bot, cog, space, key)) WITHOUT ROWID;
    -- What is to be said for certain.
    CREATE TABLE say (
      id INTEGER PRIMARY KEY AUTOINCREMENT, bot TEXT NOT NULL, cog TEXT NOT NULL, channel TEXT NOT NULL, text TEXT NOT NULL,
      reply_to TEXT NOT NULL, promise INTEGER NOT NULL, max_age_ms INTEGER NOT NULL, said_at INTEGER NOT NULL);
    CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    -- Numbers go on where they were, though the rows are gone.
    INSERT INTO setting VALUES ('last event', '0');
  )",
  R"(
    -- Ids are looked up in memory: an index over them would have a page of its own written for nearly every event.
    CREATE TABLE message (number INTEGER PRIMARY KEY, bot TEXT NOT NULL, id TEXT NOT NULL, at INTEGER NOT NULL);
    INSERT INTO message SELECT number, bot, id, at FROM seen_message ORDER BY number;
    DROP TABLE seen_message;
  )",
};

/// How long whoever says a durable message has to tell that it has become too old.
constexpr std::chrono::milliseconds say_memory = std::chrono::minutes{1};

/// Twitch sends what is younger again.
constexpr std::chrono::milliseconds needed_memory = std::chrono::minutes{10};

/// How many rows `clean_up` removes of each kind at once.
constexpr int64_t clean_up_rows = 500;

/// Under which a message is remembered.
std::string key_of(std::string_view bot, std::string_view id) {
  std::string key{bot};
  key += ' ';
  key += id;
  return key;
}

eventsub::event event_of(const statement& row) {
  eventsub::event x;
  x.number = static_cast<uint64_t>(row.number(0));
  x.bot = row.text(1);
  x.message_id = row.text(2);
  x.type = row.text(3);
  x.version = row.text(4);
  x.subscription_id = row.text(5);
  x.sent_at = row.text(6);
  x.json = row.text(7);
  return x;
}

} // namespace

result<std::unique_ptr<durable_store>> durable_store::open(const std::filesystem::path& folder) {
  auto own = std::string{};
  auto place = folder;
  if (place.empty()) {
    own = (std::filesystem::temp_directory_path() / "creamery-XXXXXX").string();
    if (::mkdtemp(own.data()) == nullptr)
      return failure{own, std::error_code{errno, std::generic_category()}.message()};
    place = own;
  }
  auto path = place / store_files::events;
  auto file = database::open(path, database::use::write, forms);
  if (!file)
    return file.error();
  std::unique_ptr<durable_store> store{new durable_store(std::move(*file), path, own)};
  if (auto why = store->database_->problem())
    return *why;
  return store;
}

durable_store::durable_store(std::unique_ptr<database> file, std::filesystem::path path,
                             std::filesystem::path own_folder)
  : file_(std::move(path)),
    own_folder_(std::move(own_folder)),
    database_(std::move(file)),
    begin_(database_->prepare("BEGIN IMMEDIATE")),
    commit_(database_->prepare("COMMIT")),
    set_last_number_(database_->prepare("INSERT OR REPLACE INTO setting VALUES ('last event', ?)")),
    remember_message_(database_->prepare("INSERT INTO message (bot, id, at) VALUES (?, ?, ?)")),
    remember_key_(database_->prepare("INSERT OR IGNORE INTO seen_key (bot, id, at) VALUES (?, ?, ?)")),
    insert_event_(database_->prepare("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?)")),
    select_events_(
      database_->prepare("SELECT number, bot, message_id, type, version, subscription_id, sent_at, json "
                         "FROM event WHERE number > ? AND number <= ? AND bot = ? ORDER BY number LIMIT ?")),
    select_cog_(database_->prepare("SELECT done, poisoned, numbering, outcome FROM cog WHERE bot = ? AND name = ?")),
    select_cogs_(database_->prepare("SELECT bot, name, done FROM cog")),
    count_waiting_(database_->prepare("SELECT count(*) FROM event WHERE number > ? AND bot = ?")),
    remove_events_(database_->prepare(
      "DELETE FROM event WHERE number IN (SELECT number FROM event WHERE number > ? AND number <= ? AND bot = ? "
      "ORDER BY number LIMIT ?)")),
    update_cog_(database_->prepare(
      "UPDATE cog SET done = ?, poisoned = ?, numbering = ?, outcome = ? WHERE bot = ? AND name = ?")),
    put_value_(database_->prepare("INSERT OR REPLACE INTO value VALUES (?, ?, ?, ?, ?)")),
    remove_value_(database_->prepare("DELETE FROM value WHERE bot = ? AND cog = ? AND space = ? AND key = ?")),
    insert_say_(database_->prepare("INSERT INTO say (bot, cog, channel, text, reply_to, promise, max_age_ms, said_at) "
                                   "VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
  roll_back();
  for (const auto& [bot, done] : done_by_all())
    bots_with_cogs_.insert(bot);
  for (auto known = database_->prepare("SELECT bot, id FROM message"); known.step();)
    messages_.insert(key_of(known.text(0), known.text(1)));
}

durable_store::~durable_store() {
  if (own_folder_.empty())
    return;
  std::error_code ignored; // what is left in a folder for temporary files does no harm
  std::filesystem::remove_all(own_folder_, ignored);
}

void durable_store::begin() {
  first_number_ = last_number_;
  new_messages_.clear();
  is_in_transaction_ = true;
  begin_.run();
}

std::optional<failure> durable_store::commit() {
  if (last_number_ != first_number_)
    set_last_number_.bind(std::to_string(last_number_)).run();
  commit_.run();
  is_in_transaction_ = false;
  auto why = database_->problem();
  if (why) {
    roll_back();
    return why;
  }
  new_messages_.clear(); // they are known whatever is rolled back later
  for (const auto& id : std::exchange(forgotten_, {}))
    messages_.erase(id);
  return why;
}

void durable_store::roll_back() {
  is_in_transaction_ = false;
  removed_to_.clear();
  forgotten_.clear();
  for (const auto* id : std::exchange(new_messages_, {}))
    messages_.erase(messages_.find(*id));
  database_->run("ROLLBACK");
  database_->problem(); // there may be none: it never began, or SQLite has ended it by itself
  if (auto last = get("last event"))
    last_number_ = std::strtoull(last->c_str(), nullptr, 10);
}

durable_store::arrival durable_store::add(const eventsub::event& what, std::string_view key, int64_t now) {
  auto [id, is_new] = messages_.insert(key_of(what.bot, what.message_id));
  if (!is_new)
    return arrival::same_message;
  new_messages_.push_back(&*id);
  remember_message_.bind(what.bot, what.message_id, now).run();
  if (!key.empty()) {
    auto whole = what.type + " " + what.version + " " + std::string{key};
    remember_key_.bind(what.bot, whole, now).run();
    if (database_->changed() == 0)
      return arrival::same_event;
  }
  ++last_number_;
  if (!bots_with_cogs_.contains(what.bot))
    return arrival::fresh; // nobody will ask for it
  insert_event_
    .bind(last_number_, what.bot, what.message_id, what.type, what.version, what.subscription_id, what.sent_at,
          what.json)
    .run();
  return arrival::fresh;
}

durable_store::verdict durable_store::add(std::span<const cog_outcome> all, int64_t now) {
  if (all.empty())
    return verdict::passed_over;
  const auto& bot = all.front().bot;
  const auto& cog = all.front().cog;
  select_cog_.bind(bot, cog);
  if (!select_cog_.step()) {
    select_cog_.reset();
    return verdict::passed_over; // it is no cog of the bot any more
  }
  auto done = static_cast<uint64_t>(select_cog_.number(0));
  auto poisoned = static_cast<uint64_t>(select_cog_.number(1));
  auto numbering = static_cast<uint64_t>(select_cog_.number(2));
  auto last = static_cast<uint64_t>(select_cog_.number(3));
  select_cog_.reset();
  auto found = verdict::passed_over;
  auto has_news = false;
  for (const auto& what : all) {
    if (std::exchange(numbering, what.numbering) != what.numbering)
      last = 0; // of another process, or life
    if (what.number <= last)
      continue;
    if (what.number != last + 1) {
      found = verdict::too_early;
      break;
    }
    last = what.number;
    has_news = true;
    if (what.event != 0 && what.event <= done)
      continue; // it is late
    done = std::max(done, what.event);
    poisoned += what.is_poisoned ? 1 : 0;
    found = verdict::written;
    for (const auto& change : what.changes)
      if (change.value)
        put_value_.bind(bot, cog, change.space, change.key, *change.value).run();
      else
        remove_value_.bind(bot, cog, change.space, change.key).run();
    for (const auto& one : what.says)
      insert_say_
        .bind(one.bot, one.cog, one.channel, one.text, one.reply_to, static_cast<int64_t>(one.promise),
              static_cast<int64_t>(one.max_age_ms), now)
        .run();
  }
  if (has_news)
    update_cog_.bind(done, poisoned, numbering, last, bot, cog).run();
  return found;
}

void durable_store::forget_say(uint64_t number) {
  database_->prepare("DELETE FROM say WHERE id = ?").bind(number).run();
}

durable_store::cleaning durable_store::clean_up(int64_t now) {
  cleaning found;
  auto count = [&] {
    found.has_more = found.has_more || database_->changed() >= clean_up_rows;
    return database_->changed();
  };
  for (const auto& [bot, cog] : idle_) // so that these events aren't waited for after a restart, either
    database_->prepare("UPDATE cog SET done = ?1 WHERE bot = ?2 AND name = ?3 AND done < ?1")
      .bind(last_number_, bot, cog)
      .run();
  for (const auto& [bot, done] : done_by_all()) {
    auto& from = removed_to_[bot];
    remove_events_.bind(from, done, bot, clean_up_rows).run();
    if (count() < clean_up_rows)
      from = done;
  }
  // The oldest have the lowest numbers.
  const auto is_full = messages_.size() > max_messages;
  auto limit = is_full ? INT64_MAX : now - message_memory.count();
  auto old =
    database_->prepare("DELETE FROM message WHERE number IN (SELECT number FROM message ORDER BY number LIMIT ?) "
                       "AND at < ? RETURNING bot, id, at");
  for (old.bind(clean_up_rows, limit); old.step();) {
    forgotten_.push_back(key_of(old.text(0), old.text(1)));
    found.early += now - old.number(2) < needed_memory.count() ? 1 : 0;
  }
  old.reset();
  count();
  database_
    ->prepare("DELETE FROM seen_key WHERE number IN (SELECT number FROM seen_key ORDER BY number LIMIT ?) AND at < ?")
    .bind(clean_up_rows, now - key_memory.count())
    .run();
  count();
  // Whoever says them has told of those that became too old there, a while ago.
  database_
    ->prepare("DELETE FROM say WHERE id IN (SELECT id FROM say ORDER BY id LIMIT ?) AND said_at + max_age_ms < ?")
    .bind(clean_up_rows, now - say_memory.count())
    .run();
  found.says = count();
  return found;
}

std::map<std::string, uint64_t> durable_store::done_by_all() {
  std::map<std::string, uint64_t> found;
  while (select_cogs_.step()) {
    std::pair cog{std::string{select_cogs_.text(0)}, std::string{select_cogs_.text(1)}};
    const auto is_idle = idle_.contains(cog);
    auto& slowest = found.try_emplace(std::move(cog.first), last_number_).first->second;
    if (!is_idle)
      slowest = std::min(slowest, static_cast<uint64_t>(select_cogs_.number(2)));
  }
  select_cogs_.reset();
  return found;
}

bool durable_store::set_idle(const std::string& bot, const std::string& cog, bool is_idle) {
  return is_idle ? idle_.emplace(bot, cog).second : idle_.erase({bot, cog}) > 0;
}

void durable_store::set(std::string_view setting, std::string_view value) {
  database_->prepare("INSERT OR REPLACE INTO setting VALUES (?, ?)").bind(setting, value).run();
}

result<std::string> durable_store::get(std::string_view setting) {
  auto row = database_->prepare("SELECT value FROM setting WHERE name = ?");
  if (row.bind(setting); row.step())
    return std::string{row.text(0)};
  if (const auto& why = database_->has_failed())
    return *why;
  return std::string{};
}

void durable_store::set_cogs(const std::vector<std::pair<std::string, std::vector<std::string>>>& cogs_of_bots) {
  auto is_there = [&](std::string_view bot, std::string_view cog) {
    return std::any_of(cogs_of_bots.begin(), cogs_of_bots.end(), [&](const auto& x) {
      return x.first == bot && std::find(x.second.begin(), x.second.end(), cog) != x.second.end();
    });
  };
  std::vector<std::pair<std::string, std::string>> gone;
  for (auto known = database_->prepare("SELECT bot, name FROM cog"); known.step();)
    if (!is_there(known.text(0), known.text(1)))
      gone.emplace_back(known.text(0), known.text(1));
  for (const auto& [bot, name] : gone)
    database_->prepare("DELETE FROM cog WHERE bot = ? AND name = ?").bind(bot, name).run();
  for (const auto& [bot, cogs] : cogs_of_bots)
    for (const auto& name : cogs)
      database_->prepare("INSERT OR IGNORE INTO cog (bot, name, done) VALUES (?, ?, ?)")
        .bind(bot, name, last_number_)
        .run();
  bots_with_cogs_.clear();
  for (const auto& [bot, done] : done_by_all())
    bots_with_cogs_.insert(bot);
  database_->run("DELETE FROM event WHERE bot NOT IN (SELECT bot FROM cog)");
}

durable_store::position durable_store::find(const std::string& bot, const std::string& cog) {
  position found;
  select_cog_.bind(bot, cog);
  if (select_cog_.step())
    found = {static_cast<uint64_t>(select_cog_.number(0)), static_cast<uint64_t>(select_cog_.number(1))};
  select_cog_.reset();
  return found;
}

std::vector<eventsub::event> durable_store::events(const std::string& bot, uint64_t after, size_t most) {
  std::vector<eventsub::event> found;
  const auto written = is_in_transaction_ ? first_number_ : last_number_;
  for (select_events_.bind(after, written, bot, static_cast<uint64_t>(most)); select_events_.step();)
    found.push_back(event_of(select_events_));
  select_events_.reset();
  return found;
}

std::map<std::string, uint64_t> durable_store::waiting() {
  std::map<std::string, uint64_t> found;
  for (const auto& [bot, done] : done_by_all()) {
    if (count_waiting_.bind(done, bot).step(); count_waiting_.number(0) > 0)
      found.emplace(bot, static_cast<uint64_t>(count_waiting_.number(0)));
    count_waiting_.reset();
  }
  return found;
}

uint64_t durable_store::skip(const std::string& bot, const std::string& cog) {
  auto row = database_->prepare("SELECT count(*) FROM event WHERE bot = ? AND number > ?");
  auto skipped = row.bind(bot, find(bot, cog).done).step() ? static_cast<uint64_t>(row.number(0)) : 0;
  database_->prepare("UPDATE cog SET done = ? WHERE bot = ? AND name = ?").bind(last_number_, bot, cog).run();
  return skipped;
}

std::vector<say> durable_store::says(const std::string& bot, uint64_t after, size_t most, int64_t now) {
  std::vector<say> found;
  auto row = database_->prepare("SELECT id, bot, cog, channel, text, reply_to, promise, max_age_ms, said_at FROM say "
                                "WHERE bot = ? AND id > ? ORDER BY id LIMIT ?");
  for (row.bind(bot, after, static_cast<uint64_t>(most)); row.step();) {
    auto& one = found.emplace_back();
    one.durable = static_cast<uint64_t>(row.number(0));
    one.bot = row.text(1);
    one.cog = row.text(2);
    one.channel = row.text(3);
    one.text = row.text(4);
    one.reply_to = row.text(5);
    one.promise = row.number(6) == 0 ? delivery_promise::at_most_once : delivery_promise::at_least_once;
    // A clock that was set back meanwhile says that it is yet to be said: then it was said just now.
    auto waited = std::max<int64_t>(now - row.number(8), 0);
    one.max_age_ms = static_cast<uint32_t>(std::clamp<int64_t>(row.number(7) - waited, 0, UINT32_MAX));
  }
  return found;
}

// -- value_reader ----------------------------------------------------------------------------------------------------------

result<std::unique_ptr<value_reader>> value_reader::open(const std::filesystem::path& file) {
  auto opened = database::open(file, database::use::read, forms);
  if (!opened)
    return opened.error();
  return std::unique_ptr<value_reader>{new value_reader(std::move(*opened))};
}

value_reader::value_reader(std::unique_ptr<database> file)
  : database_(std::move(file)),
    get_(database_->prepare("SELECT value FROM value WHERE bot = ? AND cog = ? AND space = ? AND key = ?")),
    list_(database_->prepare("SELECT key, value FROM value WHERE bot = ? AND cog = ? AND space = ? AND key >= ? "
                             "AND substr(key, 1, length(?)) = ? ORDER BY key LIMIT ?")) {
}

std::optional<std::string> value_reader::get(const std::string& bot, const std::string& cog, std::string_view space,
                                             std::string_view key) {
  std::optional<std::string> found;
  get_.bind(bot, cog, space, key);
  if (get_.step())
    found = get_.text(0);
  get_.reset();
  return found;
}

std::vector<std::pair<std::string, std::string>> value_reader::list(const std::string& bot, const std::string& cog,
                                                                    std::string_view space, std::string_view prefix,
                                                                    size_t most) {
  std::vector<std::pair<std::string, std::string>> found;
  list_.bind(bot, cog, space, prefix, prefix, prefix, static_cast<uint64_t>(most));
  while (list_.step())
    found.emplace_back(list_.text(0), list_.text(1));
  list_.reset();
  return found;
}

} // namespace creamery
