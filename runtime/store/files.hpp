#pragma once

/// The files in the folder `store.path`.
namespace creamery::store_files {

/// How far chat was read and handled (`reading_state`).
inline constexpr const char* reading = "reading.json";

/// What took the process down (`crash_record`).
inline constexpr const char* crashes = "crashes";

/// What accounts have used of their allowances (`allowance_log`), one file an account.
inline constexpr const char* budgets = "budgets";

/// The user tokens (`token_vault`), its key unless that comes from the environment, and the lock of those who write it.
inline constexpr const char* vault = "tokens.vault";
inline constexpr const char* vault_key = "tokens.key";
inline constexpr const char* vault_lock = "tokens.lock";

/// Events, what cogs have stored and what they want said for certain (`durable_store`), an SQLite file.
inline constexpr const char* events = "events.db";

} // namespace creamery::store_files
