#include "cogs/cog.hpp"

/// Says what it is told, so that a test can say anything: `!speak` with the text as JSON, so that line breaks and other control
/// characters come through; `!answer`, the same as a reply.
struct speaker {
  explicit speaker(creamery::cog& cog) {
    cog.command("speak", [](creamery::command_call& call, creamery::rest_of_line what) { call.say(text_of(what)); });
    cog.command("answer", [](creamery::command_call& call, creamery::rest_of_line what) { call.reply(text_of(what)); });
    cog.command("long", [](creamery::command_call& call, int words) {
      std::string text;
      for (int i = 0; i < words; ++i)
        text += "wörd" + std::to_string(i) + " ";
      call.say(text);
    });
  }

  static std::string text_of(const creamery::rest_of_line& what) {
    return nlohmann::json::parse(what.text).get<std::string>();
  }
};

CREAMERY_COG(speaker)
