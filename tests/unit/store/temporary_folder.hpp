#pragma once

#include <atomic>
#include <filesystem>
#include <string>
#include <unistd.h>

namespace creamery::test {

/// A folder that is there as long as this.
class temporary_folder {
public:
  temporary_folder() {
    static std::atomic<int> number = 0;
    path_ = std::filesystem::temp_directory_path()
            / ("creamery-unit-" + std::to_string(::getpid()) + "-" + std::to_string(++number));
    std::filesystem::create_directory(path_);
  }

  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::filesystem::path& path() const noexcept {
    return path_;
  }

private:
  std::filesystem::path path_;
};

} // namespace creamery::test
