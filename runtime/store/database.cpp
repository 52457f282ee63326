#include "runtime/store/database.hpp"

#include "runtime/store/descriptor.hpp"

#include <sqlite3.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <utility>

namespace creamery {

namespace {

/// How long another process may hold the file. Those who write hold it for a transaction at most.
constexpr int patience_ms = 5'000;

} // namespace

// -- statement -------------------------------------------------------------------------------------------------------------

statement::statement(statement&& other) noexcept
  : owner_(other.owner_), prepared_(std::exchange(other.prepared_, nullptr)) {
}

statement& statement::operator=(statement&& other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(prepared_, other.prepared_);
  return *this;
}

statement::~statement() {
  sqlite3_finalize(prepared_); // what it returns was told by `step` before
}

void statement::bind_at(int index, std::string_view value) {
  // A view without memory would be NULL, which is something else than an empty text.
  const auto* text = value.data() != nullptr ? value.data() : "";
  owner_->is_well(sqlite3_bind_text64(prepared_, index, text, value.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void statement::bind_at(int index, int64_t value) {
  owner_->is_well(sqlite3_bind_int64(prepared_, index, value));
}

void statement::bind_at(int index, uint64_t value) {
  bind_at(index, static_cast<int64_t>(value));
}

bool statement::step() {
  if (owner_->problem_)
    return false;
  auto code = sqlite3_step(prepared_);
  return code == SQLITE_ROW || (owner_->is_well(code), false);
}

bool statement::run() {
  while (step()) {
  }
  reset();
  return !owner_->problem_;
}

void statement::reset() {
  sqlite3_reset(prepared_); // repeats what the last step has returned
}

std::string_view statement::text(int column) const {
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(prepared_, column));
  return {text != nullptr ? text : "", static_cast<size_t>(sqlite3_column_bytes(prepared_, column))};
}

int64_t statement::number(int column) const {
  return sqlite3_column_int64(prepared_, column);
}

// -- database --------------------------------------------------------------------------------------------------------------

result<std::unique_ptr<database>> database::open(const std::filesystem::path& file, use how,
                                                 std::span<const char* const> forms) {
  sqlite3* handle = nullptr;
  auto flags =
    SQLITE_OPEN_NOMUTEX | (how == use::write ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READONLY);
  if (how == use::write) // What is in it is nobody else's business. SQLite gives its other files the same rights.
    descriptor{::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  auto code = sqlite3_open_v2(file.c_str(), &handle, flags, nullptr);
  std::unique_ptr<database> opened{new database(handle, file)};
  if (code != SQLITE_OK)
    return failure{file.string(), handle != nullptr ? sqlite3_errmsg(handle) : "no memory"};
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, patience_ms);
  if (auto why = opened->bring_to(forms, how))
    return *why;
  return opened;
}

database::~database() {
  sqlite3_close_v2(handle_);
}

statement database::prepare(std::string_view sql) {
  sqlite3_stmt* prepared = nullptr;
  is_well(sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &prepared,
                             nullptr));
  return {*this, prepared};
}

bool database::run(const char* sql) {
  return !problem_ && is_well(sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr));
}

int64_t database::changed() const {
  return sqlite3_changes64(handle_);
}

std::optional<failure> database::problem() {
  return std::exchange(problem_, std::nullopt);
}

bool database::is_well(int code) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW)
    return true;
  if (!problem_)
    problem_ = failure{file_.string(), sqlite3_errmsg(handle_)};
  return false;
}

std::optional<failure> database::bring_to(std::span<const char* const> forms, use how) {
  if (how == use::write) {
    // With a write-ahead log, a commit is one write and one fsync, and readers don't wait. FULL: that fsync is not left out.
    run("PRAGMA journal_mode = WAL");
    run("PRAGMA synchronous = FULL");
    run("BEGIN IMMEDIATE"); // nobody else brings it to another form meanwhile
  }
  int64_t form = 0;
  {
    auto asked = prepare("PRAGMA user_version");
    if (asked.step())
      form = asked.number(0);
  }
  if (problem_)
    return problem();
  const auto newest = static_cast<int64_t>(forms.size());
  if (form > newest)
    return failure{file_.string(), "it was written by a newer version of Creamery (form " + std::to_string(form)
                                     + ", this one knows up to " + std::to_string(newest) + ")"};
  if (how == use::read)
    return form == newest ? std::nullopt : std::optional{failure{file_.string(), "it is of an older form, or empty"}};
  for (; form < newest; ++form)
    run(forms[static_cast<size_t>(form)]);
  run(("PRAGMA user_version = " + std::to_string(newest)).c_str());
  run("COMMIT");
  return problem();
}

} // namespace creamery
