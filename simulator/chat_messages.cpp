#include "simulator/chat_server.hpp"

#include "simulator/message_text.hpp"

#include <algorithm>

namespace creamery::simulator {

void chat_server::privmsg(session& from, const irc_text& line, time_point now) {
  ++counters_.messages_received;
  auto channel = line.param(0);
  if (channel.starts_with('#'))
    channel.remove_prefix(1);
  auto outcome = judge_message(from, channel, line, now);
  auto what = outcome.judged.what;
  if (what == verdict::delivered)
    ++counters_.messages_delivered;
  else
    ++counters_.messages_refused[std::string{to_string(what)}];
  auto where = find_room(channel);
  log_.add("message", now, [&](json_line& x) {
    x.number("connection", static_cast<int64_t>(from.id))
      .text("login", from.login)
      .text("channel", channel)
      .text("text", line.param(1))
      .text("reply_to", line.tag("reply-parent-msg-id"))
      .text("nonce", line.tag("client-nonce"))
      .text("verdict", to_string(what))
      .flag("joined", where && std::find(from.joined.begin(), from.joined.end(), where) != from.joined.end())
      .text("id", outcome.id);
  });
}

chat_server::message_outcome chat_server::judge_message(session& from, std::string_view channel, const irc_text& line,
                                                        time_point now) {
  auto where = get_room(channel);
  if (!where)
    return {{verdict::bad_name}, {}};
  if (!from.who)
    return {{verdict::anonymous}, {}};
  auto refuse = [&](judgement why, std::string_view word = {}) -> message_outcome {
    notify(from, where->name(), notice_for(why.what, where->name(), why.number, word));
    return {why, {}};
  };
  auto read = read_message(line.param(1));
  using kind = message_text::kind;
  if (read.what == kind::empty)
    return {{verdict::empty}, {}};
  // Every attempt counts, whatever becomes of it, so the limits come first.
  auto role = where->role_of(from.login);
  switch (from.who->limits.message(where->name(), {role.privileged(), from.who->verified}, now)) {
    case rate_verdict::fine: break;
    case rate_verdict::locked_out: return {{verdict::locked_out}, {}};
    default: ++counters_.message_violations; return refuse({verdict::ratelimited});
  }
  if (!from.may_write)
    return refuse({verdict::no_permission});
  if (read.what == kind::command)
    return refuse({is_moderation_command(read.command) ? verdict::no_permission : verdict::unrecognized_command},
                  read.command);
  auto judged = where->judge(from.login, read.text, find_emotes(read.text).only_emotes, setup_.duplicate_window, now);
  if (judged.what != verdict::delivered)
    return refuse(judged);
  where->remember(from.login, read.text, now);
  say_request what;
  what.text = std::move(read.text);
  what.action = read.what == kind::action;
  what.reply_to = line.tag("reply-parent-msg-id");
  return {judged, deliver_message(from, *where, std::move(what), line.tag("client-nonce"), now)};
}

std::string chat_server::deliver_message(session& from, room& where, say_request what, std::string_view nonce,
                                         time_point now) {
  auto role = where.role_of(from.login);
  auto id = publish(where, from.who->who, role, what, nonce, &from, now);
  if (from.capabilities.commands)
    send(from, userstate_line(from.who->who, role, where.name(), id, nonce));
  return id;
}

std::string chat_server::speak(room& where, const person& author, role_set role, const say_request& what,
                               time_point now) {
  return publish(where, author, role, what, {}, nullptr, now);
}

std::string chat_server::publish(room& where, const person& author, role_set role, const say_request& what,
                                 std::string_view nonce, const session* sender, time_point now) {
  auto number = next_message_++;
  auto parent = what.reply_to.empty() ? std::nullopt : find_parent(what.reply_to);
  auto& kept = memory_.keep(number);
  kept.id.clear();
  ids_.append(kept.id, number);
  kept.login = author.login;
  kept.display_name = author.display_name;
  kept.user_id = author.user_id;
  kept.text = parent ? "@" + parent->display_name + " " + what.text : what.text;
  kept.thread_id = parent ? parent->thread_id : kept.id;
  kept.thread_login = parent ? parent->thread_login : author.login;
  kept.thread_display_name = parent ? parent->thread_display_name : author.display_name;
  kept.thread_user_id = parent ? parent->thread_user_id : author.user_id;
  auto line = privmsg_line({.author = author,
                            .role = role,
                            .where = where,
                            .id = kept.id,
                            .when = now,
                            .text = kept.text,
                            .action = what.action,
                            .bits = what.bits,
                            .client_nonce = nonce,
                            .parent = parent ? &*parent : nullptr,
                            .extra = &what.tags});
  auto text = line.text(true);
  deliver(
    where,
    {.text = text, .body = text.size() - line.text(false).size(), .kind = "PRIVMSG", .id = kept.id, .sender = sender},
    now);
  return kept.id;
}

std::optional<parent_line> chat_server::find_parent(std::string_view id) const {
  if (auto number = ids_.number(id)) {
    auto known = memory_.find(*number);
    return known && known->id == id ? std::optional{*known} : std::nullopt;
  }
  return other_parents_ ? other_parents_(id) : std::nullopt;
}

} // namespace creamery::simulator
