#include "runtime/program/browser.hpp"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace creamery {

void show_in_browser(const std::string& url) {
  const auto* program = std::getenv("BROWSER");
  auto has_screen = std::getenv("DISPLAY") != nullptr || std::getenv("WAYLAND_DISPLAY") != nullptr;
  if (program == nullptr && !has_screen)
    return;
  std::string name = program != nullptr && *program != '\0' ? program : "xdg-open";
  std::string address = url;
  std::array<char*, 3> arguments{name.data(), address.data(), nullptr};
  posix_spawn_file_actions_t silence;
  if (posix_spawn_file_actions_init(&silence) != 0)
    return;
  posix_spawn_file_actions_addopen(&silence, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&silence, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  pid_t child = 0;
  if (posix_spawnp(&child, name.c_str(), &silence, nullptr, arguments.data(), environ) == 0)
    std::thread{[child] {
      ::waitpid(child, nullptr, 0);
    }}.detach(); // so that no zombie is left; it may take as long as it likes
  posix_spawn_file_actions_destroy(&silence);
}

} // namespace creamery
