#include "config/load.hpp"

#include <algorithm>
#include <array>

namespace creamery {

namespace {

constexpr size_t columns = 7;
using row = std::array<std::string, columns>;

row row_of(const bot_config& bot) {
  std::string cogs;
  for (const auto& cog : bot.cogs)
    cogs += (cogs.empty() ? "" : ", ") + cog.name;
  std::string token = bot.anonymous               ? "anonymous"
                      : !bot.access_token.empty() ? "yes"
                      : !bot.client_id.empty()    ? "creamery auth"
                                                  : "missing";
  return {bot.name,
          bot.account.value_or(bot.anonymous ? "-" : "(the token's)"),
          bot.prefix,
          std::to_string(bot.channels.size()),
          cogs.empty() ? "-" : cogs,
          bot.chat == chat_transport::irc ? "irc" : "eventsub",
          token};
}

/// How many columns of a terminal a text takes, as long as it is no wide script: its code points.
size_t width_of(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string table_of(const std::vector<bot_config>& bots, const redactor& secrets) {
  std::vector<row> rows{{"bot", "account", "prefix", "channels", "cogs", "chat", "token"}};
  std::transform(bots.begin(), bots.end(), std::back_inserter(rows), row_of);
  for (auto& x : rows)
    for (auto& cell : x)
      cell = secrets.clean(cell);
  std::array<size_t, columns> widths{};
  for (const auto& x : rows)
    for (size_t i = 0; i < columns; ++i)
      widths[i] = std::max(widths[i], width_of(x[i]));
  std::string text;
  for (const auto& x : rows) {
    for (size_t i = 0; i + 1 < columns; ++i)
      text += x[i] + std::string(widths[i] - width_of(x[i]) + 2, ' ');
    text += x.back() + '\n';
  }
  return text;
}

std::string counted(ptrdiff_t n, const std::string& thing) {
  return std::to_string(n) + " " + thing + (n == 1 ? "" : "s");
}

} // namespace

std::string describe(const load_result& x) {
  std::string text;
  for (const auto& mistake : x.diagnostics)
    text += to_string(mistake) + '\n';
  if (!x.config.bots.empty())
    text += (text.empty() ? "" : "\n") + table_of(x.config.bots, x.secrets) + '\n';
  auto errors = std::count_if(x.diagnostics.begin(), x.diagnostics.end(),
                              [](const diagnostic& d) { return d.level == severity::error; });
  auto warnings = std::ssize(x.diagnostics) - errors;
  text += errors == 0 ? "The configuration is valid" : "The configuration can't be used: " + counted(errors, "error");
  if (warnings > 0)
    text += ", " + counted(warnings, "warning");
  return text + ".\n";
}

} // namespace creamery
