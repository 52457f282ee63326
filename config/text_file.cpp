#include "config/text_file.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <memory>

namespace creamery {

namespace {

struct close_file {
  void operator()(std::FILE* file) const noexcept {
    std::fclose(file);
  }
};

/// How many bytes the well-formed UTF-8 sequence at the start of `text` has (Unicode 15, table 3-7); 0 if there is
/// none.
size_t utf8_length(std::string_view text) {
  auto byte = [text](size_t i) { return i < text.size() ? static_cast<uint8_t>(text[i]) : uint8_t{0}; };
  auto continues = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  auto lead = byte(0);
  if (lead < 0x80)
    return 1;
  if (lead >= 0xC2 && lead <= 0xDF)
    return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    bool surrogate = lead == 0xED && byte(1) > 0x9F;
    return continues(1) && continues(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    bool overlong = lead == 0xF0 && byte(1) < 0x90;
    bool too_large = lead == 0xF4 && byte(1) > 0x8F;
    return continues(1) && continues(2) && continues(3) && !overlong && !too_large ? 4 : 0;
  }
  return 0;
}

bool is_control(char c) {
  auto byte = static_cast<uint8_t>(c);
  return (byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || byte == 0x7F;
}

std::string hex(char c) {
  std::array<char, 8> buffer{};
  std::snprintf(buffer.data(), buffer.size(), "0x%02X", static_cast<uint8_t>(c));
  return buffer.data();
}

} // namespace

std::error_code read_text_file(const std::filesystem::path& path, size_t limit, std::string& text) {
  std::unique_ptr<std::FILE, close_file> file{std::fopen(path.c_str(), "rb")};
  if (file == nullptr)
    return {errno, std::generic_category()};
  text.resize(limit + 1); // one more, to notice that there is more
  errno = 0;
  text.resize(std::fread(text.data(), 1, text.size(), file.get()));
  if (std::ferror(file.get()) != 0) // for example a folder, which can be opened but not read
    return {errno, std::generic_category()};
  if (text.size() > limit)
    return std::make_error_code(std::errc::file_too_large);
  return {};
}

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view mark = "\xEF\xBB\xBF";
  return text.substr(0, mark.size()) == mark ? text.substr(mark.size()) : text;
}

std::optional<diagnostic> find_text_mistake(std::string_view text, std::string_view file) {
  source_place where{std::string{file}, 1, 1};
  auto mistake = [&](std::string message) {
    return diagnostic{severity::error, where, std::move(message), "text in UTF-8"};
  };
  if (auto start = text.substr(0, 2); start == "\xFF\xFE" || start == "\xFE\xFF")
    return mistake("the file is in UTF-16");
  while (!text.empty()) {
    auto length = utf8_length(text);
    if (length == 0)
      return mistake("byte " + hex(text.front()) + " is not UTF-8 here");
    if (is_control(text.front()))
      return mistake("control character " + hex(text.front()));
    if (text.front() == '\n') {
      ++where.line;
      where.column = 1;
    } else {
      where.column += static_cast<int>(length);
    }
    text.remove_prefix(length);
  }
  return std::nullopt;
}

} // namespace creamery
