#pragma once

#include "messages/result.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace creamery {

/// What went wrong with a file just now, from `errno`.
failure last_error(const std::filesystem::path& file, std::string_view what);

/// The content of a small file; nothing: there is no such file. Fails, naming it, when it can't be read or is longer than
/// `max_size` bytes.
result<std::optional<std::string>> read_text(const std::filesystem::path& file, size_t max_size);

/// What something that was written survives.
enum class durability : uint8_t {
  /// The end of the process.
  process,
  /// The end of the machine as well: it is waited for until the disk has it.
  machine,
};

/// Writes a file as a whole: whoever reads it, be it after this process was killed in the middle, finds the old content or
/// the new one. Its folder must be there; only its owner may read it.
std::optional<failure> replace_text(const std::filesystem::path& file, std::string_view content,
                                    durability survives = durability::process);

} // namespace creamery
