#define CAF_SUITE store.crash_record

#include "runtime/store/crash_record.hpp"

#include "runtime/store/text_file.hpp"
#include "runtime/telemetry/utc_time.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/store/temporary_folder.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sys/resource.h>
#include <sys/wait.h>

using namespace creamery;

namespace {

/// Runs something deadly in a process of its own, with its crashes recorded in `file`. Returns how that ended.
int die(const std::filesystem::path& file, const std::function<void()>& deed) {
  auto child = ::fork();
  if (child == 0) {
    rlimit no_core{};
    ::setrlimit(RLIMIT_CORE, &no_core);
    auto known = read_crashes(file, 0);
    if (known && !record_crashes(file, *known))
      deed();
    std::_Exit(0);
  }
  int status = 0;
  if (::waitpid(child, &status, 0) != child)
    FAIL("the child can't be waited for");
  return status;
}

/// Whether a process was ended by this signal; sanitizers catch it and end the process themselves.
bool is_killed_by(int signal, int status) {
  return (WIFSIGNALED(status) && WTERMSIG(status) == signal) || (WIFEXITED(status) && WEXITSTATUS(status) != 0);
}

/// Also where the undefined-behaviour sanitizer would end the process before it comes to that.
[[gnu::no_sanitize("undefined"), gnu::noinline]] void write_to_nowhere() {
  volatile int* volatile nowhere = nullptr; // which the compiler may not look through
  *nowhere = 1;
}

/// Needs more and more stack.
[[gnu::noinline]] int run_over(int depth) {
  std::array<volatile char, 4'096> room{};
  room[static_cast<size_t>(depth) % room.size()] = 1;
  return depth < 0 ? 0 : run_over(depth + 1) + room[0];
}

std::vector<crash> crashes_in(const std::filesystem::path& file, int64_t since = 0) {
  auto read = read_crashes(file, since);
  if (!read)
    FAIL(to_string(read.error()));
  return *read;
}

} // namespace

SCENARIO("a segmentation fault in a cog's code is recorded under the cog's name") {
  test::temporary_folder folder;
  auto file = folder.path() / "crashes";
  auto before = unix_milliseconds();
  crash_culprit culprit{"bad \"cog\"", "ann/bad"};
  CHECK(is_killed_by(SIGSEGV, die(file, [&] {
                       crash_scope scope{culprit};
                       write_to_nowhere();
                     })));
  auto found = crashes_in(file);
  REQUIRE_EQ(found.size(), 1u);
  CHECK_EQ(found[0].signal, "SIGSEGV");
  CHECK_EQ(found[0].module, "bad \"cog\"");
  CHECK_EQ(found[0].cog, "ann/bad");
  CHECK(found[0].at >= before);
  CHECK(found[0].at <= unix_milliseconds());
}

SCENARIO("an abort is recorded, and so is a stack that runs over") {
  test::temporary_folder folder;
  auto file = folder.path() / "crashes";
  crash_culprit culprit{"bad", "ann/bad"};
  CHECK(is_killed_by(SIGABRT, die(file, [&] {
                       crash_scope scope{culprit};
                       std::abort();
                     })));
  CHECK(is_killed_by(SIGSEGV, die(file, [&] {
                       crash_scope scope{culprit};
                       run_over(0);
                     })));
  auto found = crashes_in(file);
  REQUIRE_EQ(found.size(), 2u);
  CHECK_EQ(found[0].signal, "SIGABRT");
  CHECK_EQ(found[1].signal, "SIGSEGV");
  CHECK_EQ(found[1].module, "bad");
}

SCENARIO("a crash outside of the cogs' code is nobody's but the program's") {
  test::temporary_folder folder;
  auto file = folder.path() / "crashes";
  crash_culprit culprit{"good", "ann/good"};
  CHECK(is_killed_by(SIGABRT, die(file, [&] {
                       { crash_scope scope{culprit}; }
                       std::abort();
                     })));
  auto found = crashes_in(file);
  REQUIRE_EQ(found.size(), 1u);
  CHECK_EQ(found[0].module, "");
  CHECK(guilty_modules(found, 1).empty());
}

SCENARIO("a process that ends well leaves no record") {
  test::temporary_folder folder;
  auto file = folder.path() / "crashes";
  CHECK_EQ(die(file, [] {}), 0);
  CHECK(crashes_in(file).empty());
}

SCENARIO("old crashes are forgotten, and what can't be read is passed over") {
  test::temporary_folder folder;
  auto file = folder.path() / "crashes";
  CHECK(crashes_in(file).empty()); // there is no file yet
  std::ofstream{file} << "{\"at\":100,\"signal\":\"SIGSEGV\",\"module\":\"a\",\"cog\":\"x/a\"}\n"
                         "{\"at\":200,\"signal\":\"SIGABRT\"}\n"
                         "{\"at\":\"yesterday\"}\n"
                         "[]\n"
                         "{\"at\":300,\"sig";
  CHECK_EQ(crashes_in(file).size(), 2u);
  CHECK_EQ(crashes_in(file, 150), (std::vector<crash>{{200, "SIGABRT", "", ""}}));
  die(file, [] {}); // takes the file over, from 0 on
  CHECK_EQ(crashes_in(file), (std::vector<crash>{{100, "SIGSEGV", "a", "x/a"}, {200, "SIGABRT", "", ""}}));
}

SCENARIO("a module is guilty once it took the process down often enough, whichever bots it worked for") {
  std::vector<crash> all{
    {1, "SIGSEGV", "bad", "x/bad"}, {2, "SIGSEGV", "good", "x/good"}, {3, "SIGABRT", "bad", "y/bad"}};
  auto guilty = guilty_modules(all, 2);
  REQUIRE_EQ(guilty.size(), 1u);
  CHECK_EQ(guilty["bad"].at, 3);
  CHECK_EQ(guilty["bad"].what, "it took the process down 2 times, the last time by SIGABRT");
}
