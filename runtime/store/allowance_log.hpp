#pragma once

#include "messages/result.hpp"
#include "runtime/irc/limiter.hpp"
#include "runtime/store/descriptor.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace creamery {

/// What an account has lately used of its allowances, for an outbox, or a process, that comes after one that ended without a
/// word: to exceed a limit costs an hour of silence (twitch-platform 1.15). Remembers as many uses of each kind as may
/// matter. All times are in milliseconds since 1970.
class allowance_log {
public:
  enum class kind : uint8_t { message, login, join };

  struct use {
    kind what = kind::message;
    int64_t at = 0;
    size_t count = 0;

    friend bool operator==(const use&, const use&) = default;
  };

  /// One that is kept in memory only.
  explicit allowance_log(const account_limits& limits);

  /// One that is kept in a file as well; what is in there already is remembered. Fails when the file can't be used.
  ///
  /// @param booted when the machine was started. What was written just before that may be missing in the file, so everything
  /// counts as used up then.
  static result<std::unique_ptr<allowance_log>> open(const std::filesystem::path& file, const account_limits& limits,
                                                     int64_t booted);

  /// To be called before the allowance is used. Returns what went wrong with the file; it is remembered in memory all the same.
  std::optional<failure> record(kind what, int64_t at, size_t count);

  /// What was used before isn't known: all of it counts as used at this time.
  void use_up(int64_t at);

  /// What is remembered, the oldest use first.
  std::vector<use> uses() const;

private:
  /// The latest uses of one kind, the oldest of which makes room for the next one.
  struct ring {
    std::vector<use> slots;
    size_t next = 0;
    /// Where it begins in the file, counted in slots.
    size_t offset = 0;
  };

  ring& of(kind what) noexcept {
    return rings_[static_cast<size_t>(what)];
  }

  std::array<ring, 3> rings_;
  std::filesystem::path path_;
  descriptor file_{-1};
};

/// The uses in such a file's text; what can't be read is passed over.
std::vector<allowance_log::use> parse_uses(std::string_view text);

/// When this machine was started, in milliseconds since 1970.
int64_t boot_time();

} // namespace creamery
