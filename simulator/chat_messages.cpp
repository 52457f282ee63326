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
  count_message(what);
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
  auto read = read_message(line.param(1));
  auto judged = judge_text(*from.who, *where, from.may_write, read, now);
  if (judged.what != verdict::delivered) {
    notify(from, where->name(), notice_for(judged.what, where->name(), judged.number, read.command));
    return {judged, {}};
  }
  say_request what;
  what.text = std::move(read.text);
  what.action = read.what == message_text::kind::action;
  what.reply_to = line.tag("reply-parent-msg-id");
  return {judged, deliver_message(from, *where, std::move(what), line.tag("client-nonce"), now)};
}

judgement chat_server::judge_text(account& who, room& where, bool may_write, const message_text& read, time_point now) {
  using kind = message_text::kind;
  if (read.what == kind::empty)
    return {verdict::empty};
  // Every attempt counts, whatever becomes of it, so the limits come first.
  const auto& login = who.who.login;
  switch (who.limits.message(where.name(), {where.role_of(login).privileged(), who.verified}, now)) {
    case rate_verdict::fine: break;
    case rate_verdict::locked_out: return {verdict::locked_out};
    default: ++counters_.message_violations; return {verdict::ratelimited};
  }
  if (!may_write)
    return {verdict::no_permission};
  if (read.what == kind::command)
    return {is_moderation_command(read.command) ? verdict::no_permission : verdict::unrecognized_command};
  auto judged = where.judge(login, read.text, find_emotes(read.text).only_emotes, setup_.duplicate_window, now);
  if (judged.what == verdict::delivered)
    where.remember(login, read.text, now);
  return judged;
}

void chat_server::count_message(verdict what) {
  if (what == verdict::delivered)
    ++counters_.messages_delivered;
  else
    ++counters_.messages_refused[std::string{to_string(what)}];
}

post_outcome chat_server::post(const post_request& request, time_point now) {
  ++counters_.messages_received;
  ++counters_.posts;
  auto& where = *request.where;
  auto text = one_line(request.text); // over IRC there are no others
  auto read = read_message(text);
  const auto& who = request.sender->who;
  post_outcome outcome;
  outcome.judged = judge_text(*request.sender, where, true, read, now);
  auto what = outcome.judged.what;
  count_message(what);
  if (what == verdict::delivered) {
    auto role = where.role_of(who.login);
    role.bot = request.as_bot;
    say_request say;
    say.text = std::move(read.text);
    say.action = read.what == message_text::kind::action;
    say.reply_to = request.reply_to;
    outcome.id = publish(where, who, role, say, {}, nullptr, now);
  }
  log_.add("message", now, [&](json_line& x) {
    x.number("connection", 0)
      .text("over", "helix")
      .text("login", who.login)
      .text("channel", where.name())
      .text("text", text)
      .text("reply_to", request.reply_to)
      .text("verdict", to_string(what))
      .text("id", outcome.id);
  });
  // Who is ignored isn't told over IRC, but an answer has to say something.
  outcome.why = notice_for(what == verdict::locked_out ? verdict::ratelimited : what, where.name(),
                           outcome.judged.number, read.command);
  return outcome;
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
  kept.channel = where.name();
  kept.when = now;
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
  if (on_message_)
    on_message_({where, author, role, kept, what}, parent ? &*parent : nullptr, now);
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
