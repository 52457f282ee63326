#include "runtime/store/store_folder.hpp"

#include "runtime/store/text_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

namespace creamery {

std::optional<failure> make_store_folder(const std::filesystem::path& path) {
  std::error_code error;
  auto is_new = std::filesystem::create_directories(path, error);
  if (error)
    return failure{"store.path", path.string() + " can't be made: " + error.message()};
  if (is_new)
    std::filesystem::permissions(path, std::filesystem::perms::owner_all, error);
  return std::nullopt;
}

result<std::unique_ptr<store_folder>> store_folder::open(const std::filesystem::path& path) {
  if (auto failed = make_store_folder(path))
    return *failed;
  auto file = path / "lock";
  descriptor lock{::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
  if (!lock)
    return last_error(file, "can't be written");
  if (::flock(lock.get(), LOCK_EX | LOCK_NB) != 0)
    return errno == EWOULDBLOCK
             ? failure{"store.path", path.string() + " is used by another process; each needs a folder of its own"}
             : last_error(file, "can't be locked");
  return std::unique_ptr<store_folder>{new store_folder{path, std::move(lock)}};
}

std::string file_name_for(std::string_view name) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  for (auto c : name) {
    auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-') {
      result += c;
    } else {
      result += '%';
      result += digits[byte / 16];
      result += digits[byte % 16];
    }
  }
  return result;
}

} // namespace creamery
