/// Times our own parser over a capture, and shows what it makes of its lines, as the programs in benchmarks/peers/parsers do for
/// other libraries:
///
///     parsers time FILE ROUNDS [SET]   one JSON object for each task: nanoseconds per line, round by round; SET is an
///                                      instruction set by its name (words, SSE2, AVX2, AVX-512, NEON) instead of the best
///     parsers show NAME FILE           every line in the form that all share, so that they can be compared

#include "benchmarks/micro/capture.hpp"
#include "benchmarks/parsers/tasks.hpp"
#include "messages/irc_line.hpp"
#include "messages/scan/scan.hpp"
#include "runtime/irc/parser.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

using namespace creamery;

namespace {

using clock_type = std::chrono::steady_clock;

struct task {
  const char* name;
  size_t (*run)(const irc_line&);
};

void time(const benchmarks::capture& data, size_t rounds) {
  for (const auto& [name, run] : {task{"envelope", benchmarks::envelope}, task{"three_tags", benchmarks::three_tags},
                                  task{"all_tags", benchmarks::all_tags}}) {
    std::vector<double> times;
    for (size_t round = 0; round <= rounds; ++round) {
      size_t sum = 0;
      auto begin = clock_type::now();
      for (auto line : data.lines) {
        irc_index index;
        if (parse_irc(line, index) == irc_parse_error::none)
          sum += run(irc_line{line.data(), index});
      }
      auto elapsed = std::chrono::duration<double, std::nano>{clock_type::now() - begin};
      if (sum == 0)
        std::exit(1); // nothing was parsed; and the sum has to be known, so nothing can be left out
      if (round > 0)  // the first one is for the caches
        times.push_back(elapsed.count() / static_cast<double>(data.lines.size()));
    }
    std::cout << nlohmann::json{{"library", "creamery"}, {"task", name}, {"ns_per_line", times}}.dump() << '\n';
  }
}

/// Command, channel, sender, text and the sorted tags, separated by characters that chat doesn't contain.
std::string show(std::string_view raw) {
  irc_index index;
  if (parse_irc(raw, index) != irc_parse_error::none)
    return "\x1e\x1e\x1e\x1e";
  irc_line line{raw.data(), index};
  std::vector<std::string> tags;
  line.for_each_tag_text(
    [&](std::string_view key, std::string_view value) { tags.push_back(std::string{key}.append("=").append(value)); });
  std::sort(tags.begin(), tags.end());
  std::string result{line.command()};
  result += line.channel().empty() ? "\x1e" : "\x1e#";
  for (auto part : {line.channel(), line.nick(), line.text()})
    result.append(part).append("\x1e");
  for (size_t i = 0; i < tags.size(); ++i)
    result.append(i > 0 ? "\x1f" : "").append(tags[i]);
  for (size_t at = 0; (at = result.find('\n', at)) != std::string::npos;)
    result.replace(at, 1, "\u2424");
  return result;
}

} // namespace

int main(int argc, char** argv) {
  std::vector<std::string> arguments{argv + 1, argv + argc};
  if (arguments.size() == 4 && arguments[0] == "time") {
    for (auto set : scan::all_instruction_sets)
      if (arguments.back() == scan::to_string(set) && scan::use(set))
        arguments.pop_back();
  }
  if (arguments.size() == 3 && arguments[0] == "time" && std::atoi(arguments[2].c_str()) > 0) {
    auto data = benchmarks::load_capture(arguments[1]);
    time(data, static_cast<size_t>(std::atoi(arguments[2].c_str())));
    return 0;
  }
  if (arguments.size() == 3 && arguments[0] == "show") {
    auto data = benchmarks::load_capture(arguments[2]);
    for (auto line : data.lines)
      std::cout << show(line) << '\n';
    return 0;
  }
  std::cerr << "usage: parsers time FILE ROUNDS [INSTRUCTIONS] | parsers show NAME FILE\n";
  return 2;
}
