#pragma once

#include "config/load.hpp"

#include <caf/test/bdd_dsl.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::test {

using strings = std::vector<std::string>;

inline strings texts_of(const std::vector<diagnostic>& list) {
  strings result;
  for (const auto& x : list)
    result.push_back(to_string(x));
  return result;
}

/// All diagnostics about a text, as they are printed.
inline strings mistakes_in(std::string_view text, const environment& env = {}) {
  return texts_of(parse_configuration(text, "bots.yaml", env).diagnostics);
}

/// A file with one bot `a`, fine but for `more`, which begins on line 6 in column 5.
inline std::string bot_with(std::string_view more) {
  std::string text = "bots:\n  a:\n    channels: [x]\n    cogs: [y]\n    anonymous: true\n    ";
  return text.append(more).append("\n");
}

/// A file with a bot and a section that begins on line 2.
inline std::string section_with(std::string_view more) {
  return "bots: {a: {channels: [x], cogs: [y], anonymous: true}}\n" + std::string{more} + "\n";
}

inline std::string content_of(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The root of the source tree.
inline std::filesystem::path source_directory() {
  return CREAMERY_SOURCE_DIR;
}

/// A folder that exists as long as the object.
class temporary_directory {
public:
  temporary_directory() {
    auto pattern = (std::filesystem::temp_directory_path() / "creamery-config-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }

  temporary_directory(const temporary_directory&) = delete;
  temporary_directory& operator=(const temporary_directory&) = delete;

  ~temporary_directory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const {
    return path_;
  }

  std::filesystem::path write(std::string_view name, std::string_view text) const {
    auto file = path_ / name;
    std::ofstream{file, std::ios::binary} << text;
    return file;
  }

private:
  std::filesystem::path path_;
};

} // namespace creamery::test
