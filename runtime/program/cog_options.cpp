#include "runtime/program/cog_options.hpp"

#include "config/endpoint_syntax.hpp"

#include <charconv>
#include <utility>

namespace creamery {

cog_options::cog_options(const bot_config& bot, const cog_config& cog)
  : bot_(bot), cog_(cog.name), options_(cog.options) {
  place_.line = cog.line;
  place_.file = bot.where.file;
}

std::optional<std::string> cog_options::text(const char* name) {
  auto found = options_.find(name);
  if (found == options_.end())
    return std::nullopt;
  if (!found->is_string()) {
    mistake("'" + std::string{name} + "' is no text", "a text");
    return std::nullopt;
  }
  return found->get<std::string>();
}

std::optional<uint16_t> cog_options::port(const char* name) {
  auto found = number(name, 1, UINT16_MAX);
  return found ? std::optional{static_cast<uint16_t>(*found)} : std::nullopt;
}

std::optional<uint64_t> cog_options::number(const char* name, uint64_t least, uint64_t most) {
  auto found = options_.find(name);
  if (found == options_.end())
    return std::nullopt;
  auto text = found->is_string() ? found->get<std::string>() : found->dump();
  uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc{} && end == text.data() + text.size() && value >= least && value <= most)
    return value;
  mistake("'" + std::string{name} + "' is " + (text.size() < 40 ? text : "something else"),
          "a number from " + std::to_string(least) + " to " + std::to_string(most));
  return std::nullopt;
}

void cog_options::need_application(const std::string& what) {
  if (bot_.client_id.empty() || bot_.client_secret.empty())
    mistake(what + " made with the application's own token, and its id or secret is missing",
            "<BOT>_CLIENT_ID and <BOT>_CLIENT_SECRET in the environment");
}

void cog_options::mistake(std::string what, std::string expected) {
  found_.push_back({severity::error, place_, "cog '" + cog_ + "' of bot '" + bot_.name + "': " + std::move(what),
                    std::move(expected)});
}

void cog_options::warn(std::string what, std::string expected) {
  mistake(std::move(what), std::move(expected));
  found_.back().level = severity::warning;
}

std::vector<diagnostic> cog_options::take() {
  return std::move(found_);
}

} // namespace creamery
