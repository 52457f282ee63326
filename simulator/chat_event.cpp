#include "simulator/chat_event.hpp"

#include <string>

namespace creamery::simulator {

namespace {

using json = nlohmann::json;

json badges_of(role_set role) {
  auto all = json::array();
  auto add = [&](bool has, const char* set, const char* id) {
    if (has)
      all.push_back({{"set_id", set}, {"id", id}, {"info", ""}});
  };
  add(role.broadcaster, "broadcaster", "1");
  add(role.moderator, "moderator", "1");
  add(role.vip, "vip", "1");
  add(role.subscriber, "subscriber", "0");
  return all;
}

} // namespace

json chat_message_event(const said_message& said, const person& owner, const parent_line* parent) {
  const auto& [where, author, role, kept, what] = said;
  auto text = what.action ? "\x01"
                            "ACTION "
                              + kept.text + "\x01"
                          : kept.text;
  json event{{"broadcaster_user_id", where.id()},
             {"broadcaster_user_login", where.name()},
             {"broadcaster_user_name", owner.display_name},
             {"chatter_user_id", author.user_id},
             {"chatter_user_login", author.login},
             {"chatter_user_name", author.display_name},
             {"message_id", kept.id},
             {"message", {{"text", text}, {"fragments", json::array({{{"type", "text"}, {"text", text}}})}}},
             {"color", author.color},
             {"badges", badges_of(role)},
             {"message_type", "text"},
             {"cheer", nullptr},
             {"reply", nullptr},
             {"channel_points_custom_reward_id", nullptr}};
  if (what.bits > 0)
    event["cheer"] = {{"bits", what.bits}};
  if (parent != nullptr)
    event["reply"] = {{"parent_message_id", parent->id},
                      {"parent_message_body", parent->text},
                      {"parent_user_id", parent->user_id},
                      {"parent_user_login", parent->login},
                      {"parent_user_name", parent->display_name},
                      {"thread_message_id", parent->thread_id},
                      {"thread_user_id", parent->thread_user_id},
                      {"thread_user_login", parent->thread_login},
                      {"thread_user_name", parent->thread_display_name}};
  return event;
}

} // namespace creamery::simulator
