#include "runtime/store/text_file.hpp"

#include "runtime/store/descriptor.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <system_error>

namespace creamery {

failure last_error(const std::filesystem::path& file, std::string_view what) {
  return {file.string(), std::string{what} + ": " + std::generic_category().message(errno)};
}

result<std::optional<std::string>> read_text(const std::filesystem::path& file, size_t max_size) {
  descriptor in{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!in) {
    if (errno == ENOENT)
      return std::optional<std::string>{};
    return last_error(file, "can't be read");
  }
  std::string content(max_size + 1, '\0');
  size_t size = 0;
  while (size < content.size()) {
    auto got = ::read(in.get(), content.data() + size, content.size() - size);
    if (got < 0 && errno != EINTR)
      return last_error(file, "can't be read");
    if (got == 0)
      break;
    if (got > 0)
      size += static_cast<size_t>(got);
  }
  if (size > max_size)
    return failure{file.string(), "is longer than " + std::to_string(max_size) + " bytes"};
  content.resize(size);
  return std::optional{std::move(content)};
}

namespace {

/// A file's new name is on the disk when its folder is.
std::optional<failure> sync_folder(const std::filesystem::path& folder) {
  descriptor open_folder{::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (!open_folder || ::fsync(open_folder.get()) != 0)
    return last_error(folder, "can't be written to the disk");
  return std::nullopt;
}

} // namespace

std::optional<failure> replace_text(const std::filesystem::path& file, std::string_view content, durability survives) {
  auto draft = file;
  draft += ".new";
  {
    descriptor out{::open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)};
    if (!out)
      return last_error(draft, "can't be written");
    while (!content.empty()) {
      auto done = ::write(out.get(), content.data(), content.size());
      if (done < 0 && errno != EINTR)
        return last_error(draft, "can't be written");
      if (done > 0)
        content.remove_prefix(static_cast<size_t>(done));
    }
    if (survives == durability::machine && ::fsync(out.get()) != 0)
      return last_error(draft, "can't be written to the disk");
  }
  if (std::rename(draft.c_str(), file.c_str()) != 0)
    return last_error(file, "can't be replaced");
  if (survives == durability::machine)
    return sync_folder(file.parent_path());
  return std::nullopt;
}

} // namespace creamery
