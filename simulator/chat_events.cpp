#include "simulator/chat_server.hpp"

namespace creamery::simulator {

namespace {

failure no_channel(std::string_view name) {
  return {"channel '" + std::string{name} + "'", "a channel's name has 1 to 25 of a-z, 0-9, _"};
}

failure no_login(std::string_view name) {
  return {"login '" + std::string{name} + "'", "a login has 1 to 25 of a-z, 0-9, _"};
}

bool is_one_line(std::string_view text) {
  return text.find_first_of(std::string_view{"\r\n\0", 3}) == std::string_view::npos;
}

/// A tag's or message kind's name: what can't break a line apart.
bool is_tag_name(std::string_view name) {
  return !name.empty() && name.find_first_of("=; \r\n@") == std::string_view::npos;
}

template <class Map>
bool are_tag_names(const Map& tags) {
  for (const auto& [name, value] : tags)
    if (!is_tag_name(name))
      return false;
  return true;
}

/// `#chan`, `Chan` and `chan` are the same to whoever types it by hand.
std::string channel_name(std::string_view text) {
  return lower(text.starts_with('#') ? text.substr(1) : text);
}

std::string default_system_message(const person& who, std::string_view kind) {
  if (kind == "sub" || kind == "resub")
    return who.display_name + " subscribed at Tier 1.";
  if (kind == "raid")
    return "raiders from " + who.display_name + " have joined!";
  return {};
}

} // namespace

result<bool> chat_server::apply(const account_request& request, time_point now) {
  auto changed = accounts_.apply(request, now);
  if (!changed)
    return changed.error();
  if (auto own = find_room((*changed)->who.login))
    own->belongs_to((*changed)->who);
  log_.add("account", now,
           [&](json_line& x) { x.text("login", (*changed)->who.login).flag("verified", (*changed)->verified); });
  return true;
}

bool chat_server::revoke(std::string_view token, time_point now) {
  std::string text{token}; // may be the book's own
  auto known = accounts_.tokens().remembered(text);
  auto login = known ? known->login : std::string{};
  if (!accounts_.tokens().revoke(text, now))
    return false;
  ++counters_.tokens_revoked;
  log_.add("revoked", now, [&](json_line& x) { x.text("login", login).text("token", fingerprint(text)); });
  throw_out(text);
  return true;
}

size_t chat_server::revoke_all(std::string_view login, std::string_view client_id, time_point now) {
  auto ended = accounts_.tokens().revoke_all(login, client_id, now);
  for (const auto& text : ended) {
    ++counters_.tokens_revoked;
    log_.add("revoked", now, [&](json_line& x) { x.text("login", login).text("token", fingerprint(text)); });
    throw_out(text);
  }
  return ended.size();
}

void chat_server::throw_out(std::string_view token) {
  for (auto& [id, whom] : sessions_) {
    if (whom->who && whom->token == token && whom->hears()) {
      send(*whom, ":tmi.twitch.tv NOTICE * :Login authentication failed");
      dismiss(*whom);
    }
  }
}

person chat_server::who_is(std::string_view login) {
  auto known = accounts_.find(login);
  return known ? known->who : make_person(login);
}

result<std::string> chat_server::say(const say_request& request, time_point now) {
  auto login = lower(request.login);
  auto where = get_room(channel_name(request.channel));
  if (!where)
    return no_channel(request.channel);
  if (!is_login(login))
    return no_login(request.login);
  if (request.text.empty() || !is_one_line(request.text))
    return failure{"text", "must be one line that isn't empty"};
  if (!are_tag_names(request.tags))
    return failure{"tags", "a tag's name has no spaces, ';', '=' or '@' in it"};
  return speak(*where, who_is(login), where->role_of(login), request, now);
}

result<std::string> chat_server::notice(const notice_request& request, time_point now) {
  auto login = lower(request.login);
  auto where = get_room(channel_name(request.channel));
  if (!where)
    return no_channel(request.channel);
  if (!is_login(login))
    return no_login(request.login);
  if (!is_tag_name(request.kind))
    return failure{"kind", "must be a msg-id such as resub or announcement"};
  if (!is_one_line(request.text))
    return failure{"text", "must be one line"};
  if (!are_tag_names(request.params))
    return failure{"params", "a parameter's name has no spaces, ';', '=' or '@' in it"};
  auto who = who_is(login);
  auto number = next_message_++;
  auto id = ids_.text(number);
  // It can be answered and deleted like any other line.
  memory_.keep(number) = {id,        who.login,        who.display_name, who.user_id,   request.text, id,
                          who.login, who.display_name, who.user_id,      where->name(), now};
  auto line = usernotice_line(
    {.author = who, .role = where->role_of(login), .where = *where, .id = id, .when = now, .text = request.text},
    request.kind, request.system_message.empty() ? default_system_message(who, request.kind) : request.system_message,
    request.params);
  auto text = line.text(true);
  deliver(*where, {.text = text, .body = text.size() - line.text(false).size(), .kind = "USERNOTICE", .id = id}, now);
  return id;
}

result<bool> chat_server::clear(const clear_request& request, time_point now) {
  auto where = get_room(channel_name(request.channel));
  if (!where)
    return no_channel(request.channel);
  auto send_line = [&](const outgoing_line& line, std::string_view kind) {
    auto text = line.text(true);
    deliver(*where, {.text = text, .body = text.size() - line.text(false).size(), .kind = kind}, now);
    return true;
  };
  if (!request.message_id.empty()) {
    auto target = find_parent(request.message_id);
    if (!target)
      return failure{"message " + request.message_id, "is not known, or too long ago"};
    return send_line(clearmsg_line(*where, *target, now), "CLEARMSG");
  }
  if (request.login.empty())
    return send_line(clearchat_line(*where, nullptr, 0, now), "CLEARCHAT");
  auto login = lower(request.login);
  if (!is_login(login))
    return no_login(request.login);
  if (request.ban && request.ban->count() <= 0)
    return failure{"ban", "must be a number of seconds above 0, or absent for ever"};
  auto who = who_is(login);
  where->change_role(login).banned_until = request.ban ? now + *request.ban : time_point::max();
  return send_line(clearchat_line(*where, &who, request.ban ? request.ban->count() : 0, now), "CLEARCHAT");
}

void chat_server::change_mode(room& where, std::string_view tag, int value, const notice_text& text) {
  for (auto* member : where.members) {
    if (!member->capabilities.commands)
      continue;
    send(*member, roomstate_line(where, tag, value));
    notify(*member, where.name(), text);
  }
}

result<bool> chat_server::change_roles(room& where, const std::map<std::string, std::string>& roles) {
  static constexpr std::string_view known[] = {"moderator", "vip", "subscriber", "follower", "banned", "none"};
  for (const auto& [login, role] : roles) {
    if (!is_login(lower(login)))
      return no_login(login);
    if (std::find(std::begin(known), std::end(known), role) == std::end(known))
      return failure{"role '" + role + "'", "must be moderator, vip, subscriber, follower, banned or none"};
  }
  for (const auto& [login, role] : roles) {
    auto& changed = where.change_role(lower(login));
    if (role == "moderator")
      changed.moderator = true;
    else if (role == "vip")
      changed.vip = true;
    else if (role == "subscriber")
      changed.subscriber = true;
    else if (role == "follower")
      changed.follower = true;
    else if (role == "banned")
      changed.banned_until = time_point::max();
    else
      changed = {};
    show_role(where, lower(login));
  }
  return true;
}

void chat_server::show_role(room& where, std::string_view login) {
  // Whoever is concerned learns of it as on Twitch: by a new USERSTATE.
  for (auto* member : where.members)
    if (member->who && member->login == login && member->capabilities.commands)
      send(*member, userstate_line(member->who->who, where.role_of(login), where.name(), {}, {}));
}

void chat_server::set_role(room& where, std::string_view login, bool role_set::*role, bool value) {
  where.change_role(login).*role = value;
  show_role(where, login);
}

void chat_server::unban(room& where, std::string_view login, time_point now) {
  where.change_role(login).banned_until = {};
  log_.add("unban", now, [&](json_line& x) { x.text("channel", where.name()).text("login", login); });
}

account* chat_server::find_user(std::string_view user_id) {
  if (auto known = accounts_.find_id(user_id))
    return known;
  for (const auto& [name, where] : rooms_)
    if (where->id() == user_id)
      return &accounts_.get(name);
  auto line = memory_.find_any([&](const auto& x) { return x.user_id == user_id; });
  return line ? accounts_.admit(line->login) : nullptr;
}

size_t chat_server::whisper(const person& from, const person& to, std::string_view text, time_point now) {
  auto number = next_message_++;
  auto line = whisper_line(from, to, ids_.text(number), text);
  size_t reached = 0;
  for (auto& [id, whom] : sessions_) {
    if (whom->login != to.login || !whom->who || !whom->capabilities.commands || !whom->hears())
      continue;
    auto token = accounts_.tokens().remembered(whom->token);
    if (!token || !token->allows("whispers:read"))
      continue;
    send(*whom, line);
    ++reached;
  }
  log_.add("whisper", now, [&](json_line& x) {
    x.text("login", from.login).text("recipient", to.login).number("to", static_cast<int64_t>(reached));
  });
  return reached;
}

result<bool> chat_server::apply(const room_request& request, time_point now) {
  auto where = get_room(channel_name(request.channel));
  if (!where)
    return no_channel(request.channel);
  if (request.followers_only && *request.followers_only < -1)
    return failure{"followers_only", "must be -1 (off), 0, or minutes"};
  if (auto done = change_roles(*where, request.roles); !done)
    return done;
  auto& settings = where->settings;
  auto set = [&](bool& current, const std::optional<bool>& wanted, std::string_view tag, const notice_text& on,
                 const notice_text& off) {
    if (wanted && std::exchange(current, *wanted) != *wanted)
      change_mode(*where, tag, *wanted, *wanted ? on : off);
  };
  set(settings.emote_only, request.emote_only, "emote-only", {"emote_only_on", "This room is now in emote-only mode."},
      {"emote_only_off", "This room is no longer in emote-only mode."});
  set(settings.subscribers_only, request.subscribers_only, "subs-only",
      {"subs_on", "This room is now in subscribers-only mode."},
      {"subs_off", "This room is no longer in subscribers-only mode."});
  set(settings.unique_chat, request.unique_chat, "r9k", {"r9k_on", "This room is now in unique-chat mode."},
      {"r9k_off", "This room is no longer in unique-chat mode."});
  if (auto minutes = request.followers_only; minutes && std::exchange(settings.followers_only, *minutes) != *minutes) {
    notice_text text{"followers_off", "This room is no longer in followers-only mode."};
    if (*minutes == 0)
      text = {"followers_on_zero", "This room is now in followers-only mode."};
    else if (*minutes > 0)
      text = {"followers_on", "This room is now in " + std::to_string(*minutes) + "-minute followers-only mode."};
    change_mode(*where, "followers-only", *minutes, text);
  }
  if (auto seconds = request.slow; seconds && std::exchange(settings.slow, *seconds) != *seconds) {
    notice_text text{"slow_off", "This room is no longer in slow mode."};
    if (*seconds > 0)
      text = {"slow_on",
              "This room is now in slow mode. You may send messages every " + std::to_string(*seconds) + " seconds."};
    change_mode(*where, "slow", static_cast<int>(*seconds), text);
  }
  settings.suspended = request.suspended.value_or(settings.suspended);
  settings.missing = request.missing.value_or(settings.missing);
  settings.silent = request.silent.value_or(settings.silent);
  log_.add("room", now, [&](json_line& x) { x.text("channel", where->name()); });
  return true;
}

} // namespace creamery::simulator
