#define CAF_SUITE simulator.replay_file

#include "simulator/irc_text.hpp"
#include "simulator/replay_file.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/test_data.hpp"

#include <algorithm>
#include <iostream>
#include <sstream>

using namespace creamery::simulator;
using namespace std::chrono_literals;

namespace {

struct file_fixture {
  id_source ids{1};
  time_point now{std::chrono::milliseconds{1'700'000'000'123}};

  std::string render(const replay_file& file, size_t index, uint64_t number, std::string_view channel = "new") {
    std::string out;
    file.render(out, index, {ids, number, channel, "77", now});
    return out;
  }
};

} // namespace

BEGIN_FIXTURE_SCOPE(file_fixture)

SCENARIO("a line gets another id, time, channel and room") {
  auto file = replay_file::parse({"@color=#FF0000;id=old;room-id=1;tmi-sent-ts=5;user-id=9 :ann!ann@ann.tmi.twitch.tv "
                                  "PRIVMSG #old :hi #old ; id=old"},
                                 "test");
  REQUIRE(file);
  CHECK_EQ(std::string{file->channel(0)}, "old");
  CHECK_EQ(
    render(*file, 0, 42),
    "@color=#FF0000;id=" + ids.text(42)
      + ";room-id=77;tmi-sent-ts=1700000000123;user-id=9 :ann!ann@ann.tmi.twitch.tv PRIVMSG #new :hi #old ; id=old");
  std::string out;
  auto made = file->render(out, 0, {ids, 42, "new", "77", now});
  CHECK_EQ(out.substr(made.id, 36), ids.text(42));
  CHECK(out.substr(made.body).starts_with(":ann!"));
}

SCENARIO("a line without tags gets those that a checker needs") {
  auto file =
    replay_file::parse({":ann!ann@ann.tmi.twitch.tv PRIVMSG #old :hi", ":tmi.twitch.tv CLEARCHAT #old"}, "test");
  REQUIRE(file);
  CHECK_EQ(render(*file, 0, 1),
           "@id=" + ids.text(1) + ";tmi-sent-ts=1700000000123 :ann!ann@ann.tmi.twitch.tv PRIVMSG #new :hi");
  CHECK_EQ(render(*file, 1, 2), "@tmi-sent-ts=1700000000123 :tmi.twitch.tv CLEARCHAT #new");
}

SCENARIO("lines that refer to others still do") {
  auto file = replay_file::parse({"@id=first;tmi-sent-ts=1 :a!a@a PRIVMSG #c :one",
                                  "@id=second;reply-parent-msg-id=first;tmi-sent-ts=2 :b!b@b PRIVMSG #c :two",
                                  "@target-msg-id=second;tmi-sent-ts=3 :tmi.twitch.tv CLEARMSG #c :two",
                                  "@target-msg-id=elsewhere :tmi.twitch.tv CLEARMSG #c :x"},
                                 "test");
  REQUIRE(file);
  CHECK(render(*file, 1, 101).find("reply-parent-msg-id=" + ids.text(100) + ";") != std::string::npos);
  CHECK(render(*file, 2, 102).starts_with("@target-msg-id=" + ids.text(101) + ";"));
  CHECK(render(*file, 3, 103).starts_with("@target-msg-id=elsewhere;"));
}

SCENARIO("times count from the first line and never go back") {
  auto file = replay_file::parse({"@tmi-sent-ts=1000 :a PRIVMSG #c :1", "@tmi-sent-ts=3000 :a PRIVMSG #c :2",
                                  "@tmi-sent-ts=2000 :a PRIVMSG #c :3", ":a PRIVMSG #c :4"},
                                 "test");
  REQUIRE(file);
  CHECK(file->offset(0) == 0s);
  CHECK(file->offset(1) == 2s);
  CHECK(file->offset(2) == 2s);
  CHECK(file->offset(3) == 2s);
}

SCENARIO("what is no chat is left out") {
  auto file = replay_file::parse({"PING :x", "", "@a=b", "@id=1 :tmi.twitch.tv ROOMSTATE #c", "nonsense",
                                  ":a PRIVMSG #c :1", ":a PRIVMSG c :2", ":a PRIVMSG #C!D :3"},
                                 "test");
  REQUIRE(file);
  CHECK_EQ(file->size(), 1u);
  CHECK(!replay_file::parse({"PING :x"}, "test"));
  CHECK(!replay_file::load("/nowhere/at/all"));
}

SCENARIO("every real line comes back as it was, save for what is new") {
  for (auto name : {"chat-burst.irc", "chat-newyear.irc", "chat-modern-tags.irc"}) {
    auto data = creamery::test::read_test_data(name);
    if (!data) {
      std::cout << "SKIPPED: no " << name << ": CREAMERY_TEST_DATA doesn't name the folder of real traffic\n";
      continue;
    }
    std::vector<std::string> lines;
    std::istringstream in{*data};
    for (std::string line; std::getline(in, line); lines.push_back(line))
      while (line.ends_with('\r'))
        line.pop_back();
    auto file = replay_file::parse(lines, name);
    REQUIRE(file);
    REQUIRE_EQ(file->size(), lines.size());
    for (size_t index = 0; index < lines.size(); ++index) {
      auto before = parse_irc(lines[index]);
      auto text = render(*file, index, index, file->channel(index));
      auto after = parse_irc(text);
      REQUIRE(before.has_value() && after.has_value());
      CHECK(before->params == after->params);
      CHECK(before->prefix == after->prefix);
      CHECK(before->tags.size() == after->tags.size());
      for (size_t i = 0; i < std::min(before->tags.size(), after->tags.size()); ++i) {
        const auto& key = before->tags[i].first;
        if (key != "id" && key != "room-id" && key != "tmi-sent-ts" && !key.ends_with("-msg-id"))
          CHECK(before->tags[i] == after->tags[i]);
      }
    }
  }
}

END_FIXTURE_SCOPE()
