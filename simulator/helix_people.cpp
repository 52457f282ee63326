#include "simulator/helix_people.hpp"

#include "simulator/ids.hpp"

namespace creamery::simulator {

namespace {

constexpr size_t most_users = 100;

/// When somebody came to Twitch, or followed; follows from who it is.
time_point long_ago(std::string_view who) {
  constexpr auto first = time_point{std::chrono::hours{24 * 365 * 44}}; // about 2014
  return first + std::chrono::minutes{spread(who) % (60 * 24 * 365 * 10)};
}

nlohmann::json user_json(const person& who, bool with_email) {
  nlohmann::json made{{"id", who.user_id},
                      {"login", who.login},
                      {"display_name", who.display_name},
                      {"type", ""},
                      {"broadcaster_type", ""},
                      {"description", ""},
                      {"profile_image_url", ""},
                      {"offline_image_url", ""},
                      {"view_count", 0},
                      {"created_at", rfc3339(long_ago(who.login))}};
  if (with_email)
    made["email"] = who.login + "@example.com";
  return made;
}

bool is_id(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

} // namespace

void helix_people::add_to(helix_table& table) {
  using enum token_kind;
  auto at = [this](auto method, auto... more) {
    return [this, method, more...](const helix_call& call) { return (this->*method)(call, more...); };
  };
  table.push_back({"GET", "users", any, {}, at(&helix_people::users)});
  table.push_back({"GET", "channels/followers", any, {}, at(&helix_people::followers)});
  table.push_back({"GET",
                   "moderation/moderators",
                   user,
                   {"moderation:read", "channel:manage:moderators"},
                   at(&helix_people::list_roles, &role_set::moderator)});
  table.push_back({"POST",
                   "moderation/moderators",
                   user,
                   {"channel:manage:moderators"},
                   at(&helix_people::change_role, &role_set::moderator, true)});
  table.push_back({"DELETE",
                   "moderation/moderators",
                   user,
                   {"channel:manage:moderators"},
                   at(&helix_people::change_role, &role_set::moderator, false)});
  table.push_back({"GET",
                   "channels/vips",
                   user,
                   {"channel:read:vips", "channel:manage:vips"},
                   at(&helix_people::list_roles, &role_set::vip)});
  table.push_back(
    {"POST", "channels/vips", user, {"channel:manage:vips"}, at(&helix_people::change_role, &role_set::vip, true)});
  table.push_back(
    {"DELETE", "channels/vips", user, {"channel:manage:vips"}, at(&helix_people::change_role, &role_set::vip, false)});
}

http_answer helix_people::users(const helix_call& call) {
  auto ids = call.request.query.all("id");
  auto logins = call.request.query.all("login");
  if (ids.size() + logins.size() > most_users)
    return helix_refusal(400, "The number of id and login query parameters exceeds the maximum of 100.");
  if (ids.empty() && logins.empty() && !call.user)
    return helix_refusal(400, "The id or login query parameter is required if the request uses an app access token.");
  std::vector<const account*> found;
  auto add = [&](const account* who) {
    if (who && std::find(found.begin(), found.end(), who) == found.end())
      found.push_back(who);
  };
  if (ids.empty() && logins.empty())
    add(call.user);
  for (const auto& id : ids) {
    if (!is_id(id))
      return helix_refusal(400, "Invalid username(s), email(s), or ID(s). Bad Identifiers.");
    add(world_.chat.find_user(id));
  }
  for (const auto& text : logins) {
    auto login = lower(text);
    if (!is_login(login))
      return helix_refusal(400, "Invalid username(s), email(s), or ID(s). Bad Identifiers.");
    auto own = world_.chat.find_room(login);
    if (own && own->settings.missing)
      continue;
    auto who = world_.chat.accounts().admit(login);
    add(who || !own ? who : &world_.chat.accounts().get(login));
  }
  auto list = nlohmann::json::array();
  for (auto who : found)
    list.push_back(user_json(who->who, who == call.user && call.token.allows("user:read:email")));
  return helix_data(std::move(list));
}

http_answer helix_people::followers(const helix_call& call) {
  auto where = world_.channel(call);
  if (!where)
    return where.refusal();
  std::vector<nlohmann::json> list;
  auto wanted = call.param("user_id");
  size_t total = 0;
  for (const auto& [login, role] : (*where)->roles()) {
    if (!role.follower)
      continue;
    ++total;
    auto who = world_.chat.who_is(login);
    if (!wanted.empty() && who.user_id != wanted)
      continue;
    nlohmann::json one{{"followed_at", rfc3339(long_ago(login + "/" + (*where)->name()))}};
    add_person(one, who);
    list.push_back(std::move(one));
  }
  auto role = call.user ? (*where)->role_of(call.user->who.login) : role_set{};
  // Everybody may know how many they are (§4.2).
  if (!call.token.allows("moderator:read:followers") || (!role.moderator && !role.broadcaster))
    list.clear();
  return helix_page(call, list, 20, 100, {{"total", total}});
}

http_answer helix_people::list_roles(const helix_call& call, bool role_set::*role) {
  auto where = world_.own_channel(call);
  if (!where)
    return where.refusal();
  auto wanted = call.request.query.all("user_id");
  std::vector<nlohmann::json> list;
  for (const auto& [login, roles] : (*where)->roles()) {
    auto who = world_.chat.who_is(login);
    if (!(roles.*role) || (!wanted.empty() && std::find(wanted.begin(), wanted.end(), who.user_id) == wanted.end()))
      continue;
    nlohmann::json one;
    add_person(one, who);
    list.push_back(std::move(one));
  }
  return helix_page(call, list);
}

http_answer helix_people::change_role(const helix_call& call, bool role_set::*role, bool value) {
  auto where = world_.own_channel(call);
  if (!where)
    return where.refusal();
  auto who = world_.user(call, "user_id");
  if (!who)
    return who.refusal();
  const auto& login = (*who)->who.login;
  auto has = (*where)->role_of(login);
  auto is_moderator_role = role == &role_set::moderator;
  if (value && has.broadcaster)
    return helix_refusal(400, "The user is the broadcaster.");
  if (value && has.banned_until > call.now)
    return helix_refusal(400, "The user is banned from the broadcaster's chat room.");
  if (value && is_moderator_role && has.vip)
    return helix_refusal(422, "The user is a VIP. To make them a moderator, you must first remove them as a VIP.");
  if (value && !is_moderator_role && has.moderator)
    return helix_refusal(422,
                         "The user is a moderator. To make them a VIP, you must first remove them as a moderator.");
  if (has.*role == value) {
    auto kind = std::string{is_moderator_role ? "moderator" : "VIP"};
    return helix_refusal(value || is_moderator_role ? 400 : 422,
                         value ? "The user is already a " + kind + "." : "The user is not a " + kind + ".");
  }
  world_.chat.set_role(**where, login, role, value);
  return helix_done();
}

} // namespace creamery::simulator
