#define CAF_SUITE irc.duplicate_filter

#include "runtime/irc/duplicate_filter.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/lines.hpp"

#include <deque>
#include <random>

using namespace creamery;
using creamery::test::owned_line;
using creamery::test::privmsg;
using namespace std::chrono_literals;

namespace {

constexpr auto start = seen_lines::time_point{1h};

std::string uuid(unsigned n) {
  char text[40];
  std::snprintf(text, sizeof text, "%08x-0000-4000-8000-%012x", n, n);
  return text;
}

owned_line chat(std::string_view channel, const std::string& id, const std::string& more = "") {
  return owned_line{privmsg(channel, "ann", "hi", "id=" + id + more)};
}

} // namespace

SCENARIO("a line is itself by its id, and without one by its content and time") {
  GIVEN("two lines with one id but different words") {
    CHECK(identify(owned_line{privmsg("a", "ann", "x", "id=" + uuid(1))}.view())
          == identify(owned_line{privmsg("a", "ann", "y", "id=" + uuid(1))}.view()));
  }
  GIVEN("ids that differ in one digit, at any place") {
    const std::string one = "d831d848-b7c7-4559-ae3a-2cb88f4dbfed";
    for (size_t i = 0; i < one.size(); ++i) {
      if (one[i] == '-')
        continue;
      auto other = one;
      other[i] = other[i] == '0' ? '1' : '0';
      CHECK(identify(chat("a", one).view()) != identify(chat("a", other).view()));
    }
  }
  GIVEN("ids that are no UUIDs") {
    CHECK(identify(chat("a", "abc").view()).has_value());
    CHECK(identify(chat("a", "abc").view()) == identify(chat("b", "abc").view()));
    CHECK(identify(chat("a", "abc").view()) != identify(chat("a", "abd").view()));
    // Upper case is no form of Twitch's; whatever it means, it is the same each time.
    CHECK(identify(chat("a", "D831D848-B7C7-4559-AE3A-2CB88F4DBFED").view())
          == identify(chat("a", "D831D848-B7C7-4559-AE3A-2CB88F4DBFED").view()));
    CHECK(identify(chat("a", "d831d848xb7c7-4559-ae3a-2cb88f4dbfed").view())
          != identify(chat("a", "d831d848-b7c7-4559-ae3a-2cb88f4dbfed").view()));
  }
  GIVEN("a line without id but with a time") {
    owned_line one{"@room-id=1;tmi-sent-ts=1 :tmi.twitch.tv CLEARCHAT #a :bob"};
    owned_line same{"@room-id=1;tmi-sent-ts=1 :tmi.twitch.tv CLEARCHAT #a :bob"};
    owned_line later{"@room-id=1;tmi-sent-ts=2 :tmi.twitch.tv CLEARCHAT #a :bob"};
    CHECK(identify(one.view()) == identify(same.view()));
    CHECK(identify(one.view()) != identify(later.view()));
  }
  GIVEN("lines that may come any number of times") {
    CHECK(!identify(owned_line{":a!a@a JOIN #a"}.view()));
    CHECK(!identify(owned_line{"@room-id=1;slow=5 :tmi.twitch.tv ROOMSTATE #a"}.view()));
    CHECK(!identify(owned_line{"@id=;tmi-sent-ts= :tmi.twitch.tv CLEARCHAT #a"}.view()));
  }
}

SCENARIO("the second copy of a line is recognised for a minute at least, per channel") {
  duplicate_filter filter;
  CHECK(filter.is_new(chat("a", uuid(1)).view(), start));
  CHECK(!filter.is_new(chat("a", uuid(1)).view(), start));
  CHECK(filter.is_new(chat("b", uuid(1)).view(), start)); // another channel's window
  CHECK(!filter.is_new(chat("a", uuid(1)).view(), start + 59'999ms));
  CHECK(filter.is_new(chat("a", uuid(1)).view(), start + 120s)); // counted from the first copy
  GIVEN("lines without identity") {
    owned_line join{":a!a@a JOIN #a"};
    CHECK(filter.is_new(join.view(), start));
    CHECK(filter.is_new(join.view(), start));
  }
}

SCENARIO("a command of a shared chat runs in one of the channels only") {
  duplicate_filter filter;
  auto original = chat("a", uuid(1), ";source-id=" + uuid(1));
  auto copy = chat("b", uuid(2), ";source-id=" + uuid(1));
  auto unrelated = chat("b", uuid(3));
  GIVEN("the original and its copy") {
    CHECK(filter.is_new(original.view(), start));
    CHECK(filter.is_new(copy.view(), start)); // they are two lines …
    CHECK(filter.is_new_command(copy.view(), start));
    CHECK(!filter.is_new_command(original.view(), start)); // … but one command
  }
  GIVEN("messages of an ordinary chat") {
    CHECK(filter.is_new_command(unrelated.view(), start));
    CHECK(filter.is_new_command(unrelated.view(), start)); // `is_new` is there for those
    CHECK(filter.is_new_command(chat("b", uuid(4), ";source-id=").view(), start));
    CHECK(filter.is_new_command(chat("b", uuid(5), ";source-id=").view(), start));
  }
}

SCENARIO("what is remembered is bounded in number") {
  GIVEN("room for one") {
    seen_lines seen{{.age = 1h, .count = 1}};
    CHECK(seen.insert({1, 1}, start));
    CHECK(!seen.insert({1, 1}, start));
    CHECK(seen.insert({2, 2}, start));
    CHECK(!seen.insert({2, 2}, start));
    CHECK(seen.insert({3, 3}, start));
    CHECK(seen.size() <= 2);
    CHECK(seen.insert({1, 1}, start)); // forgotten, for want of room
  }
  GIVEN("many lines, each of which comes twice, as over two connections") {
    seen_lines seen{{.age = 1h, .count = 100}};
    size_t wrong = 0;
    for (uint64_t i = 0; i < 1'000; ++i) {
      wrong += !seen.insert({i, i}, start);
      wrong += i >= 99 && seen.insert({i - 99, i - 99}, start); // the copy comes 99 lines late
      wrong += seen.size() > 200;
    }
    CHECK_EQ(wrong, 0u);
  }
  GIVEN("an identity that is all zero") {
    seen_lines seen{{}};
    CHECK(seen.insert({0, 0}, start));
    CHECK(!seen.insert({0, 0}, start));
  }
}

SCENARIO("the last lines are remembered as long as they are young, and none for more than twice as long") {
  size_t differences = 0;
  for (uint32_t seed = 1; seed <= 500; ++seed) {
    std::minstd_rand random{seed};
    const size_t count = 1 + random() % 8;
    const auto age = 1ms * (1 + random() % 40);
    seen_lines seen{{.age = age, .count = count}};
    std::deque<std::pair<uint64_t, seen_lines::time_point>> all; // each identity as it was new, the last one in front
    auto now = start;
    for (int i = 0; i < 200; ++i) {
      now += 1ms * (random() % 6);
      // All but the last bits are equal, so that they meet in the table.
      uint64_t id = random() % 12 << 20;
      auto known = std::find_if(all.begin(), all.end(), [id](const auto& x) { return x.first == id; });
      auto is_new = seen.insert({id, id}, now);
      auto place = static_cast<size_t>(known - all.begin());
      auto must_know = known != all.end() && place < count && now - known->second < age;
      auto must_not_know = known == all.end() || place >= 2 * count || now - known->second >= 2 * age;
      if (((must_know && is_new) || (must_not_know && !is_new)) && ++differences < 3)
        CAF_CHECK_EQUAL("seed " + std::to_string(seed) + ", round " + std::to_string(i), "");
      if (is_new)
        all.emplace_front(id, now);
    }
  }
  CHECK_EQ(differences, 0u);
}
