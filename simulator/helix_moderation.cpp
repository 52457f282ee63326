#include "simulator/helix_moderation.hpp"

namespace creamery::simulator {

namespace {

constexpr int64_t longest_timeout = 1'209'600; // two weeks
constexpr size_t longest_reason = 500;
constexpr auto oldest_deletable = std::chrono::hours{6};

} // namespace

void helix_moderation::add_to(helix_table& table) {
  using enum token_kind;
  auto at = [this](auto method) { return [this, method](const helix_call& call) { return (this->*method)(call); }; };
  table.push_back({"POST", "moderation/bans", user, {"moderator:manage:banned_users"}, at(&helix_moderation::ban)});
  table.push_back({"DELETE", "moderation/bans", user, {"moderator:manage:banned_users"}, at(&helix_moderation::unban)});
  table.push_back(
    {"DELETE", "moderation/chat", user, {"moderator:manage:chat_messages"}, at(&helix_moderation::remove_messages)});
  table.push_back({"POST", "moderation/warnings", user, {"moderator:manage:warnings"}, at(&helix_moderation::warn)});
  table.push_back({"GET",
                   "moderation/shield_mode",
                   user,
                   {"moderator:read:shield_mode", "moderator:manage:shield_mode"},
                   at(&helix_moderation::shield)});
  table.push_back(
    {"PUT", "moderation/shield_mode", user, {"moderator:manage:shield_mode"}, at(&helix_moderation::change_shield)});
}

http_answer helix_moderation::ban(const helix_call& call) {
  auto by = world_.moderated_channel(call);
  if (!by)
    return by.refusal();
  std::optional<std::string> user_id, reason;
  std::optional<int64_t> seconds;
  body_reader body{member_of(call.body, "data")};
  body.need("user_id", user_id).get("duration", seconds).get("reason", reason);
  if (body.mistake())
    return *body.mistake();
  if (seconds && (*seconds < 1 || *seconds > longest_timeout))
    return helix_refusal(400, "The value in the duration field is not valid: it must be 1 to 1209600 seconds.");
  if (reason && length_of(*reason) > longest_reason)
    return helix_refusal(400, "The text in the reason field is too long.");
  auto who = world_.chat.find_user(*user_id);
  if (!who)
    return helix_refusal(400, "The ID in the user_id field is not valid.");
  auto& where = *by->where;
  auto role = where.role_of(who->who.login);
  auto by_broadcaster = by->moderator->who.login == where.name();
  if (role.broadcaster || who == by->moderator || (role.moderator && !by_broadcaster))
    return helix_refusal(400, seconds ? "The user specified in the user_id field may not be put in a timeout."
                                      : "The user specified in the user_id field may not be banned.");
  if (role.banned_until == time_point::max())
    return helix_refusal(400, "The user specified in the user_id field is already banned.");
  if (role.moderator) // which a ban takes away
    world_.chat.set_role(where, who->who.login, &role_set::moderator, false);
  clear_request clear;
  clear.channel = where.name();
  clear.login = who->who.login;
  if (seconds)
    clear.ban = std::chrono::seconds{*seconds};
  if (auto done = world_.chat.clear(clear, call.now); !done)
    return helix_refusal(400, to_string(done.error()));
  nlohmann::json made{{"broadcaster_id", where.id()},
                      {"moderator_id", by->moderator->who.user_id},
                      {"user_id", who->who.user_id},
                      {"created_at", rfc3339(call.now)},
                      {"end_time", nullptr}};
  if (clear.ban)
    made["end_time"] = rfc3339(call.now + *clear.ban);
  return helix_one(std::move(made));
}

http_answer helix_moderation::unban(const helix_call& call) {
  auto by = world_.moderated_channel(call);
  if (!by)
    return by.refusal();
  auto who = world_.user(call, "user_id");
  if (!who)
    return who.refusal();
  const auto& login = (*who)->who.login;
  if (by->where->role_of(login).banned_until <= call.now)
    return helix_refusal(400, "The user specified in the user_id query parameter is not banned.");
  world_.chat.unban(*by->where, login, call.now);
  return helix_done();
}

http_answer helix_moderation::remove_messages(const helix_call& call) {
  auto by = world_.moderated_channel(call);
  if (!by)
    return by.refusal();
  clear_request clear;
  clear.channel = by->where->name();
  if (call.request.query.has("message_id")) {
    clear.message_id = call.param("message_id");
    auto said = world_.chat.find_message(clear.message_id);
    if (!said || (!said->channel.empty() && said->channel != by->where->name()))
      return helix_refusal(404, "The ID in message_id was not found.");
    if (said->when != time_point{} && call.now - said->when > oldest_deletable)
      return helix_refusal(400, "The specified message was created more than 6 hours ago.");
    auto role = by->where->role_of(said->login);
    if (role.broadcaster || (role.moderator && said->login != by->moderator->who.login))
      return helix_refusal(400, "You may not delete messages of the broadcaster or of a moderator.");
  }
  if (auto done = world_.chat.clear(clear, call.now); !done)
    return helix_refusal(404, to_string(done.error()));
  return helix_done();
}

http_answer helix_moderation::warn(const helix_call& call) {
  auto by = world_.moderated_channel(call);
  if (!by)
    return by.refusal();
  std::optional<std::string> user_id, reason;
  body_reader body{member_of(call.body, "data")};
  body.need("user_id", user_id).need("reason", reason);
  if (body.mistake())
    return *body.mistake();
  if (reason->empty() || length_of(*reason) > longest_reason)
    return helix_refusal(400, "The reason field must have 1 to 500 characters.");
  auto who = world_.chat.find_user(*user_id);
  if (!who)
    return helix_refusal(400, "The ID in the user_id field is not valid.");
  auto role = by->where->role_of(who->who.login);
  if (role.broadcaster || role.moderator)
    return helix_refusal(400, "The user specified in the user_id field may not be warned.");
  world_.log.add("warning", call.now, [&](json_line& x) {
    x.text("channel", by->where->name())
      .text("login", who->who.login)
      .text("moderator", by->moderator->who.login)
      .text("reason", *reason);
  });
  return helix_one({{"broadcaster_id", by->where->id()},
                    {"user_id", who->who.user_id},
                    {"moderator_id", by->moderator->who.user_id},
                    {"reason", *reason}});
}

nlohmann::json helix_moderation::shield_json(const std::string& channel) {
  const auto& now = shields_[channel];
  nlohmann::json made{{"is_active", now.active}, {"last_activated_at", now.activated ? rfc3339(*now.activated) : ""}};
  if (now.moderator.empty())
    made.update({{"moderator_id", ""}, {"moderator_login", ""}, {"moderator_name", ""}});
  else
    add_person(made, world_.chat.who_is(now.moderator), "moderator");
  return made;
}

http_answer helix_moderation::shield(const helix_call& call) {
  auto by = world_.moderated_channel(call);
  if (!by)
    return by.refusal();
  return helix_one(shield_json(by->where->name()));
}

http_answer helix_moderation::change_shield(const helix_call& call) {
  auto by = world_.moderated_channel(call);
  if (!by)
    return by.refusal();
  std::optional<bool> active;
  body_reader body{call.body};
  body.need("is_active", active);
  if (body.mistake())
    return *body.mistake();
  auto& state = shields_[by->where->name()];
  if (*active && !state.active) {
    state.activated = call.now;
    state.moderator = by->moderator->who.login;
  }
  state.active = *active;
  return helix_one(shield_json(by->where->name()));
}

} // namespace creamery::simulator
