#include "simulator/lines.hpp"

#include "simulator/ids.hpp"
#include "simulator/irc_text.hpp"
#include "simulator/message_text.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

/// Writes tags one after the other, save those that are to be replaced.
class tag_writer {
public:
  explicit tag_writer(const extra_tags* replaced = nullptr) : replaced_(replaced) {
    text_.reserve(512);
  }

  /// A value that needs no escaping.
  tag_writer& raw(std::string_view name, std::string_view value) {
    if (begin(name))
      text_ += value;
    return *this;
  }

  tag_writer& flag(std::string_view name, bool value) {
    return raw(name, value ? "1" : "0");
  }

  tag_writer& number(std::string_view name, int64_t value) {
    return raw(name, std::to_string(value));
  }

  tag_writer& escaped(std::string_view name, std::string_view value) {
    if (begin(name))
      append_escaped(text_, value);
    return *this;
  }

  /// Everything so far and the replacements.
  std::string_view finish() {
    if (auto extra = std::exchange(replaced_, nullptr))
      for (const auto& [name, value] : *extra)
        escaped(name, value);
    return text_;
  }

private:
  bool begin(std::string_view name) {
    if (replaced_ && !replaced_->empty() && replaced_->contains(std::string{name}))
      return false;
    if (!text_.empty())
      text_ += ';';
    text_ += name;
    text_ += '=';
    return true;
  }

  const extra_tags* replaced_;
  std::string text_;
};

/// How long somebody has been subscribed; follows from who it is.
unsigned months_subscribed(const person& who) {
  return 1 + static_cast<unsigned>(spread(who.user_id) % 48);
}

std::string badge_info(const person& who, role_set role) {
  return role.subscriber ? "subscriber/" + std::to_string(months_subscribed(who)) : std::string{};
}

std::string badges(const person& who, role_set role) {
  std::string list;
  auto add = [&](std::string_view badge) { list.append(list.empty() ? "" : ",").append(badge); };
  if (role.broadcaster)
    add("broadcaster/1");
  if (role.moderator)
    add("moderator/1");
  if (role.vip)
    add("vip/1");
  if (role.subscriber) {
    // The badge changes after 2, 3, 6, 9 and 12 months, then every six.
    auto months = months_subscribed(who);
    add("subscriber/"
        + std::to_string(months < 2    ? 0
                         : months < 3  ? 2
                         : months < 12 ? months / 3 * 3
                                       : months / 6 * 6));
  }
  if (role.bot)
    add("bot-badge/1");
  return list;
}

std::string_view user_type(role_set role) {
  return role.moderator ? "mod" : "";
}

void add_parent(tag_writer& tags, const parent_line& parent) {
  tags.escaped("reply-parent-display-name", parent.display_name)
    .escaped("reply-parent-msg-body", parent.text)
    .raw("reply-parent-msg-id", parent.id)
    .raw("reply-parent-user-id", parent.user_id)
    .raw("reply-parent-user-login", parent.login)
    .escaped("reply-thread-parent-display-name", parent.thread_display_name)
    .raw("reply-thread-parent-msg-id", parent.thread_id)
    .raw("reply-thread-parent-user-id", parent.thread_user_id)
    .raw("reply-thread-parent-user-login", parent.thread_login);
}

std::string from_server(std::string_view verb, std::string_view channel) {
  std::string body{":tmi.twitch.tv "};
  return body.append(verb).append(" #").append(channel);
}

} // namespace

outgoing_line::outgoing_line(std::string_view tags, std::string_view body) {
  if (!tags.empty()) {
    text_.reserve(tags.size() + body.size() + 2);
    text_.append("@").append(tags).append(" ");
    body_ = text_.size();
  }
  text_ += body;
}

outgoing_line privmsg_line(const message_facts& facts) {
  const auto& [author, role, where, id, when, text, action, bits, nonce, parent, extra] = facts;
  auto emotes = find_emotes(text);
  tag_writer tags{extra};
  tags.raw("badge-info", badge_info(author, role)).raw("badges", badges(author, role));
  if (bits > 0)
    tags.number("bits", bits);
  if (!nonce.empty())
    tags.raw("client-nonce", nonce);
  tags.raw("color", author.color).escaped("display-name", author.display_name);
  if (emotes.only_emotes)
    tags.flag("emote-only", true);
  tags.raw("emotes", emotes.tag).flag("first-msg", false).raw("flags", "").raw("id", id).flag("mod", role.moderator);
  if (parent)
    add_parent(tags, *parent);
  tags.flag("returning-chatter", false)
    .raw("room-id", where.id())
    .flag("subscriber", role.subscriber)
    .number("tmi-sent-ts", unix_milliseconds(when))
    .flag("turbo", false)
    .raw("user-id", author.user_id)
    .raw("user-type", user_type(role));
  if (role.vip)
    tags.flag("vip", true);
  std::string body;
  body.reserve(96 + text.size());
  body.append(":").append(user_prefix(author.login)).append(" PRIVMSG #").append(where.name()).append(" :");
  if (action)
    body
      .append("\x01"
              "ACTION ")
      .append(text)
      .append("\x01");
  else
    body.append(text);
  return {tags.finish(), body};
}

outgoing_line usernotice_line(const message_facts& facts, std::string_view kind, std::string_view system_message,
                              const std::map<std::string, std::string>& params) {
  const auto& [author, role, where, id, when, text, action, bits, nonce, parent, extra] = facts;
  tag_writer tags{extra};
  tags.raw("badge-info", badge_info(author, role))
    .raw("badges", badges(author, role))
    .raw("color", author.color)
    .escaped("display-name", author.display_name)
    .raw("emotes", find_emotes(text).tag)
    .raw("flags", "")
    .raw("id", id)
    .raw("login", author.login)
    .flag("mod", role.moderator)
    .raw("msg-id", kind);
  for (const auto& [name, value] : params)
    tags.escaped("msg-param-" + name, value);
  tags.raw("room-id", where.id())
    .flag("subscriber", role.subscriber)
    .escaped("system-msg", system_message)
    .number("tmi-sent-ts", unix_milliseconds(when))
    .raw("user-id", author.user_id)
    .raw("user-type", user_type(role))
    .flag("vip", role.vip);
  auto body = from_server("USERNOTICE", where.name());
  if (!text.empty())
    body.append(" :").append(text);
  return {tags.finish(), body};
}

outgoing_line clearchat_line(const room& where, const person* target, long seconds, time_point when) {
  tag_writer tags;
  if (target && seconds > 0)
    tags.number("ban-duration", seconds);
  tags.raw("room-id", where.id());
  if (target)
    tags.raw("target-user-id", target->user_id);
  tags.number("tmi-sent-ts", unix_milliseconds(when));
  auto body = from_server("CLEARCHAT", where.name());
  if (target)
    body.append(" :").append(target->login);
  return {tags.finish(), body};
}

outgoing_line clearmsg_line(const room& where, const parent_line& target, time_point when) {
  tag_writer tags;
  tags.raw("login", target.login)
    .raw("room-id", "") // empty on Twitch, too
    .raw("target-msg-id", target.id)
    .number("tmi-sent-ts", unix_milliseconds(when));
  return {tags.finish(), from_server("CLEARMSG", where.name()).append(" :").append(target.text)};
}

outgoing_line roomstate_line(const room& where) {
  tag_writer tags;
  tags.flag("emote-only", where.settings.emote_only)
    .number("followers-only", where.settings.followers_only)
    .flag("r9k", where.settings.unique_chat)
    .flag("rituals", false)
    .raw("room-id", where.id())
    .number("slow", where.settings.slow)
    .flag("subs-only", where.settings.subscribers_only);
  return {tags.finish(), from_server("ROOMSTATE", where.name())};
}

outgoing_line roomstate_line(const room& where, std::string_view tag, int value) {
  tag_writer tags;
  tags.raw("room-id", where.id()).number(tag, value);
  return {tags.finish(), from_server("ROOMSTATE", where.name())};
}

outgoing_line userstate_line(const person& who, role_set role, std::string_view channel, std::string_view id,
                             std::string_view client_nonce) {
  tag_writer tags;
  tags.raw("badge-info", badge_info(who, role)).raw("badges", badges(who, role));
  if (!client_nonce.empty())
    tags.raw("client-nonce", client_nonce);
  tags.raw("color", who.color).escaped("display-name", who.display_name).raw("emote-sets", "0");
  if (!id.empty())
    tags.raw("id", id);
  tags.flag("mod", role.moderator).flag("subscriber", role.subscriber).raw("user-type", user_type(role));
  return {tags.finish(), from_server("USERSTATE", channel)};
}

outgoing_line globaluserstate_line(const person& who) {
  tag_writer tags;
  tags.raw("badge-info", "")
    .raw("badges", "")
    .raw("color", who.color)
    .escaped("display-name", who.display_name)
    .raw("emote-sets", "0")
    .flag("turbo", false)
    .raw("user-id", who.user_id)
    .raw("user-type", "");
  return {tags.finish(), ":tmi.twitch.tv GLOBALUSERSTATE"};
}

outgoing_line notice_line(std::string_view id, std::string_view channel, std::string_view text) {
  tag_writer tags;
  tags.raw("msg-id", id);
  return {tags.finish(), from_server("NOTICE", channel).append(" :").append(text)};
}

outgoing_line whisper_line(const person& from, const person& to, std::string_view id, std::string_view text) {
  tag_writer tags;
  tags.raw("badges", "")
    .raw("color", from.color)
    .escaped("display-name", from.display_name)
    .raw("emotes", find_emotes(text).tag)
    .raw("message-id", id)
    .raw("thread-id", from.user_id + "_" + to.user_id)
    .flag("turbo", false)
    .raw("user-id", from.user_id)
    .raw("user-type", "");
  return {tags.finish(), ":" + user_prefix(from.login) + " WHISPER " + to.login + " :" + std::string{text}};
}

std::string user_prefix(std::string_view login) {
  std::string prefix;
  prefix.reserve(login.size() * 3 + 16);
  return prefix.append(login).append("!").append(login).append("@").append(login).append(".tmi.twitch.tv");
}

} // namespace creamery::simulator
