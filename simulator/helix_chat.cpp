#include "simulator/helix_chat.hpp"

#include "simulator/limits.hpp"
#include "simulator/message_text.hpp"

#include <array>

namespace creamery::simulator {

namespace {

constexpr size_t longest_message = 500;
constexpr auto between_announcements = std::chrono::seconds{2};
constexpr auto between_shoutouts = std::chrono::minutes{2};
constexpr auto between_same_shoutouts = std::chrono::minutes{60};
constexpr auto oldest_kept = std::chrono::hours{1};

/// Whether something may be done again; if so, it is remembered. Forgets what was long ago.
bool may_again(std::map<std::string, time_point, std::less<>>& last, const std::string& what, duration gap,
               time_point now) {
  std::erase_if(last, [&](const auto& x) { return now - x.second > oldest_kept; });
  auto [place, is_first] = last.try_emplace(what, now);
  if (!is_first && now - place->second < gap)
    return false;
  place->second = now;
  return true;
}

bool is_announcement_color(std::string_view name) {
  constexpr std::array<std::string_view, 5> known{"blue", "green", "orange", "purple", "primary"};
  return std::find(known.begin(), known.end(), name) != known.end();
}

std::string upper(std::string text) {
  for (auto& c : text)
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

} // namespace

void helix_chat::add_to(helix_table& table) {
  using enum token_kind;
  auto at = [this](auto method) { return [this, method](const helix_call& call) { return (this->*method)(call); }; };
  table.push_back({"POST", "chat/messages", any, {"user:write:chat"}, at(&helix_chat::send), true});
  table.push_back({"POST", "chat/announcements", any, {"moderator:manage:announcements"}, at(&helix_chat::announce)});
  table.push_back({"POST", "chat/shoutouts", user, {"moderator:manage:shoutouts"}, at(&helix_chat::shout_out)});
  table.push_back({"GET", "chat/chatters", user, {"moderator:read:chatters"}, at(&helix_chat::chatters)});
  table.push_back({"GET", "chat/settings", any, {}, at(&helix_chat::settings)});
  table.push_back(
    {"PATCH", "chat/settings", user, {"moderator:manage:chat_settings"}, at(&helix_chat::change_settings)});
  table.push_back({"POST", "whispers", user, {"user:manage:whispers"}, at(&helix_chat::whisper)});
}

http_answer helix_chat::send(const helix_call& call) {
  std::optional<std::string> channel, sender_id, message, parent;
  std::optional<bool> source_only, pin;
  body_reader body{call};
  body.need("broadcaster_id", channel).need("sender_id", sender_id).need("message", message);
  body.get("reply_parent_message_id", parent).get("for_source_only", source_only).get("pin", pin);
  if (body.mistake())
    return *body.mistake();
  auto where = world_.find_channel(*channel);
  if (!where)
    return helix_refusal(400, "The ID in broadcaster_id is not valid.");
  auto sender = world_.chat.find_user(*sender_id);
  if (!sender)
    return helix_refusal(400, "The ID in sender_id is not valid.");
  if (auto refused = judge_sender(call, *where, *sender))
    return *refused;
  if (call.user && source_only)
    return helix_refusal(400, "The for_source_only parameter can only be set with an app access token.");
  if (message->find_first_not_of(" \t\r\n") == std::string::npos)
    return helix_refusal(400, "The message field must not be empty.");
  if (length_of(*message) > longest_message)
    return helix_refusal(422, "The message is too large.");
  auto said = parent && !parent->empty() ? world_.chat.find_message(*parent) : std::nullopt;
  if (parent && !parent->empty() && (!said || (!said->channel.empty() && said->channel != where->name())))
    return helix_refusal(400, "The ID in reply_parent_message_id is not valid.");
  if (pin.value_or(false)) {
    auto role = where->role_of(sender->who.login);
    if (parent || source_only)
      return helix_refusal(400, "The pin parameter can't be combined with reply_parent_message_id or for_source_only.");
    if (!call.token.allows("moderator:manage:chat_messages"))
      return helix_refusal(401, "Missing scope: moderator:manage:chat_messages");
    if (!role.moderator && !role.broadcaster)
      return helix_refusal(403, "The sender is not one of the broadcaster's moderators.");
  }
  auto outcome = world_.chat.post({sender, where, *message, parent.value_or(""), !call.user}, call.now);
  using what = verdict;
  auto is_barred = outcome.judged.what == what::banned || outcome.judged.what == what::timed_out;
  if (is_barred)
    return helix_refusal(403, "The sender is not permitted to send chat messages to the broadcaster's chat room.");
  nlohmann::json made{
    {"message_id", outcome.id}, {"is_sent", outcome.judged.what == what::delivered}, {"drop_reason", nullptr}};
  if (outcome.judged.what != what::delivered)
    made["drop_reason"] = {{"code", outcome.why.id}, {"message", outcome.why.text}};
  return helix_one(std::move(made));
}

refusal helix_chat::judge_sender(const helix_call& call, const room& where, const account& sender) {
  if (call.user) {
    if (call.user != &sender)
      return helix_refusal(401, "The ID in sender_id must match the user ID found in the request's OAuth token.");
    return std::nullopt;
  }
  const auto& login = sender.who.login;
  for (auto scope : {"user:write:chat", "user:bot"})
    if (!world_.tokens().has_allowed(login, call.token.client_id, scope))
      return helix_refusal(401, "Missing scope: " + std::string{scope});
  auto role = where.role_of(login);
  if (!role.moderator && !role.broadcaster
      && !world_.tokens().has_allowed(where.name(), call.token.client_id, "channel:bot"))
    return helix_refusal(403, "The sender is not permitted to send chat messages to the broadcaster's chat room.");
  return std::nullopt;
}

http_answer helix_chat::announce(const helix_call& call) {
  auto by = world_.moderated_channel(call, "broadcaster_id", "moderator:manage:announcements");
  if (!by)
    return by.refusal();
  std::optional<std::string> message, color;
  std::optional<bool> source_only;
  body_reader body{call.body};
  body.need("message", message).get("color", color).get("for_source_only", source_only);
  if (body.mistake())
    return *body.mistake();
  if (message->empty())
    return helix_refusal(400, "The message field in the request's body must not be empty.");
  if (color && !is_announcement_color(*color))
    return helix_refusal(400, "The value in the color field is not valid.");
  if (call.user && source_only)
    return helix_refusal(400, "The for_source_only parameter can only be set with an app access token.");
  if (!may_again(announced_, by->where->name(), between_announcements, call.now))
    return helix_refusal(429, "The broadcaster may have one announcement every 2 seconds.");
  notice_request notice;
  notice.channel = by->where->name();
  notice.login = by->moderator->who.login;
  notice.kind = "announcement";
  notice.text = one_line(std::string{first_characters(*message, longest_message)}); // a longer one is cut
  notice.params["color"] = upper(color.value_or("primary"));
  if (auto sent = world_.chat.notice(notice, call.now); !sent)
    return helix_refusal(400, to_string(sent.error()));
  return helix_done();
}

http_answer helix_chat::shout_out(const helix_call& call) {
  auto by = world_.moderated_channel(call, "from_broadcaster_id");
  if (!by)
    return by.refusal();
  auto to = world_.channel(call, "to_broadcaster_id");
  if (!to)
    return to.refusal();
  if (*to == by->where)
    return helix_refusal(400, "The broadcaster may not give themselves a Shoutout.");
  const auto& live = world_.facts(by->where->name()).stream;
  if (!live || live->viewers == 0)
    return helix_refusal(400, "The broadcaster is not streaming live or does not have one or more viewers.");
  auto pair = by->where->name() + "/" + (*to)->name();
  if (auto last = shouted_at_.find(pair); last != shouted_at_.end() && call.now - last->second < between_same_shoutouts)
    return helix_refusal(429, "The broadcaster may give the same broadcaster a Shoutout once every 60 minutes.");
  if (!may_again(shouted_, by->where->name(), between_shoutouts, call.now))
    return helix_refusal(429, "The broadcaster may give one Shoutout every 2 minutes.");
  (void)may_again(shouted_at_, pair, between_same_shoutouts, call.now);
  world_.log.add("shoutout", call.now, [&](json_line& x) {
    x.text("channel", by->where->name()).text("target", (*to)->name()).text("login", by->moderator->who.login);
  });
  return helix_done();
}

http_answer helix_chat::chatters(const helix_call& call) {
  auto by = world_.moderated_channel(call);
  if (!by)
    return by.refusal();
  std::vector<nlohmann::json> list;
  for (const auto& [login, connections] : by->where->present) {
    if (is_anonymous(login))
      continue; // nobody in particular
    nlohmann::json one;
    add_person(one, world_.chat.who_is(login));
    list.push_back(std::move(one));
  }
  auto total = list.size();
  return helix_page(call, list, 100, 1000, {{"total", total}});
}

nlohmann::json helix_chat::settings_json(const room& where, const account* moderator) {
  const auto& now = where.settings;
  auto if_on = [](bool on, auto value) { return on ? nlohmann::json(value) : nlohmann::json(nullptr); };
  nlohmann::json made{{"broadcaster_id", where.id()},
                      {"emote_mode", now.emote_only},
                      {"follower_mode", now.followers_only >= 0},
                      {"follower_mode_duration", if_on(now.followers_only >= 0, now.followers_only)},
                      {"slow_mode", now.slow > 0},
                      {"slow_mode_wait_time", if_on(now.slow > 0, now.slow)},
                      {"subscriber_mode", now.subscribers_only},
                      {"unique_chat_mode", now.unique_chat}};
  if (moderator) {
    auto place = delays_.find(where.name());
    auto delay = place == delays_.end() ? chat_delay{} : place->second;
    made["moderator_id"] = moderator->who.user_id;
    made["non_moderator_chat_delay"] = delay.on;
    made["non_moderator_chat_delay_duration"] = if_on(delay.on, delay.seconds);
  }
  return made;
}

http_answer helix_chat::settings(const helix_call& call) {
  auto where = world_.channel(call);
  if (!where)
    return where.refusal();
  if (!call.request.query.has("moderator_id"))
    return helix_one(settings_json(**where, nullptr));
  auto by = world_.moderated_channel(call, "broadcaster_id", "moderator:read:chat_settings");
  if (!by)
    return by.refusal();
  auto may_see = !call.user || call.token.allows("moderator:read:chat_settings")
                 || call.token.allows("moderator:manage:chat_settings");
  return helix_one(settings_json(**where, may_see ? by->moderator : nullptr));
}

http_answer helix_chat::change_settings(const helix_call& call) {
  auto by = world_.moderated_channel(call);
  if (!by)
    return by.refusal();
  std::optional<bool> slow, follower, subscriber, emote, unique, delay;
  std::optional<int64_t> wait, minutes, delay_seconds;
  body_reader body{call.body};
  body.get("slow_mode", slow).get("slow_mode_wait_time", wait).get("follower_mode", follower);
  body.get("follower_mode_duration", minutes).get("subscriber_mode", subscriber).get("emote_mode", emote);
  body.get("unique_chat_mode", unique).get("non_moderator_chat_delay", delay);
  body.get("non_moderator_chat_delay_duration", delay_seconds);
  if (body.mistake())
    return *body.mistake();
  if (wait && (!slow.value_or(false) || *wait < 3 || *wait > 120))
    return helix_refusal(400, "The slow_mode_wait_time field needs slow_mode, and must be 3 to 120 seconds.");
  if (minutes && (!follower.value_or(false) || *minutes < 0 || *minutes > 129'600))
    return helix_refusal(400, "The follower_mode_duration field needs follower_mode, and must be 0 to 129600 minutes.");
  if (delay_seconds && (!delay.value_or(false) || (*delay_seconds != 2 && *delay_seconds != 4 && *delay_seconds != 6)))
    return helix_refusal(400, "The non_moderator_chat_delay_duration field needs non_moderator_chat_delay, and must be "
                              "2, 4 or 6 seconds.");
  constexpr int64_t usual_wait = 30;
  room_request change;
  change.channel = by->where->name();
  change.subscribers_only = subscriber;
  change.emote_only = emote;
  change.unique_chat = unique;
  if (slow)
    change.slow = *slow ? static_cast<unsigned>(wait.value_or(usual_wait)) : 0;
  if (follower)
    change.followers_only = *follower ? static_cast<int>(minutes.value_or(0)) : -1;
  if (delay)
    delays_[by->where->name()] = {*delay, delay_seconds.value_or(2)};
  if (auto done = world_.chat.apply(change, call.now); !done)
    return helix_refusal(400, to_string(done.error()));
  return helix_one(settings_json(*by->where, by->moderator));
}

http_answer helix_chat::whisper(const helix_call& call) {
  auto from = world_.user(call, "from_user_id");
  if (!from)
    return from.refusal();
  if (*from != call.user)
    return helix_refusal(401, "The ID in from_user_id must match the user ID found in the request's OAuth token.");
  auto to = world_.user(call, "to_user_id");
  if (!to)
    return to.refusal();
  if (*to == *from)
    return helix_refusal(400, "You can not whisper to yourself.");
  std::optional<std::string> message;
  body_reader body{call.body};
  body.need("message", message);
  if (body.mistake())
    return *body.mistake();
  if (message->empty())
    return helix_refusal(400, "The message field in the request's body must not be empty.");
  constexpr size_t each_second = 3, each_minute = 100, new_each_day = 40;
  constexpr size_t longest_to_stranger = 500, longest = 10'000;
  auto& sent = whispered_[call.user->who.login];
  const auto& recipient = (*to)->who.login;
  auto in_second = sent.second.admit(each_second, std::chrono::seconds{1}, call.now);
  auto in_minute = sent.minute.admit(each_minute, std::chrono::minutes{1}, call.now);
  if (!in_second || !in_minute)
    return helix_refusal(429, "The sending user exceeded the number of whisper requests that they may make.");
  auto is_new = !sent.known.contains(recipient);
  if (is_new && !sent.recipients.admit(new_each_day, std::chrono::hours{24}, call.now))
    return helix_refusal(429, "The sending user may whisper to 40 new recipients a day.");
  sent.known.insert(recipient);
  auto text = one_line(std::string{first_characters(*message, is_new ? longest_to_stranger : longest)});
  world_.chat.whisper((*from)->who, (*to)->who, text, call.now);
  return helix_done();
}

} // namespace creamery::simulator
