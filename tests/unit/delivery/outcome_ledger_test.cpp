#define CAF_SUITE delivery.outcome_ledger

#include "runtime/delivery/outcome_ledger.hpp"

#include "tests/unit/fixture.hpp"

using namespace creamery;

namespace {

struct ledger_fixture : creamery::test::fixture {
  outcome_ledger ledger{"bot", "points", 77};

  std::vector<uint64_t> unwritten() const {
    std::vector<uint64_t> numbers;
    for (const auto& one : ledger.unwritten())
      numbers.push_back(one.number);
    return numbers;
  }

  std::string value(std::string_view key, std::string_view space = {}) const {
    auto found = ledger.find(space, key);
    return !found ? "unknown" : found->value_or("removed");
  }
};

using numbers = std::vector<uint64_t>;

} // namespace

BEGIN_FIXTURE_SCOPE(ledger_fixture)

SCENARIO("each event is begun once, and what its handler leaves behind is kept until it is written") {
  CHECK_EQ(ledger.take_over(1), 0u);
  CHECK(ledger.begin(1, 5));
  CHECK(!ledger.begin(1, 5));
  CHECK(!ledger.begin(1, 4));
  auto done = ledger.finish(1, 5, false, {{"", "count", "1"}}, {{.bot = "bot", .channel = "red", .text = "hi"}});
  REQUIRE(done);
  CHECK_EQ(done->bot, "bot");
  CHECK_EQ(done->cog, "points");
  CHECK_EQ(done->numbering, 77u);
  CHECK_EQ(done->number, 1u);
  CHECK_EQ(done->event, 5u);
  CHECK_EQ(done->says.size(), 1u);
  CHECK(ledger.begin(1, 9));
  CHECK_EQ(ledger.last_event(), 9u);
  CHECK(ledger.finish(1, 9, true, {}, {})->is_poisoned);
  CHECK(unwritten() == (numbers{1, 2}));
  ledger.written(1);
  CHECK(unwritten() == (numbers{2}));
}

SCENARIO("an event that was in the hands of an instance that was replaced is poisoned, and not tried again") {
  ledger.take_over(1);
  CHECK(ledger.begin(1, 5));
  CHECK_EQ(ledger.take_over(2), 5u);
  CHECK(!ledger.finish(1, 5, false, {{"", "count", "1"}}, {})); // it comes back from being stuck
  CHECK(!ledger.begin(1, 6));
  CHECK(!ledger.begin(2, 5));
  REQUIRE_EQ(ledger.unwritten().size(), 1u);
  CHECK(ledger.unwritten().front().is_poisoned);
  CHECK_EQ(ledger.unwritten().front().event, 5u);
  CHECK_EQ(value("count"), "unknown");
  CHECK(ledger.begin(2, 6));
  CHECK_EQ(ledger.take_over(3), 6u);
  CHECK_EQ(ledger.take_over(4), 0u);
}

SCENARIO("values are seen as they will be when all is written, by the next instance as well") {
  ledger.take_over(1);
  ledger.finish(1, 0, false, {{"", "a", "1"}, {"red", "a", "2"}, {"", "ab", "3"}}, {});
  ledger.finish(1, 0, false, {{"", "a", "4"}, {"", "a", "5"}, {"", "ab", std::nullopt}}, {});
  ledger.take_over(2);
  CHECK_EQ(value("a"), "5");
  CHECK_EQ(value("a", "red"), "2");
  CHECK_EQ(value("ab"), "removed");
  CHECK_EQ(value("b"), "unknown");
  auto all = ledger.list("", "a");
  CHECK_EQ(all.size(), 2u);
  CHECK_EQ(all["a"].value_or(""), "5");
  CHECK(!all["ab"]);
  CHECK_EQ(ledger.list("", "ab").size(), 1u);
  ledger.written(1);
  ledger.written(2);
  CHECK_EQ(value("a"), "unknown"); // it is to be read from the disk
}

SCENARIO("there is a bound, which loses no event") {
  ledger.take_over(1);
  for (size_t i = 0; i < outcome_ledger::max_unwritten; ++i)
    CHECK(ledger.finish(1, 0, false, {}, {}));
  CHECK(ledger.is_full());
  CHECK(!ledger.finish(1, 0, false, {{"", "a", "1"}}, {}));
  CHECK(ledger.begin(1, 5));
  CHECK(ledger.finish(1, 5, false, {{"", "a", "1"}}, {}));
  CHECK_EQ(value("a"), "1");
}

END_FIXTURE_SCOPE()
