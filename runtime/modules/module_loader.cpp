#include "runtime/modules/module_loader.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <dlfcn.h>
#include <elf.h>
#include <fstream>
#include <iterator>
#include <link.h>
#include <system_error>
#include <unistd.h>

namespace creamery {

namespace fs = std::filesystem;

namespace {

/// A copy of a file under a name that nothing was ever loaded from: reopening a replaced file under its old name can run the
/// old code. Removed at the end of its scope; what was mapped from it stays.
class unique_copy {
public:
  static result<unique_copy> make(const fs::path& original) {
    auto pattern = (fs::temp_directory_path() / "creamery-cog.XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      return failure{pattern, std::string{"no folder for the copy of a cog: "} + std::strerror(errno)};
    unique_copy copy{fs::path{pattern}, fs::path{pattern} / original.filename()};
    std::error_code error;
    fs::copy_file(original, copy.file_, error);
    if (error)
      return failure{original.string(), "can't be copied to " + copy.file_.string() + ": " + error.message()};
    return copy;
  }

  unique_copy(unique_copy&& other) noexcept
    : directory_(std::exchange(other.directory_, {})), file_(std::exchange(other.file_, {})) {
  }

  unique_copy& operator=(unique_copy&&) = delete;

  ~unique_copy() {
    std::error_code ignored; // a file left in the temporary folder does no harm
    if (!directory_.empty())
      fs::remove_all(directory_, ignored);
  }

  const fs::path& file() const noexcept {
    return file_;
  }

private:
  unique_copy(fs::path directory, fs::path file) : directory_(std::move(directory)), file_(std::move(file)) {
  }

  fs::path directory_;
  fs::path file_;
};

std::string last_dl_error() {
  const auto* text = ::dlerror();
  return text ? text : "unknown error";
}

/// Whether all that will be mapped is in the file. The loader doesn't ask: the first look at a part that is missing (a copy
/// that was broken off, a full disk) ends the process.
bool is_whole_elf(const std::string& bytes) {
  ElfW(Ehdr) header;
  if (bytes.size() < sizeof header)
    return false;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_phentsize != sizeof(ElfW(Phdr)))
    return false;
  auto inside = [&](uint64_t offset, uint64_t size) { return offset <= bytes.size() && size <= bytes.size() - offset; };
  if (!inside(header.e_phoff, uint64_t{header.e_phnum} * sizeof(ElfW(Phdr))))
    return false;
  for (size_t i = 0; i < header.e_phnum; ++i) {
    ElfW(Phdr) segment;
    std::memcpy(&segment, bytes.data() + header.e_phoff + i * sizeof segment, sizeof segment);
    if (segment.p_type == PT_LOAD && !inside(segment.p_offset, segment.p_filesz))
      return false;
  }
  return true;
}

/// Reads from a file's copy what the module was built for, because opening it would run its code already.
result<std::string> read_abi(const fs::path& file, const fs::path& copy) {
  std::ifstream in{copy, std::ios::binary};
  std::string bytes{std::istreambuf_iterator<char>{in}, {}};
  if (!in && !in.eof())
    return failure{file.string(), "can't be read"};
  auto begin = bytes.find(CREAMERY_COG_MARK);
  if (begin == std::string::npos)
    return failure{file.string(), "is no cog: it lacks CREAMERY_COG(…)"};
  if (!is_whole_elf(bytes))
    return failure{file.string(), "is damaged or cut off: it is no whole ELF file"};
  return bytes.substr(begin, bytes.find('\0', begin) - begin);
}

result<const creamery_cog_descriptor*> open(const fs::path& original, const fs::path& copy) {
  auto abi = read_abi(original, copy);
  if (!abi)
    return abi.error();
  if (*abi != CREAMERY_COG_ABI)
    return failure{original.string(),
                   "was built for \"" + *abi + "\", but this program is \"" CREAMERY_COG_ABI "\": build it again"};
  auto* handle = ::dlopen(copy.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr)
    return failure{original.string(), last_dl_error()};
  const auto* descriptor = static_cast<const creamery_cog_descriptor*>(::dlsym(handle, "creamery_cog"));
  if (descriptor == nullptr || descriptor->magic != creamery_cog_magic
      || descriptor->size != sizeof(creamery_cog_descriptor))
    return failure{original.string(), "has no usable description of its cog: build it again"};
  return descriptor;
}

} // namespace

result<std::shared_ptr<const cog_module>> module_loader::load(const std::string& name) {
  std::string tried;
  for (const auto& directory : directories_) {
    auto file = directory / (name + ".so");
    std::error_code error;
    auto changed = fs::last_write_time(file, error);
    if (error) {
      tried += (tried.empty() ? "" : ", ") + file.string();
      continue;
    }
    std::lock_guard guard{mutex_};
    auto key = file.string() + '@' + std::to_string(changed.time_since_epoch().count());
    if (auto known = loaded_.find(key); known != loaded_.end())
      return known->second;
    auto copy = unique_copy::make(file);
    if (!copy)
      return copy.error();
    auto descriptor = open(file, copy->file());
    if (!descriptor)
      return descriptor.error();
    auto module = std::make_shared<const cog_module>(**descriptor);
    loaded_.emplace(std::move(key), module);
    return module;
  }
  return failure{"cog '" + name + "'", "there is no such module; tried " + (tried.empty() ? "nothing" : tried)};
}

std::optional<int64_t> module_loader::last_change(const std::string& name) const {
  for (const auto& directory : directories_) {
    std::error_code error;
    auto changed = fs::last_write_time(directory / (name + ".so"), error);
    if (error)
      continue;
    auto since_1970 = std::chrono::file_clock::to_sys(changed).time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(since_1970).count();
  }
  return std::nullopt;
}

std::vector<fs::path> module_loader::usual_directories(const std::string& search_path) {
  std::vector<fs::path> directories;
  for (size_t begin = 0; begin < search_path.size();) {
    auto end = std::min(search_path.find(':', begin), search_path.size());
    if (end > begin)
      directories.emplace_back(search_path.substr(begin, end - begin));
    begin = end + 1;
  }
  std::error_code error;
  if (auto program = fs::read_symlink("/proc/self/exe", error); !error) {
    directories.push_back(program.parent_path() / "cogs");
    directories.push_back(program.parent_path().parent_path() / "lib" / "creamery" / "cogs");
  }
  return directories;
}

size_t module_loader::mapped() const {
  std::lock_guard guard{mutex_};
  return loaded_.size();
}

} // namespace creamery
