#pragma once

#include "config/diagnostic.hpp"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace creamery {

/// Configuration files are written by people: what is larger than this is some other file.
inline constexpr size_t max_config_file_size = 1024 * 1024;

/// Reads a whole file into `text`. Fails with what the system says, or with `file_too_large` beyond `limit` bytes.
std::error_code read_text_file(const std::filesystem::path& path, size_t limit, std::string& text);

/// Removes a byte order mark in front of the text.
std::string_view without_byte_order_mark(std::string_view text);

/// Says where and why `text` is no UTF-8 text: a byte sequence that isn't UTF-8, or a control character.
std::optional<diagnostic> find_text_mistake(std::string_view text, std::string_view file);

} // namespace creamery
