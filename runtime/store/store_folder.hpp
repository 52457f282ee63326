#pragma once

#include "messages/result.hpp"
#include "runtime/store/descriptor.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>

namespace creamery {

/// The folder `store.path`, which one process uses at a time.
class store_folder {
public:
  /// Makes the folder, for its owner only, if it isn't there, and locks it until this object ends, or the process does. Fails when
  /// that can't be done, or another process has it.
  static result<std::unique_ptr<store_folder>> open(const std::filesystem::path& path);

  const std::filesystem::path& path() const noexcept {
    return path_;
  }

private:
  store_folder(std::filesystem::path path, descriptor lock) : path_(std::move(path)), lock_(std::move(lock)) {
  }

  std::filesystem::path path_;
  descriptor lock_;
};

/// Makes the folder `store.path`, for its owner only, if it isn't there.
std::optional<failure> make_store_folder(const std::filesystem::path& path);

/// A file name for something with any name: letters, digits, '-' and '_' stay as they are, the rest becomes %XX.
std::string file_name_for(std::string_view name);

} // namespace creamery
