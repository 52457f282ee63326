#include "cogs/cog.hpp"

/// Shows on the console what happens in chat, and answers `!hello`.
struct echo_console {
  explicit echo_console(creamery::cog& cog) {
    cog.on_ready([&cog](std::string_view login, const std::vector<std::string>& channels) {
      cog.log().info("ready as {} in {} channels", login, channels.size());
    });
    cog.on_chat([&cog](const creamery::chat_message& message) {
      cog.log().info("#{} {}: {}", message.channel(), message.display_name(), message.text());
    });
    cog.command("hello", [&cog](creamery::command_call& call) {
      call.say("Hello from " + cog.bot() + ", " + call.display_name() + "!");
    });
  }
};

CREAMERY_COG(echo_console)
