#define CAF_SUITE store.allowance_log

#include "runtime/store/allowance_log.hpp"

#include "tests/unit/fixture.hpp"
#include "tests/unit/store/temporary_folder.hpp"

#include <fstream>

using namespace creamery;

namespace {

using kind = allowance_log::kind;
using uses = std::vector<allowance_log::use>;

constexpr int64_t now = 1'767'225'600'000;

/// Long before anything that is recorded.
constexpr int64_t long_ago = now - 86'400'000;

account_limits small() {
  account_limits limits;
  limits.messages = 2;
  limits.privileged_messages = 3;
  limits.logins = 2;
  limits.joins = 2;
  return limits;
}

/// What is remembered, but for what a start of the machine long ago has to do with it.
uses without_boot(const allowance_log& log) {
  auto all = log.uses();
  std::erase_if(all, [](const auto& x) { return x.at == long_ago; });
  return all;
}

struct log_file {
  test::temporary_folder folder;
  std::filesystem::path path = folder.path() / "ann";

  std::unique_ptr<allowance_log> open(int64_t booted = long_ago) {
    auto opened = allowance_log::open(path, small(), booted);
    if (!opened)
      FAIL(to_string(opened.error()));
    return std::move(*opened);
  }
};

} // namespace

SCENARIO("as many uses of each kind are remembered as may matter, the oldest first") {
  allowance_log log{small()};
  CHECK(log.uses().empty());
  for (int64_t i = 0; i < 5; ++i)
    CHECK(!log.record(kind::message, now + i, 1));
  log.record(kind::join, now + 2, 2);
  CHECK_EQ(log.uses(), (uses{{kind::message, now + 2, 1},
                             {kind::join, now + 2, 2},
                             {kind::message, now + 3, 1},
                             {kind::message, now + 4, 1}}));
}

SCENARIO("uses outlive whoever recorded them") {
  log_file file;
  {
    auto log = file.open();
    CHECK(log->uses().empty());
    log->record(kind::login, now, 1);
    log->record(kind::join, now + 1'000, 2);
    for (int64_t i = 2; i < 6; ++i)
      log->record(kind::message, now + i * 1'000, 1);
  }
  auto again = file.open();
  CHECK_EQ(without_boot(*again), (uses{{kind::login, now, 1},
                                       {kind::join, now + 1'000, 2},
                                       {kind::message, now + 3'000, 1},
                                       {kind::message, now + 4'000, 1},
                                       {kind::message, now + 5'000, 1}}));
  again->record(kind::message, now + 6'000, 1); // in the place of the oldest one
  again.reset();
  CHECK_EQ(without_boot(*file.open()).size(), 5u);
}

SCENARIO("what the machine's end may have swallowed counts as used up when the machine was started") {
  log_file file;
  file.open()->record(kind::message, now, 1);
  auto log = file.open(now + 10'000);
  CHECK_EQ(log->uses(), (uses{{kind::message, now, 1},
                              {kind::message, now + 10'000, 3},
                              {kind::login, now + 10'000, 2},
                              {kind::join, now + 10'000, 2}}));
}

SCENARIO("a first start has nothing to make up for") {
  log_file file;
  CHECK(file.open(now)->uses().empty());
}

SCENARIO("a line that was half written is passed over, the others count") {
  log_file file;
  file.open()->record(kind::login, now, 1);
  {
    std::fstream change{file.path, std::ios::in | std::ios::out};
    change << "message 17672x"; // the first slot
  }
  CHECK_EQ(without_boot(*file.open()), (uses{{kind::login, now, 1}}));
  std::ofstream{file.path} << "garbage\n\n";
  CHECK(without_boot(*file.open()).empty());
}

SCENARIO("a line that can't be ours is passed over") {
  log_file file;
  std::ofstream{file.path} << "message              1 99999999\n"
                              "message             -1        1\n"
                              "message              5        1\n";
  CHECK_EQ(without_boot(*file.open()), (uses{{kind::message, 5, 1}}));
}

SCENARIO("when nothing is known, all of it counts as used") {
  allowance_log log{small()};
  log.use_up(now);
  CHECK_EQ(log.uses(), (uses{{kind::message, now, 3}, {kind::login, now, 2}, {kind::join, now, 2}}));
}

SCENARIO("limits may change between two runs") {
  log_file file;
  {
    auto log = file.open();
    for (int64_t i = 0; i < 3; ++i)
      log->record(kind::message, now + i, 1);
  }
  auto larger = small();
  larger.privileged_messages = 10;
  {
    auto log = allowance_log::open(file.path, larger, long_ago);
    REQUIRE(log);
    CHECK_EQ(without_boot(**log).size(), 3u);
    for (int64_t i = 3; i < 9; ++i)
      (*log)->record(kind::message, now + i, 1);
  }
  CHECK_EQ(without_boot(*file.open()),
           (uses{{kind::message, now + 6, 1}, {kind::message, now + 7, 1}, {kind::message, now + 8, 1}}));
}

SCENARIO("a file that can't be used is a failure with its name") {
  test::temporary_folder folder;
  auto opened = allowance_log::open(folder.path() / "missing" / "ann", small(), long_ago);
  REQUIRE(!opened);
  CHECK(to_string(opened.error()).find("missing/ann") != std::string::npos);
}
