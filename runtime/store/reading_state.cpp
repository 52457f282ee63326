#include "runtime/store/reading_state.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <utility>

namespace creamery {

namespace {

using json = nlohmann::json;
using times = std::map<std::string, int64_t>;

/// Until when each channel was read by the connections that are to read it.
times read_by(const std::vector<connection_report>& connections) {
  times result;
  for (const auto& connection : connections) {
    for (const auto& channel : connection.channels) {
      if (channel.read_until != 0)
        result[channel.channel] = std::max(result[channel.channel], channel.read_until);
    }
  }
  return result;
}

std::optional<times> parse_times(const json& all, std::string_view key) {
  auto found = all.find(key);
  if (found == all.end() || !found->is_object())
    return std::nullopt;
  times result;
  for (const auto& [name, time] : found->items()) {
    if (!time.is_number_integer())
      return std::nullopt;
    result[name] = time.get<int64_t>();
  }
  return result;
}

} // namespace

reading_recorder::reading_recorder(reading_state last) : state_(std::move(last)) {
  for (auto& [name, bot] : state_.bots)
    bot.behind.clear();
}

void reading_recorder::add(const std::vector<bot_report>& reports) {
  for (const auto& bot : reports) {
    if (!bot.has_router)
      continue; // how far its cogs are isn't known
    auto& state = state_.bots[bot.name];
    for (const auto& [channel, until] : std::exchange(latest_[bot.name], read_by(bot.connections)))
      state.read[channel] = std::max(state.read[channel], until);
    state.behind.clear();
    for (const auto& cog : bot.router.cogs)
      if (cog.unhandled_since != 0)
        state.behind[cog.name] = cog.unhandled_since;
  }
}

std::vector<reading_gap> missed_by_cogs(const reading_state::bot& last) {
  std::vector<reading_gap> result;
  for (const auto& [cog, from] : last.behind)
    for (const auto& [channel, to] : last.read)
      if (from <= to)
        result.push_back({channel, cog, from, to});
  return result;
}

std::string to_text(const reading_state& state) {
  auto bots = json::object();
  for (const auto& [name, bot] : state.bots)
    bots[name] = {{"read", bot.read}, {"behind", bot.behind}};
  return json{{"bots", std::move(bots)}}.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

result<reading_state> parse_reading_state(std::string_view text) {
  auto content = json::parse(text, nullptr, false);
  if (!content.is_object() || !content.contains("bots") || !content["bots"].is_object())
    return failure{"", "is no record of what was read: a JSON object with the member 'bots' was expected"};
  reading_state state;
  for (const auto& [name, bot] : content["bots"].items()) {
    auto read = parse_times(bot, "read");
    auto behind = parse_times(bot, "behind");
    if (!read || !behind)
      return failure{"bots." + name, "two objects 'read' and 'behind' with times in them were expected"};
    state.bots[name] = {std::move(*read), std::move(*behind)};
  }
  return state;
}

} // namespace creamery
