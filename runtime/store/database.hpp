#pragma once

#include "messages/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace creamery {

class database;

/// A prepared statement. Used as a row of calls: `bind`, then `step` until it returns false, then `reset`; `run` does all that for
/// a statement without rows. What goes wrong is kept by the database, see `database::problem`; the calls after it do nothing.
class statement {
public:
  statement(statement&& other) noexcept;
  statement& operator=(statement&& other) noexcept;
  ~statement();

  /// Gives the parameters their values, from the first one on. A text must live until the statement has been reset.
  template <class... Ts>
  statement& bind(const Ts&... values) {
    int index = 0;
    (bind_at(++index, values), ...);
    return *this;
  }

  /// @returns whether there is a row.
  bool step();

  /// Steps to the end, and resets it. @returns whether that went well.
  bool run();

  void reset();

  /// Of the present row; columns count from 0. The text lives until the next step.
  std::string_view text(int column) const;
  int64_t number(int column) const;

private:
  friend class database;

  statement(database& owner, sqlite3_stmt* prepared) : owner_(&owner), prepared_(prepared) {
  }

  void bind_at(int index, std::string_view value);
  void bind_at(int index, int64_t value);
  void bind_at(int index, uint64_t value);

  database* owner_;
  sqlite3_stmt* prepared_;
};

/// One connection to an SQLite file, for one thread at a time.
class database {
public:
  /// How it is used.
  enum class use { write, read };

  /// Opens the file, and brings it to the newest form. Those who write make it if it isn't there, readable for its owner only.
  /// @param forms what makes each form of the file out of the one before; `forms[0]` begins with an empty one. Never changed,
  /// only appended to.
  /// @returns a failure too if the file is of a newer form than the last.
  static result<std::unique_ptr<database>> open(const std::filesystem::path& file, use how,
                                                std::span<const char* const> forms);

  database(const database&) = delete;
  database& operator=(const database&) = delete;
  ~database();

  /// @param sql one statement; that it can be prepared is taken for granted once the file has its form.
  statement prepare(std::string_view sql);

  /// Runs statements without parameters and rows. @returns whether that went well.
  bool run(const char* sql);

  /// How many rows the last statement has changed.
  int64_t changed() const;

  /// The first thing that went wrong since it was asked last.
  std::optional<failure> problem();

  /// The same, which goes on being asked for.
  const std::optional<failure>& has_failed() const noexcept {
    return problem_;
  }

private:
  friend class statement;

  database(sqlite3* handle, std::filesystem::path file) : handle_(handle), file_(std::move(file)) {
  }

  bool is_well(int code);
  std::optional<failure> bring_to(std::span<const char* const> forms, use how);

  sqlite3* handle_;
  std::filesystem::path file_;
  std::optional<failure> problem_;
};

} // namespace creamery
