#include "runtime/admin/http_get.hpp"
#include "runtime/program/commands.hpp"

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <tuple>

namespace creamery {

namespace {

using json = nlohmann::json;

std::string duration(int64_t milliseconds) {
  auto seconds = milliseconds / 1000;
  if (seconds < 60)
    return fmt::format("{} s", seconds);
  if (seconds < 3600)
    return fmt::format("{} min", seconds / 60);
  if (seconds < 48 * 3600)
    return fmt::format("{} h {:02} min", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{} days", seconds / 86'400);
}

/// Code points, roughly columns.
size_t width(const std::string& text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

void show(const json& children, const std::string& indent, std::ostream& out) {
  for (const auto& one : children) {
    auto name = indent + one.value("name", "");
    auto padding = std::string(width(name) < 36 ? 36 - width(name) : 1, ' ');
    auto running = one.value("state", "") == "running";
    out << fmt::format("{}{}{:<16}{:<12}{:>8}{:>9}  {}\n", name, padding, one.value("kind", ""), one.value("state", ""),
                       one.value("restarts", 0), one.value("queue", 0),
                       running ? duration(one.value("uptime_ms", int64_t{0})) : one.value("last_error", ""));
    if (auto stuck = one.value("abandoned", 0); stuck > 0)
      out << fmt::format("{}  ({} earlier instances are stuck)\n", indent, stuck);
    show(one.at("children"), indent + "  ", out);
  }
}

/// Only tokens with which something is wrong, or will be.
void show_tokens(const json& tokens, std::ostream& out) {
  for (const auto& one : tokens) {
    auto problem = one.value("problem", "");
    if (auto missing = one.value("missing_scopes", json::array()); problem.empty() && !missing.empty())
      problem = "lacks " + missing.dump();
    if (problem.empty() && !one.value("needs_grant", false))
      continue;
    out << fmt::format("\ntoken of {}: {}{}\n", one.value("account", ""),
                       problem.empty() ? "there is none yet" : problem,
                       one.value("remedy", "").empty() ? "" : "; " + one.value("remedy", ""));
  }
}

/// Channels that were unread at the same time stand in one line.
void show_gaps(const json& bots, std::ostream& out) {
  for (const auto& bot : bots) {
    std::map<std::tuple<std::string, std::string, std::string>, std::string> channels;
    for (const auto& gap : bot.value("gaps", json::array())) {
      auto text = [&](const char* key) { return gap.at(key).is_string() ? gap.at(key).get<std::string>() : ""; };
      auto& names = channels[{text("from"), text("to"), text("cog")}];
      names += (names.empty() ? "#" : ", #") + text("channel");
    }
    if (!channels.empty())
      out << fmt::format("\nnot read by {} (the last {} of {} gaps):\n", bot.value("name", ""), bot.at("gaps").size(),
                         bot.value("gap_count", 0));
    for (const auto& [when, names] : channels) {
      const auto& [from, to, cog] = when;
      out << fmt::format("  {} to {}  {}{}\n", from, to.empty() ? "now" : to, names,
                         cog.empty() ? "" : " (only by the cog " + cog + ")");
    }
  }
}

} // namespace

int status(const config_arguments& arguments) {
  auto config = load_or_complain(arguments);
  if (!config)
    return 1;
  const auto& admin = config->admin;
  auto page = http_get(admin.host, admin.port, "/api/tree", std::chrono::seconds{5});
  if (!page) {
    std::cerr << "creamery status: " << to_string(page.error()) << " (is the service running?)\n";
    return 1;
  }
  auto content = json::parse(*page, nullptr, false);
  if (!content.is_object() || !content.contains("tree")) {
    std::cerr << "creamery status: " << admin.host << ":" << admin.port << " answers, but isn't a creamery\n";
    return 1;
  }
  std::cout << fmt::format("{:<36}{:<16}{:<12}{:>8}{:>9}  {}\n", "actor", "kind", "state", "restarts", "queue",
                           "up for, or why not");
  show(content["tree"], "", std::cout);
  show_tokens(content.value("tokens", json::array()), std::cout);
  show_gaps(content.value("bots", json::array()), std::cout);
  return 0;
}

} // namespace creamery
