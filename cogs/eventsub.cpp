#include "cogs/cog.hpp"

#include <string>
#include <string_view>

/// Writes each event that its bot is subscribed to into the log, readably. Which those are is said under `events`, see
/// docs/configuration.md.
struct eventsub {
  static constexpr bool cooperative = true;

  explicit eventsub(creamery::cog& cog) {
    if (!cog.log().should_log(spdlog::level::info))
      return; // nobody would read it
    cog.on_event([&cog](const creamery::eventsub::event& event) {
      auto content = nlohmann::json::parse(event.json, nullptr, false);
      cog.log().info("{}", readable(event.type, content));
    });
  }

  /// "channel.follow: user Cool, broadcaster Streamer, followed_at 2026-…": everything that isn't empty, names instead of ids.
  static std::string readable(std::string_view type, const nlohmann::json& content) {
    std::string text{type};
    if (content.is_object())
      add(text, ": ", "", content);
    return text;
  }

private:
  static constexpr size_t max_size = 600;

  static bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> ends) {
    for (auto end : ends)
      if (name.ends_with(end))
        return true;
    return false;
  }

  static void add(std::string& text, std::string_view separator, const std::string& prefix,
                  const nlohmann::json& object) {
    for (const auto& [name, value] : object.items()) {
      if (text.size() > max_size) {
        text += " …";
        return;
      }
      // Of a user, the name says it: id and login are for machines.
      if (value.is_null() || value == "" || value.empty() || ends_with_any(name, {"_id", "_login", "_url"}))
        continue;
      auto label = prefix
                   + (name.ends_with("_user_name") ? name.substr(0, name.size() - 10)
                      : name.ends_with("_name")    ? name.substr(0, name.size() - 5)
                                                   : name);
      if (value.is_object()) {
        add(text, separator, label + ".", value);
      } else {
        text += separator;
        text += label + " " + (value.is_string() ? value.get<std::string>() : value.dump());
      }
      if (text.find(": ") != std::string::npos)
        separator = ", ";
    }
  }
};

CREAMERY_COG(eventsub)
