#define CAF_SUITE delivery.delivery_queue

#include "runtime/delivery/delivery_queue.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/lines.hpp"

#include <algorithm>
#include <deque>
#include <map>
#include <random>

using namespace creamery;
using creamery::test::strings;

namespace {

/// A line that is nothing but its size and kind; `begin` says which one it is.
cog_line made_line(uint32_t id, uint16_t size, bool ordinary) {
  cog_line line;
  line.index.begin = id;
  line.index.size = size;
  line.index.verb = irc_verb::privmsg;
  if (!ordinary) {
    if (id % 2 == 0)
      line.command = 0;
    else
      line.index.verb = irc_verb::usernotice;
  }
  return line;
}

size_t cost_of(uint16_t size) {
  return size + sizeof(cog_line);
}

struct queue_fixture : creamery::test::fixture {
  uint32_t last_id = 0;

  /// One batch: 'c' is ordinary chat, 'C' a command or an event; ids go on counting. Each line costs 100 bytes.
  cog_batch::content batch(std::string_view kinds) {
    cog_batch::content content;
    for (char kind : kinds)
      content.lines.push_back(made_line(++last_id, static_cast<uint16_t>(100 - sizeof(cog_line)), kind == 'c'));
    return content;
  }

  static std::vector<uint32_t> ids(const std::optional<cog_batch>& given) {
    std::vector<uint32_t> result;
    if (given)
      for (const auto& line : given->lines->lines)
        if (line.number >= given->from)
          result.push_back(line.index.begin);
    return result;
  }

  static std::vector<uint32_t> all(delivery_queue& queue) {
    std::vector<uint32_t> result;
    while (auto given = queue.take())
      for (auto id : ids(given))
        result.push_back(id);
    return result;
  }

  using numbers = std::vector<uint32_t>;
};

} // namespace

BEGIN_FIXTURE_SCOPE(queue_fixture)

SCENARIO("lines are numbered from 1, kept until acknowledged, and counted") {
  delivery_queue queue;
  CHECK(!queue.take());
  queue.push({});
  CHECK(!queue.take());
  queue.push(batch("ccC"));
  queue.push(batch("c"));
  auto first = queue.take();
  REQUIRE(first);
  CHECK_EQ(first->from, 1u);
  CHECK_EQ(first->lines->lines[0].number, 1u);
  CHECK_EQ(first->lines->lines[2].number, 3u);
  auto second = queue.take();
  REQUIRE(second);
  CHECK_EQ(second->lines->lines[0].number, 4u);
  CHECK(!queue.take());
  CHECK(queue.counters() == (delivery_counters{.routed = 4, .queued = 4}));
  queue.acknowledge(2, 0);
  CHECK(queue.counters() == (delivery_counters{.routed = 4, .handled = 2, .queued = 2}));
  queue.acknowledge(4, 1);
  CHECK(queue.counters() == (delivery_counters{.routed = 4, .handled = 3, .poisoned = 1}));
  GIVEN("acknowledgements that say nothing new") {
    queue.acknowledge(4, 1);
    queue.acknowledge(1, 0);
    queue.acknowledge(0, 7);
    CHECK(queue.counters() == (delivery_counters{.routed = 4, .handled = 3, .poisoned = 1}));
  }
}

SCENARIO("a cog that acknowledges what it never got does no harm") {
  delivery_queue queue;
  queue.push(batch("cc"));
  CHECK_EQ(ids(queue.take()), (numbers{1, 2}));
  queue.push(batch("cc"));
  queue.acknowledge(1'000'000, 0);
  CHECK(queue.counters() == (delivery_counters{.routed = 4, .handled = 2, .queued = 2}));
  THEN("later lines reach it all the same") {
    CHECK_EQ(all(queue), (numbers{3, 4}));
    queue.acknowledge(4, 99);
    CHECK(queue.counters() == (delivery_counters{.routed = 4, .handled = 2, .poisoned = 2}));
  }
  GIVEN("a queue that has given out nothing yet") {
    delivery_queue fresh;
    fresh.acknowledge(5, 5);
    fresh.push(batch("c"));
    fresh.acknowledge(1, 0);
    CHECK(fresh.counters() == (delivery_counters{.routed = 1, .queued = 1}));
    CHECK_EQ(all(fresh).size(), 1u);
  }
}

SCENARIO("no more is given out than the window allows, but always something") {
  delivery_queue queue{{.capacity = 10'000, .window = 250}};
  queue.push(batch("cccc")); // 400 bytes
  queue.push(batch("cc"));
  queue.push(batch("c"));
  CHECK_EQ(ids(queue.take()).size(), 4u);
  CHECK(!queue.take());
  queue.acknowledge(3, 0); // the batch is still with the cog
  CHECK(!queue.take());
  queue.acknowledge(4, 0);
  CHECK_EQ(ids(queue.take()), (numbers{5, 6}));
  CHECK(!queue.take());
  queue.acknowledge(6, 0);
  CHECK_EQ(ids(queue.take()), (numbers{7}));
}

SCENARIO("a cog's successor gets what its predecessor had not acknowledged, in order, and nothing else") {
  delivery_queue queue;
  queue.push(batch("ccc"));
  queue.push(batch("cc"));
  queue.push(batch("c"));
  queue.take();
  queue.take();
  queue.acknowledge(2, 1); // line 2 threw
  queue.restart();
  CHECK_EQ(queue.waiting_bytes(), 400u);
  auto again = queue.take();
  REQUIRE(again);
  CHECK_EQ(again->from, 3u);
  CHECK_EQ(ids(again), (numbers{3}));
  CHECK_EQ(all(queue), (numbers{4, 5, 6}));
  queue.acknowledge(6, 1);
  CHECK(queue.counters() == (delivery_counters{.routed = 6, .handled = 5, .poisoned = 1}));
  GIVEN("a second restart with nothing open") {
    queue.restart();
    CHECK(!queue.take());
    CHECK_EQ(queue.waiting_bytes(), 0u);
  }
}

SCENARIO("what a cog is still reading never changes under its hands") {
  delivery_queue queue{{.capacity = 500, .window = 10'000}};
  queue.push(batch("ccccc"));
  auto old = queue.take();
  const auto before = old->lines->lines;
  queue.restart();
  queue.push(batch("CCCCC")); // pushes the chat of the first batch out
  CHECK(old->lines->lines == before);
  CHECK_EQ(all(queue), (numbers{6, 7, 8, 9, 10}));
  GIVEN("a batch of which half is done, and whose rest is for a successor with other commands") {
    delivery_queue half;
    half.push(batch("CCCC"));
    auto read = half.take();
    const auto as_given = read->lines->lines;
    half.acknowledge(2, 0);
    half.restart();
    half.renumber_commands({7});
    CHECK(read->lines->lines == as_given);
    auto again = half.take();
    REQUIRE(again);
    CHECK_EQ(again->lines->lines.size(), 2u);
    CHECK_EQ(again->lines->lines[1].command, as_given[3].command == 0 ? 7u : as_given[3].command);
  }
}

SCENARIO("a full queue sheds chat first, oldest first, then the rest, oldest first") {
  GIVEN("room for five lines") {
    delivery_queue queue{{.capacity = 500, .window = 10'000}};
    queue.push(batch("cCc"));
    queue.push(batch("cC"));
    CHECK_EQ(queue.counters().shed, 0u);
    WHEN("a command comes") {
      queue.push(batch("C"));
      THEN("the oldest chat goes") {
        CHECK_EQ(queue.counters().shed, 1u);
        CHECK_EQ(queue.waiting_bytes(), 500u);
        CHECK_EQ(all(queue), (numbers{2, 3, 4, 5, 6}));
      }
    }
  }
  GIVEN("a queue of commands and one line of chat") {
    delivery_queue queue{{.capacity = 500, .window = 10'000}};
    last_id = 0;
    queue.push(batch("CCCC"));
    queue.push(batch("c"));
    WHEN("two more commands come") {
      queue.push(batch("CC"));
      THEN("the chat goes, young as it is, and then the oldest command") {
        CHECK_EQ(all(queue), (numbers{2, 3, 4, 6, 7}));
      }
    }
  }
  GIVEN("chat that comes when there are only commands") {
    delivery_queue queue{{.capacity = 500, .window = 10'000}};
    last_id = 0;
    queue.push(batch("CCCCC"));
    queue.push(batch("c"));
    CHECK_EQ(all(queue), (numbers{1, 2, 3, 4, 5}));
    CHECK(queue.counters() == (delivery_counters{.routed = 6, .shed = 1, .queued = 5}));
  }
  GIVEN("a batch larger than the queue") {
    delivery_queue queue{{.capacity = 300, .window = 10'000}};
    last_id = 0;
    queue.push(batch("ccccCcc"));
    CHECK_EQ(all(queue), (numbers{5, 6, 7}));
  }
  GIVEN("what is with the cog already") {
    delivery_queue queue{{.capacity = 300, .window = 10'000}};
    last_id = 0;
    queue.push(batch("ccc"));
    queue.take();
    queue.push(batch("CCC"));
    CHECK_EQ(queue.counters().shed, 0u); // it doesn't wait any more
  }
}

END_FIXTURE_SCOPE()

namespace {

/// The queue in slow motion: one list of single lines.
struct slow_queue {
  struct line {
    uint32_t id;
    uint64_t number;
    size_t bytes;
    bool ordinary;
    uint64_t batch;
    bool given = false;
  };

  size_t capacity;
  std::deque<line> lines; // in order; those given out are in front
  delivery_counters counters;

  size_t waiting_bytes() const {
    size_t bytes = 0;
    for (const auto& x : lines)
      bytes += x.given ? 0 : x.bytes;
    return bytes;
  }

  void shed() {
    for (auto chat_only : {true, false}) {
      for (auto i = lines.begin(); i != lines.end() && waiting_bytes() > capacity;) {
        if (!i->given && (i->ordinary || !chat_only)) {
          i = lines.erase(i);
          ++counters.shed;
          --counters.queued;
        } else {
          ++i;
        }
      }
    }
  }
};

std::string live(uint32_t seed, size_t& shed_in_all, size_t& restarts) {
  std::minstd_rand random{seed};
  random.discard(5);
  const delivery_queue::options options{.capacity = 600 + random() % 2'000, .window = 300 + random() % 1'000};
  delivery_queue queue{options};
  slow_queue twin{options.capacity, {}, {}};
  uint32_t last_id = 0;
  uint64_t number = 0;
  uint64_t batch = 0;
  uint64_t done = 0;       // acknowledged up to here
  uint64_t given_upto = 0; // the last number given out since the last restart
  std::map<uint32_t, int> times_given;
  bool restarted = false;
  std::string problem;

  for (int step = 0; step < 150 && problem.empty(); ++step) {
    switch (random() % 8) {
      case 0:
      case 1:
      case 2: { // lines come
        cog_batch::content content;
        ++batch;
        for (auto count = random() % 6; count > 0; --count) {
          auto size = static_cast<uint16_t>(random() % 200);
          auto ordinary = random() % 4 != 0;
          content.lines.push_back(made_line(++last_id, size, ordinary));
          twin.lines.push_back({last_id, ++number, cost_of(size), ordinary, batch});
          ++twin.counters.routed;
          ++twin.counters.queued;
        }
        if (content.lines.empty())
          break;
        queue.push(std::move(content));
        twin.shed();
        if (queue.waiting_bytes() > options.capacity)
          problem = "more bytes than allowed";
        break;
      }
      case 3:
      case 4: // the cog gets some
        if (auto next = queue.take()) {
          size_t bytes = 0;
          for (const auto& x : twin.lines)
            bytes += x.given ? x.bytes : 0;
          auto had_some = bytes > 0;
          for (const auto& line : next->lines->lines) {
            if (line.number < next->from)
              continue;
            auto expected = std::find_if(twin.lines.begin(), twin.lines.end(), [](const auto& x) { return !x.given; });
            if (expected == twin.lines.end() || expected->id != line.index.begin || expected->number != line.number)
              problem = "not the next line";
            else if (line.number <= given_upto || (!restarted && times_given[expected->id] > 0))
              problem = "given out twice";
            if (!problem.empty())
              break;
            expected->given = true;
            bytes += expected->bytes;
            ++times_given[expected->id];
            given_upto = line.number;
          }
          if (had_some && bytes > options.window)
            problem = "more in flight than the window allows";
        } else if (std::none_of(twin.lines.begin(), twin.lines.end(), [](const auto& x) { return x.given; })
                   && !twin.lines.empty()) {
          problem = "nothing was given out although nothing is in flight";
        }
        break;
      case 5:
      case 6: // the cog is done with some
        if (given_upto > done) {
          auto upto = done + 1 + random() % (given_upto - done);
          auto poisoned = random() % 3 == 0 ? 1u : 0u;
          uint64_t finished = 0;
          while (!twin.lines.empty() && twin.lines.front().given && twin.lines.front().number <= upto) {
            twin.lines.pop_front();
            ++finished;
          }
          poisoned = static_cast<unsigned>(std::min<uint64_t>(poisoned, finished));
          twin.counters.poisoned += poisoned;
          twin.counters.handled += finished - poisoned;
          twin.counters.queued -= finished;
          queue.acknowledge(upto, twin.counters.poisoned);
          done = upto;
        }
        break;
      default:
        if (random() % 4 == 0) { // the cog is replaced
          queue.restart();
          restarted = true;
          ++restarts;
          given_upto = done;
          for (auto& x : twin.lines)
            x.given = false;
          if (queue.waiting_bytes() > options.capacity + options.window + 6 * cost_of(200))
            problem = "a restart keeps more than capacity and window";
        }
    }
    const auto& counted = queue.counters();
    if (problem.empty() && !counted.balanced())
      problem = "routed != handled + poisoned + shed + queued";
    if (problem.empty() && counted != twin.counters)
      problem = "the twin counts otherwise";
    if (problem.empty() && counted.queued != twin.lines.size())
      problem = "queued is not what is there";
    if (problem.empty() && queue.waiting_bytes() != twin.waiting_bytes())
      problem = "the bytes that wait are " + std::to_string(queue.waiting_bytes()) + ", not "
                + std::to_string(twin.waiting_bytes());
    if (!problem.empty())
      problem += " (step " + std::to_string(step) + ")";
  }
  // In the end everything is given out and acknowledged.
  for (int turns = 0; problem.empty() && queue.counters().queued > 0; ++turns) {
    queue.acknowledge(number, 0);
    queue.take();
    if (turns > 2'000)
      problem = "some lines are never given out";
  }
  shed_in_all += queue.counters().shed;
  return problem;
}

} // namespace

SCENARIO("whatever happens, every line is accounted for, in order, and the memory is bounded") {
  size_t failures = 0;
  size_t shed = 0;
  size_t restarts = 0;
  for (uint32_t seed = 1; seed <= 3'000; ++seed) {
    if (auto problem = live(seed, shed, restarts); !problem.empty() && ++failures < 5)
      CAF_CHECK_EQUAL("seed " + std::to_string(seed) + ": " + problem, "");
  }
  CHECK_EQ(failures, 0u);
  CHECK_GT(shed, 10'000u);
  CHECK_GT(restarts, 3'000u);
}
