#define CAF_SUITE simulator.history

#include "simulator/history.hpp"
#include "tests/unit/fixture.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <fstream>

using namespace creamery::simulator;

SCENARIO("whatever was said, each line is JSON") {
  history log{100};
  std::string nasty = "a\"b\\c\x01\x1f\n\xff\xfe \xc0\xaf \xed\xa0\x80 ü 🎉 \xf0\x9f";
  log.add("message", time_point{std::chrono::microseconds{7}}, [&](json_line& x) {
    x.text("text", nasty).flag("joined", true).begin_list("to").element(1).element(2).end_list();
  });
  auto lines = log.lines(0, 10);
  REQUIRE_EQ(lines.size(), 1u);
  auto parsed = nlohmann::json::parse(lines[0], nullptr, false);
  REQUIRE(parsed.is_object());
  CHECK_EQ(parsed["n"].get<int>(), 1);
  CHECK_EQ(parsed["at"].get<int>(), 7);
  CHECK_EQ(parsed["to"].dump(), "[1,2]");
  CHECK(parsed["text"].get<std::string>().find("ü 🎉") != std::string::npos);
}

SCENARIO("only the newest lines are kept") {
  history log{3};
  for (int i = 0; i < 10; ++i)
    log.add("x", {}, [&](json_line& x) { x.number("i", i); });
  auto all = log.lines(0, 100);
  REQUIRE_EQ(all.size(), 3u);
  CHECK(all[0].find("\"i\":7") != std::string::npos);
  CHECK_EQ(log.lines(10, 100).size(), 1u);
  CHECK_EQ(log.lines(11, 100).size(), 0u);
  CHECK_EQ(log.lines(9, 1).size(), 1u);
  CHECK_EQ(log.next(), 11u);
}

SCENARIO("a file gets every line") {
  auto file = std::filesystem::temp_directory_path() / ("creamery-history-test-" + std::to_string(::getpid()));
  {
    history log{1};
    REQUIRE(log.write_to(file.string()));
    for (int i = 0; i < 1000; ++i)
      log.add("x", {}, [](json_line&) {});
  }
  std::ifstream in{file};
  size_t count = 0;
  for (std::string line; std::getline(in, line); ++count)
    CHECK(nlohmann::json::accept(line));
  CHECK_EQ(count, 1000u);
  std::filesystem::remove(file);
  WHEN("the file can't be written") {
    history log{1};
    THEN("that is said") {
      CHECK(!log.write_to("/nowhere/at/all"));
    }
  }
}

SCENARIO("observers don't hear of chat lines") {
  history log{0};
  std::vector<std::string> heard;
  log.observe([&](const std::string& line) { heard.push_back(line); });
  log.add("line", {}, [](json_line&) {});
  log.add("login", {}, [](json_line&) {});
  CHECK_EQ(heard.size(), 1u);
}
