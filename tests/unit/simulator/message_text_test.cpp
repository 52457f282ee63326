#define CAF_SUITE simulator.message_text

#include "simulator/message_text.hpp"
#include "tests/unit/fixture.hpp"

using namespace creamery::simulator;
using kind = message_text::kind;

SCENARIO("what a client wrote is read as Twitch reads it") {
  CHECK_EQ(read_message("  a   b  ").text, "a b");
  CHECK(read_message("   ").what == kind::empty);
  CHECK(read_message("...").what == kind::plain);
  CHECK(read_message(". no command").what == kind::plain);
  auto action = read_message("\x01"
                             "ACTION waves  \x01");
  CHECK(action.what == kind::action);
  CHECK_EQ(action.text, "waves");
  CHECK_EQ(read_message("/me waves").text, "waves");
  CHECK(read_message("/me waves").what == kind::action);
  CHECK(read_message(".me").what == kind::empty);
  auto command = read_message("/Timeout bob 600");
  CHECK(command.what == kind::command);
  CHECK_EQ(command.command, "timeout");
  CHECK(is_moderation_command("timeout"));
  CHECK(!is_moderation_command("dance"));
}

SCENARIO("a message is cut at 500 characters, not bytes") {
  std::string character = "ü";
  std::string text;
  for (int i = 0; i < 600; ++i)
    text += character;
  CHECK_EQ(read_message(text).text.size(), 1000u);
  CHECK_EQ(first_characters("aü", 1), std::string_view{"a"});
  CHECK_EQ(first_characters("aü", 2), std::string_view{"aü"});
}

SCENARIO("emotes are found by code points") {
  CHECK_EQ(find_emotes("Kappa Keepo Kappa").tag, "1902:6-10/25:0-4,12-16");
  CHECK(find_emotes("Kappa Keepo").only_emotes);
  CHECK_EQ(find_emotes("日本 🎉 LUL!").tag, "");
  CHECK_EQ(find_emotes("日本 🎉 LUL").tag, "425618:5-7");
  CHECK(!find_emotes("日本 LUL").only_emotes);
  CHECK(!find_emotes("").only_emotes);
}
