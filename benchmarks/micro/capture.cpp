#include "benchmarks/micro/capture.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

namespace creamery::benchmarks {

namespace {

void split(capture& one) {
  std::string_view rest = one.text;
  while (!rest.empty()) {
    auto end = rest.find('\n');
    auto line = rest.substr(0, end);
    if (line.ends_with('\r'))
      line.remove_suffix(1);
    if (!line.empty())
      one.lines.push_back(line);
    if (end == std::string_view::npos)
      break;
    rest.remove_prefix(end + 1);
  }
}

} // namespace

capture load_capture(const std::string& file) {
  capture one;
  one.name = file;
  std::ifstream in{file, std::ios::binary};
  one.text.assign(std::istreambuf_iterator<char>{in}, {});
  split(one);
  return one; // moved at most: the lines stay where they are
}

std::vector<capture> load_captures() {
  const auto* variable = std::getenv("CREAMERY_TEST_DATA");
  auto folder = variable != nullptr && *variable != '\0'
                  ? std::filesystem::path{variable}
                  : std::filesystem::path{CREAMERY_SOURCE_DIR}.parent_path() / "shared" / "data";
  std::vector<capture> captures;
  for (const auto* name : {"chat-burst.irc", "chat-newyear.irc", "chat-modern-tags.irc"}) {
    auto one = load_capture((folder / name).string());
    if (one.lines.empty())
      continue;
    one.name = name;
    captures.push_back(std::move(one)); // the lines stay where they are
  }
  return captures;
}

} // namespace creamery::benchmarks
