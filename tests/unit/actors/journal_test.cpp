#define CAF_SUITE actors.journal

#include "actors/journal.hpp"

#include "runtime/store/files.hpp"
#include "runtime/store/text_file.hpp"
#include "tests/unit/actors/doubles.hpp"
#include "tests/unit/store/temporary_folder.hpp"

using namespace creamery;
using namespace std::chrono_literals;

namespace {

/// What the bots say of #red.
using told = std::shared_ptr<int64_t>;

bots_actor::behavior_type bots_double(told read_until) {
  return {
    [](ready_atom) {},
    [](drain_atom) { return true; },
    [](caf::tick_atom) {},
    [](restart_atom, const std::string&) {},
    [](tree_atom) { return std::vector<child_report>{}; },
    [](fault_atom, const std::string&, const std::string&) {},
    [](use_atom, const account_directory_actor&) {},
    [](use_atom, const store_actor&) {},
    [](const std::string&, const eventsub::subscription_news&) {},
    [read_until](caf::get_atom) {
      bot_report bot;
      bot.name = "ann";
      bot.has_router = true;
      connection_report connection;
      connection.channels.push_back({"red", true, 0, {}, *read_until});
      bot.connections.push_back(std::move(connection));
      return std::vector<bot_report>{std::move(bot)};
    },
  };
}

struct journal_fixture : creamery::test::timed_fixture {
  creamery::test::captured_log log;
  creamery::test::temporary_folder folder;
  told read_until = std::make_shared<int64_t>(1'000);
  bots_actor bots = sys.spawn(bots_double, read_until);
  journal_actor book;

  ~journal_fixture() {
    kill(book);
    kill(bots);
  }

  void start(const std::filesystem::path& where) {
    book =
      sys.spawn<journal>(where, bots, kept<reading_recorder>::make()); // in the house, so that time can be played with
    pass({});
  }

  /// Until when #red was read, as the file says; 0: there is none.
  int64_t written() const {
    auto text = read_text(folder.path() / store_files::reading, 1'000'000);
    if (!text || !*text)
      return 0;
    auto state = parse_reading_state(**text);
    if (!state)
      FAIL(to_string(state.error()));
    return state->bots["ann"].read["red"];
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(journal_fixture)

SCENARIO("how far chat was read is written again and again") {
  start(folder.path());
  pass(1s);
  CHECK_EQ(written(), 1'000);
  *read_until = 2'000;
  pass(1s);
  CHECK_EQ(written(), 2'000);
}

SCENARIO("when the end is near, the last word is written at once") {
  start(folder.path());
  *read_until = 3'000;
  CHECK(ask<bool>(book, drain_atom_v));
  CHECK_EQ(written(), 3'000);
}

SCENARIO("when the bots are replaced, their successors are asked") {
  start(folder.path());
  pass(1s);
  kill(bots);
  pass(10s);
  CHECK_EQ(written(), 1'000);
  *read_until = 4'000;
  bots = sys.spawn(bots_double, read_until);
  tell(book, use_atom_v, bots);
  pass(5s);
  CHECK_EQ(written(), 4'000);
}

SCENARIO("a disk that fails is told of once, and written to as soon as it is well") {
  auto where = folder.path() / "missing";
  start(where);
  for (auto i = 0; i < 10; ++i) {
    ++*read_until;
    pass(1s);
  }
  CHECK_EQ(log.count("after a crash it won't be known what was missed"), 1u);
  std::filesystem::create_directory(where);
  pass(1s);
  CHECK(std::filesystem::exists(where / store_files::reading));
}

END_FIXTURE_SCOPE()
