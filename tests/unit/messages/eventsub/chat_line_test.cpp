#define CAF_SUITE messages.eventsub.chat_line

#include "messages/eventsub/chat_line.hpp"

#include "messages/chat_message.hpp"
#include "tests/unit/fixture.hpp"
#include "tests/unit/lines.hpp"
#include "tests/unit/test_data.hpp"

#include <nlohmann/json.hpp>

using namespace creamery;
using namespace creamery::eventsub;
using creamery::test::owned_line;

namespace {

using json = nlohmann::json;

event make(const std::string& type, const json& content) {
  return {1, "bot", "m", type, "1", "s", "2026-05-01T10:11:12.345678Z", content.dump()};
}

json message(const std::string& text, json fragments = json::array()) {
  return {{"broadcaster_user_id", "12"},
          {"broadcaster_user_login", "red"},
          {"broadcaster_user_name", "Red"},
          {"chatter_user_id", "77"},
          {"chatter_user_login", "ann"},
          {"chatter_user_name", "Änn B"},
          {"message_id", "cc106a89"},
          {"message", {{"text", text}, {"fragments", std::move(fragments)}}},
          {"color", "#00FF7F"},
          {"badges", json::array({{{"set_id", "moderator"}, {"id", "1"}, {"info", ""}},
                                  {{"set_id", "subscriber"}, {"id", "12"}, {"info", "16"}}})},
          {"message_type", "text"}};
}

json notice(const std::string& type, json content) {
  auto x = message("");
  x["system_message"] = "Ann; did it";
  x["notice_type"] = type;
  x[type] = std::move(content);
  return x;
}

owned_line line_of(const event& what) {
  auto line = chat_line(what);
  if (!line)
    CAF_FAIL(to_string(line.error()));
  return owned_line{*line};
}

} // namespace

SCENARIO("a message is what IRC would have sent") {
  auto content =
    message("hi ✓ Kappa and Kappa", json::array({{{"type", "text"}, {"text", "hi ✓ "}},
                                                 {{"type", "emote"}, {"text", "Kappa"}, {"emote", {{"id", "25"}}}},
                                                 {{"type", "text"}, {"text", " and "}},
                                                 {{"type", "emote"}, {"text", "Kappa"}, {"emote", {{"id", "25"}}}}}));
  content["cheer"] = {{"bits", 100}};
  content["channel_points_custom_reward_id"] = "reward";
  auto line = line_of(make("channel.chat.message", content));
  chat_message x{line.view()};
  CHECK(x.verb() == irc_verb::privmsg);
  CHECK_EQ(x.user(), "ann");
  CHECK_EQ(x.display_name(), "Änn B");
  CHECK_EQ(x.user_id(), "77");
  CHECK_EQ(x.id(), "cc106a89");
  CHECK_EQ(x.text(), "hi ✓ Kappa and Kappa");
  CHECK_EQ(x.tag("room-id"), "12");
  CHECK_EQ(x.tag("tmi-sent-ts"), "1777630272345");
  CHECK_EQ(x.tag("badges"), "moderator/1,subscriber/12");
  CHECK_EQ(x.tag("badge-info"), "subscriber/16");
  CHECK_EQ(x.tag("custom-reward-id"), "reward");
  CHECK(x.is_moderator());
  CHECK(!x.is_broadcaster());
  CHECK(x.is_subscriber());
  CHECK_EQ(x.bits(), 100);
  auto emotes = x.emotes();
  REQUIRE_EQ(emotes.size(), 2u);
  CHECK_EQ(x.text().substr(emotes[1].offset, emotes[1].size), "Kappa");
}

SCENARIO("what a message answers, and where it was written, is told as IRC does") {
  auto content = message("@Red yes");
  content["reply"] = {{"parent_message_id", "p"},  {"parent_message_body", "really; now?"},
                      {"parent_user_id", "12"},    {"parent_user_login", "red"},
                      {"parent_user_name", "Red"}, {"thread_message_id", "t"},
                      {"thread_user_id", "9"},     {"thread_user_login", "max"},
                      {"thread_user_name", "Max"}};
  content["source_broadcaster_user_id"] = "99";
  content["source_broadcaster_user_login"] = "blue";
  content["source_broadcaster_user_name"] = "Blue";
  content["source_message_id"] = "src";
  auto line = line_of(make("channel.chat.message", content));
  chat_message x{line.view()};
  CHECK(x.is_reply());
  CHECK_EQ(x.reply_parent_user(), "red");
  CHECK_EQ(x.tag_text("reply-parent-msg-body"), "really; now?");
  CHECK_EQ(x.text_without_mention(), "yes");
  CHECK_EQ(x.tag("source-id"), "src");
  CHECK_EQ(x.tag("source-room-id"), "99");
}

SCENARIO("a text is one line whatever it contains") {
  auto line = line_of(make("channel.chat.message", message("a\r\nPRIVMSG #red :b")));
  CHECK_EQ(line.view().text(), "a  PRIVMSG #red :b");
  auto action = message("\x01"
                        "ACTION waves Kappa\x01",
                        json::array({{{"type", "text"},
                                      {"text", "\x01"
                                               "ACTION waves "}},
                                     {{"type", "emote"}, {"text", "Kappa"}, {"emote", {{"id", "25"}}}},
                                     {{"type", "text"}, {"text", "\x01"}}}));
  CHECK_EQ(line_of(make("channel.chat.message", action)).view().tag("emotes"), "25:6-10");
}

SCENARIO("notices have the names and parameters of IRC") {
  auto resub = line_of(make("channel.chat.notification", notice("resub", {{"cumulative_months", 10},
                                                                          {"duration_months", 1},
                                                                          {"streak_months", 3},
                                                                          {"sub_tier", "1000"},
                                                                          {"is_gift", false}})));
  auto x = resub.view();
  CHECK(x.verb() == irc_verb::usernotice);
  CHECK_EQ(x.tag("msg-id"), "resub");
  CHECK_EQ(x.tag("msg-param-cumulative-months"), "10");
  CHECK_EQ(x.tag("msg-param-streak-months"), "3");
  CHECK_EQ(x.tag("msg-param-sub-plan"), "1000");
  CHECK_EQ(x.tag_text("system-msg"), "Ann; did it");
  CHECK_EQ(x.tag("login"), "ann");
  CHECK_EQ(x.text(), "");
  auto kind_of = [](const std::string& type, const json& content) {
    auto line = line_of(make("channel.chat.notification", notice(type, content)));
    auto kind = std::string{line.view().tag("msg-id").value_or("")};
    auto source = std::string{line.view().tag("source-msg-id").value_or("")};
    return source.empty() ? kind : kind + " of " + source;
  };
  CHECK_EQ(kind_of("community_sub_gift", {{"id", "g"}, {"total", 5}, {"sub_tier", "1000"}}), "submysterygift");
  CHECK_EQ(kind_of("gift_paid_upgrade", {{"gifter_is_anonymous", true}}), "anongiftpaidupgrade");
  CHECK_EQ(kind_of("watch_streak", {{"streak_count", 5}, {"channel_points_awarded", 100}}), "viewermilestone");
  CHECK_EQ(kind_of("unraid", json::object()), "unraid");
  CHECK_EQ(kind_of("birthday", json::object()), "birthday");
  CHECK_EQ(kind_of("shared_chat_announcement", {{"color", "blue"}}), "sharedchatnotice of announcement");
  auto raid = line_of(make("channel.chat.notification", notice("raid", {{"user_id", "5"},
                                                                        {"user_login", "big"},
                                                                        {"user_name", "Big"},
                                                                        {"viewer_count", 9001},
                                                                        {"profile_image_url", "x"}})));
  CHECK_EQ(raid.view().tag("msg-param-viewerCount"), "9001");
  CHECK_EQ(raid.view().tag("msg-param-login"), "big");
}

SCENARIO("a gift without a name is from the one who has none") {
  auto content = notice("community_sub_gift", {{"id", "g"}, {"total", 5}, {"sub_tier", "1000"}});
  content["chatter_is_anonymous"] = true;
  auto line = line_of(make("channel.chat.notification", content));
  CHECK_EQ(line.view().tag("login"), "ananonymousgifter");
  CHECK_EQ(line.view().tag("user-id"), "274598607");
  CHECK_EQ(line.view().tag("msg-param-mass-gift-count"), "5");
}

SCENARIO("moderation and modes are told as IRC does") {
  json room{{"broadcaster_user_id", "12"}, {"broadcaster_user_login", "red"}, {"broadcaster_user_name", "Red"}};
  CHECK(line_of(make("channel.chat.clear", room)).view().verb() == irc_verb::clearchat);
  auto target = room;
  target.update(
    {{"target_user_id", "7"}, {"target_user_login", "rude"}, {"target_user_name", "Rude"}, {"message_id", "gone"}});
  auto banned = line_of(make("channel.chat.clear_user_messages", target));
  CHECK_EQ(banned.view().text(), "rude");
  CHECK_EQ(banned.view().tag("target-user-id"), "7");
  auto deleted = line_of(make("channel.chat.message_delete", target));
  CHECK(deleted.view().verb() == irc_verb::clearmsg);
  CHECK_EQ(deleted.view().tag("target-msg-id"), "gone");
  auto modes = room;
  modes.update({{"emote_mode", true},
                {"follower_mode", false},
                {"slow_mode", true},
                {"slow_mode_wait_time_seconds", 30},
                {"subscriber_mode", false},
                {"unique_chat_mode", false}});
  auto state = line_of(make("channel.chat_settings.update", modes));
  CHECK(state.view().verb() == irc_verb::roomstate);
  CHECK_EQ(state.view().tag("emote-only"), "1");
  CHECK_EQ(state.view().tag("followers-only"), "-1");
  CHECK_EQ(state.view().tag("slow"), "30");
}

SCENARIO("what no line can be made of is told") {
  CHECK(!chat_line(make("channel.raid", json::object())));
  auto content = message("hi");
  content["broadcaster_user_login"] = "red :x";
  CHECK(!chat_line(make("channel.chat.message", content)));
  content = message("hi");
  content["chatter_user_login"] = "a b";
  CHECK(!chat_line(make("channel.chat.message", content)));
  content["message"] = 7;
  CHECK(!chat_line(make("channel.chat.message", content)));
}

SCENARIO("every capture about chat is a line") {
  size_t count = 0;
  for (auto type : chat_types()) {
    auto text = test::read_test_data("eventsub/" + std::string{type} + ".json");
    if (!text)
      continue; // the captures aren't there
    auto captured = json::parse(*text);
    auto line = line_of(make(std::string{type}, captured["event"]));
    CHECK(line.view().channel() == captured["event"].value("broadcaster_user_login", ""));
    ++count;
  }
  MESSAGE(count);
}
