#define CAF_SUITE messages.chat_batch

#include "messages/chat_batch.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/lines.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/byte_buffer.hpp>

#include <random>

using namespace creamery;
using creamery::test::batch_of;
using creamery::test::privmsg;
using creamery::test::strings;

namespace {

strings raw_lines(const chat_batch& batch) {
  strings result;
  for (const auto& index : batch.lines)
    result.emplace_back(irc_line{batch.memory->data(), index}.raw());
  return result;
}

/// Looks at every part of every line, so that a wrong offset is read (and found, under the sanitizers).
size_t touch(const irc_line& line) {
  size_t sum =
    line.raw().size() + line.tag_text("id").size() + line.nick().size() + line.command().size() + line.channel().size();
  for (auto c : line.text())
    sum += static_cast<unsigned char>(c);
  for (size_t i = 0; i < line.param_count(); ++i)
    sum += line.param(i)->size();
  return sum;
}

struct batch_fixture : creamery::test::fixture {
  template <class T>
  caf::byte_buffer save(const T& x) {
    caf::byte_buffer bytes;
    caf::binary_serializer sink{sys, bytes};
    saved = sink.apply(x);
    return bytes;
  }

  bool saved = false;

  template <class T>
  bool load(const caf::byte_buffer& bytes, T& x) {
    caf::binary_deserializer source{sys, bytes};
    return source.apply(x);
  }

  const strings texts{privmsg("chan", "ann", "hello", "id=1;tmi-sent-ts=2"), "PING",
                      ":tmi.twitch.tv CLEARCHAT #chan :bob",
                      privmsg("other", "bob",
                              "\x01"
                              "ACTION waves\x01")};

  chat_batch made() {
    auto batch = batch_of(texts);
    batch.connection = "bot/1";
    batch.number = 42;
    batch.read_at = -1;
    return batch;
  }

  cog_batch made_for_cog() {
    auto batch = made();
    auto content = std::make_shared<cog_batch::content>();
    content->memory = batch.memory;
    content->read_at = 77;
    for (uint64_t i = 0; i < batch.lines.size(); ++i)
      content->lines.push_back({batch.lines[i], i + 10, static_cast<uint16_t>(i), static_cast<uint16_t>(i + 1)});
    return {11, content};
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(batch_fixture)

SCENARIO("a batch arrives on the other machine as it was") {
  GIVEN("a batch of all kinds of lines") {
    const auto batch = made();
    chat_batch copy;
    REQUIRE(load(save(batch), copy));
    CHECK(saved);
    CHECK_EQ(copy.connection, "bot/1");
    CHECK_EQ(copy.number, 42u);
    CHECK_EQ(copy.read_at, -1);
    CHECK_EQ(raw_lines(copy), texts);
    REQUIRE_EQ(copy.lines.size(), batch.lines.size());
    for (size_t i = 0; i < copy.lines.size(); ++i) {
      auto expected = batch.lines[i];
      expected.begin = copy.lines[i].begin; // the only thing that may differ: lines are packed
      CHECK(copy.lines[i] == expected);
    }
    THEN("saving it has not changed it") {
      CHECK_EQ(raw_lines(batch), texts);
    }
  }
  GIVEN("a batch that shares a large slab") {
    auto large = std::make_shared<slab>();
    auto small = made();
    std::memcpy(large->data() + 100'000, small.memory->data(), small.memory->capacity());
    for (auto& line : small.lines)
      line.begin += 100'000;
    small.memory = large;
    auto bytes = save(small);
    THEN("only its lines travel") {
      CHECK_LT(bytes.size(), 1'000u);
      chat_batch copy;
      REQUIRE(load(bytes, copy));
      CHECK_EQ(raw_lines(copy), texts);
      CHECK_LT(copy.memory->capacity(), 1'000u);
    }
  }
  GIVEN("nothing") {
    chat_batch copy = made();
    REQUIRE(load(save(chat_batch{}), copy));
    CHECK(copy.lines.empty());
  }
}

SCENARIO("a cog's batch arrives as it was") {
  const auto batch = made_for_cog();
  cog_batch copy;
  REQUIRE(load(save(batch), copy));
  CHECK(saved);
  CHECK_EQ(copy.from, 11u);
  CHECK_EQ(copy.lines->read_at, 77);
  CHECK_EQ(creamery::test::raw_lines(*copy.lines), texts);
  for (size_t i = 0; i < texts.size(); ++i) {
    CHECK_EQ(copy.lines->lines[i].number, i + 10);
    CHECK_EQ(copy.lines->lines[i].command, i);
    CHECK_EQ(copy.lines->lines[i].arguments, i + 1);
  }
  GIVEN("one without content, as a message is made by default") {
    cog_batch loaded = made_for_cog();
    REQUIRE(load(save(cog_batch{}), loaded));
    CHECK(loaded.lines->lines.empty());
  }
}

SCENARIO("an index that points beyond the bytes that came is refused") {
  GIVEN("batches with one wrong offset each") {
    auto batch = made();
    const auto size = batch.lines[0].size;
    size_t refused = 0;
    for (auto field : {&irc_index::text, &irc_index::text_size, &irc_index::channel, &irc_index::prefix,
                       &irc_index::command, &irc_index::params, &irc_index::tags_size}) {
      auto bad = batch;
      bad.lines[0].*field = static_cast<uint16_t>(size + 1);
      chat_batch copy;
      refused += !load(save(bad), copy);
      CHECK(copy.memory == nullptr); // nothing half-loaded that somebody could use
    }
    CHECK_EQ(refused, 7u);
  }
  GIVEN("a verb that nobody knows") {
    auto bad = made();
    bad.lines[0].verb = static_cast<irc_verb>(static_cast<uint8_t>(irc_verb::whisper) + 1);
    chat_batch copy;
    auto bytes = save(bad);
    CHECK((!saved || !load(bytes, copy)));
  }
}

SCENARIO("damaged bytes are refused or give lines that are safe to read") {
  auto try_all = [this]<class T>(const T& original, auto look) {
    const auto bytes = save(original);
    size_t loaded = 0;
    for (size_t size = 0; size < bytes.size(); ++size) { // cut off anywhere
      T copy;
      CHECK(!load(caf::byte_buffer{bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(size)}, copy));
    }
    size_t sum = 0;
    for (size_t at = 0; at < bytes.size(); ++at) {
      for (int value : {0x00, 0x01, 0x7F, 0x80, 0xFF, -1}) { // -1: one more than before
        auto damaged = bytes;
        damaged[at] = static_cast<caf::byte>(value < 0 ? static_cast<int>(bytes[at]) + 1 : value);
        T copy;
        if (load(damaged, copy)) {
          ++loaded;
          sum += look(copy);
        }
      }
    }
    std::minstd_rand random{2026};
    for (int i = 0; i < 3'000; ++i) {
      auto damaged = bytes;
      for (auto changes = 1 + random() % 8; changes > 0; --changes)
        damaged[random() % damaged.size()] = static_cast<caf::byte>(random() % 256);
      T copy;
      if (load(damaged, copy)) {
        ++loaded;
        sum += look(copy);
      }
    }
    CHECK_GT(loaded, 0u);
    CHECK_GT(sum, 0u);
  };
  GIVEN("a batch") {
    try_all(made(), [](const chat_batch& x) {
      size_t sum = 0;
      for (const auto& index : x.lines)
        sum += touch(irc_line{x.memory->data(), index});
      return sum;
    });
  }
  GIVEN("a cog's batch") {
    try_all(made_for_cog(), [](const cog_batch& x) {
      size_t sum = 0;
      for (const auto& line : x.lines->lines)
        sum += touch(irc_line{x.lines->memory->data(), line.index});
      return sum;
    });
  }
}

SCENARIO("the small messages arrive as they were") {
  cog_progress progress{"echo", 3, 99, 1};
  cog_progress progress_copy;
  CHECK(load(save(progress), progress_copy));
  CHECK(progress_copy == progress);
  cog_interest interest;
  interest.commands = {"hello", "horse"};
  interest.add(irc_verb::whisper);
  interest.add(irc_verb::other);
  cog_interest interest_copy;
  CHECK(load(save(interest), interest_copy));
  CHECK(interest_copy == interest);
  CHECK(interest_copy.wants(irc_verb::whisper));
  CHECK(interest_copy.wants(irc_verb::other));
  CHECK(!interest_copy.wants(irc_verb::privmsg));
}

END_FIXTURE_SCOPE()
