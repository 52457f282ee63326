/// Does one of the things that are done for every line, to 640 lines, so many times, so that the instructions this takes can be
/// counted (`check` beside this file). The lines are made up, always the same, and like those of today's Twitch.
///
///     instructions PATH TIMES

#include "benchmarks/parsers/tasks.hpp"
#include "messages/chat_message.hpp"
#include "messages/scan/scan.hpp"
#include "runtime/delivery/dispatcher.hpp"
#include "runtime/irc/parser.hpp"

#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <vector>

using namespace creamery;

namespace {

constexpr size_t line_count = 640;
constexpr size_t lines_per_batch = 64;
const dispatcher::time_point now{std::chrono::hours{1}};

/// One of a row of different lines: short and long ones, with badges, emotes, replies; each 50th is a command.
std::string make_line(size_t n) {
  auto number = std::to_string(100'000'000 + n * 7919 % 900'000'000);
  auto id = "5a6b7c8d-1e2f-4a3b-8c9d-000" + number;
  auto user = "viewer_" + number.substr(0, 3 + n % 6);
  std::string tags = "@badge-info=" + (n % 3 ? "subscriber/" + std::to_string(n % 60) : "");
  tags += ";badges=" + std::string{n % 3 ? "subscriber/12" : ""} + (n % 7 ? "" : ",premium/1");
  tags += ";client-nonce=0d1632f37b6baee5" + number + ";color=#19E6E6;display-name=" + user;
  tags += n % 4 ? ";emotes=" : ";emotes=25:0-4,12-16/1902:6-10";
  tags += ";first-msg=0;flags=;id=" + id + ";mod=0;";
  if (n % 10 == 3)
    tags += "reply-parent-display-name=Ann;reply-parent-msg-body=what\\sis\\sthis;reply-parent-msg-id=" + id
            + ";reply-parent-user-id=42;reply-parent-user-login=ann;";
  tags += "returning-chatter=0;room-id=11148817;subscriber=1;tmi-sent-ts=1767225600123;turbo=0;user-id=" + number
          + ";user-type=";
  std::string text = n % 10 == 3 ? "@Ann " : n % 50 == 7 ? "!hello " : "";
  for (size_t words = 1 + n % 12; words > 0; --words)
    text += words % 3 ? "Kappa " : "something ";
  return tags + " :" + user + "!" + user + "@" + user + ".tmi.twitch.tv PRIVMSG #some_channel :" + text;
}

/// The lines as they would come from a socket, in batches.
struct batches {
  batches() {
    for (size_t begin = 0; begin < line_count; begin += lines_per_batch) {
      std::string bytes;
      std::vector<irc_index> lines;
      for (size_t n = begin; n < begin + lines_per_batch; ++n) {
        auto& index = lines.emplace_back();
        const auto line = make_line(n);
        if (parse_irc(line, index) != irc_parse_error::none)
          std::abort();
        index.begin = static_cast<uint32_t>(bytes.size());
        bytes += line;
      }
      all.push_back({"irc-1", all.size() + 1, 0, slab::copy_of(bytes), std::move(lines)});
    }
  }

  std::vector<chat_batch> all;
};

/// Calls `use` for each line, after having found its parts anew.
size_t parse(const batches& data, size_t (*use)(const irc_line&)) {
  size_t sum = 0;
  for (const auto& batch : data.all)
    for (const auto& known : batch.lines) {
      irc_index index;
      const auto* line = batch.memory->data() + known.begin;
      if (parse_irc({line, known.size}, index) == irc_parse_error::none)
        sum += use(irc_line{line, index});
    }
  return sum;
}

/// A router with a cog that reads everything and one with a command, both as quick as can be.
size_t route(const batches& data) {
  dispatcher lines{"!"};
  cog_interest everything;
  everything.add(irc_verb::privmsg);
  cog_interest command;
  command.commands = {"hello"};
  lines.add({"reader", 1, 0, 0}, everything);
  lines.add({"greeter", 1, 0, 0}, command);
  for (const auto& batch : data.all) {
    lines.route(batch, now);
    for (const auto* cog : {"reader", "greeter"})
      while (auto given = lines.queue(cog)->take())
        lines.queue(cog)->acknowledge(given->lines->lines.back().number, 0);
  }
  return lines.counters().routed;
}

const std::map<std::string, std::function<size_t(const batches&)>>& paths() {
  static const std::map<std::string, std::function<size_t(const batches&)>> all{
    {"parse/envelope", [](const batches& data) { return parse(data, benchmarks::envelope); }},
    {"parse/three_tags", [](const batches& data) { return parse(data, benchmarks::three_tags); }},
    {"parse/all_tags", [](const batches& data) { return parse(data, benchmarks::all_tags); }},
    {"route", route},
  };
  return all;
}

} // namespace

int main(int argc, char** argv) {
  const auto path = argc == 3 ? paths().find(argv[1]) : paths().end();
  const auto times = argc == 3 ? std::atol(argv[2]) : 0;
  if (path == paths().end() || times < 1) {
    std::cerr << "usage: instructions PATH TIMES, with a path of:";
    for (const auto& [name, run] : paths())
      std::cerr << ' ' << name;
    std::cerr << '\n';
    return 2;
  }
  scan::use(scan::instruction_set::sse2); // which valgrind and all x86-64 processors know
  const batches data;
  size_t sum = 0;
  for (long i = 0; i < times; ++i)
    sum += path->second(data);
  std::cout << path->first << ": " << sum << '\n';
  return 0;
}
