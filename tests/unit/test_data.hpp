#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace creamery::test {

/// The root of the source tree.
inline std::filesystem::path source_root() {
  return CREAMERY_SOURCE_DIR;
}

/// Where real Twitch traffic is: the folder that CREAMERY_TEST_DATA names, else `../shared/data` beside the source tree. It may be
/// absent.
inline std::filesystem::path test_data_folder() {
  const auto* variable = std::getenv("CREAMERY_TEST_DATA");
  return variable != nullptr && *variable != '\0' ? std::filesystem::path{variable}
                                                  : source_root().parent_path() / "shared" / "data";
}

/// One of its files; nothing where it is absent.
inline std::optional<std::string> read_test_data(std::string_view name) {
  std::ifstream file{test_data_folder() / name, std::ios::binary};
  if (!file)
    return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

/// The names of all files of one of its folders, sorted; none where it is absent.
inline std::vector<std::string> test_data_files(const std::string& folder) {
  std::vector<std::string> names;
  std::error_code absent;
  for (const auto& one : std::filesystem::directory_iterator{test_data_folder() / folder, absent})
    names.push_back(folder + "/" + one.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

} // namespace creamery::test
