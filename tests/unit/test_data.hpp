#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace creamery::test {

/// The root of the source tree.
inline std::filesystem::path source_root() {
  return CREAMERY_SOURCE_DIR;
}

/// A file of real Twitch traffic: from the folder that CREAMERY_TEST_DATA names, else from `../shared/data` beside the source
/// tree. Nothing where it is absent.
inline std::optional<std::string> read_test_data(std::string_view name) {
  const auto* variable = std::getenv("CREAMERY_TEST_DATA");
  auto folder = variable != nullptr && *variable != '\0' ? std::filesystem::path{variable}
                                                         : source_root().parent_path() / "shared" / "data";
  std::ifstream file{folder / name, std::ios::binary};
  if (!file)
    return std::nullopt;
  return std::string{std::istreambuf_iterator<char>{file}, {}};
}

} // namespace creamery::test
