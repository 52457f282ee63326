#include "simulator/chat_server.hpp"

namespace creamery::simulator {

namespace {

/// How many lines can be answered: a few seconds of the wildest raid, an evening of a quiet channel.
constexpr size_t remembered_lines = 65'536;

/// Sent as a garbage line unless a fault brings its own: tags without names, no verb, a control character.
constexpr std::string_view made_up_garbage = "@=;;==;\x01 ::: \t @id=;";

} // namespace

chat_server::chat_server(const options& setup, history& log)
  : setup_(setup), log_(log), accounts_(setup.limits, setup.open_door), memory_(remembered_lines) {
}

session& chat_server::open(client_link& link, std::string_view transport, time_point now) {
  auto& made = *sessions_.emplace(next_session_, std::make_unique<session>()).first->second;
  made.id = next_session_++;
  made.link = &link;
  made.transport = transport;
  made.connected = now;
  ++counters_.connections;
  log_.add("connect", now,
           [&](json_line& x) { x.number("connection", static_cast<int64_t>(made.id)).text("transport", transport); });
  for (const auto& what : faults_.take(fault_moment::connect, {}, made.id))
    strike(made, what, now);
  return made;
}

void chat_server::receive(session& from, std::string_view line, time_point now) {
  if (!from.hears())
    return;
  auto parsed = parse_irc(line);
  if (!parsed)
    return;
  const auto& verb = parsed->verb;
  if (verb == "PING") {
    // tmi.js asks without a word, and takes it for silence when the answer to that has a sender.
    if (!from.ignores_ping)
      send(from, parsed->params.empty() ? "PONG :tmi.twitch.tv"
                                        : ":tmi.twitch.tv PONG tmi.twitch.tv :" + std::string{parsed->param(0)});
  } else if (verb == "PONG") {
    counters_.pongs += from.pong_due != time_point::max() ? 1 : 0;
    from.pong_due = time_point::max();
    from.ping_due = now + setup_.ping_period;
  } else if (verb == "QUIT") {
    dismiss(from);
  } else if (verb == "CAP") {
    request_capabilities(from, *parsed);
  } else if (!from.welcomed()) {
    if (verb == "PASS")
      from.pass = parsed->param(0);
    else if (verb == "NICK")
      from.nick = parsed->param(0);
    if (verb == "PASS" || verb == "NICK")
      log_in(from, now);
  } else if (verb == "JOIN") {
    join(from, *parsed, now);
  } else if (verb == "PART") {
    part(from, *parsed, now);
  } else if (verb == "PRIVMSG") {
    privmsg(from, *parsed, now);
  } else if (verb != "PASS" && verb != "NICK" && verb != "USER") {
    send(from, ":tmi.twitch.tv 421 " + from.login + " " + std::string{verb} + " :Unknown command");
  }
}

void chat_server::closed(session& gone, std::string_view reason, size_t unwritten, time_point now) {
  gone.closing = true;
  while (!gone.joined.empty())
    leave_room(gone, *gone.joined.back(), now);
  ++counters_.closes;
  counters_.lines_unwritten += unwritten;
  log_.add("close", now, [&](json_line& x) {
    x.number("connection", static_cast<int64_t>(gone.id))
      .text("login", gone.login)
      .text("reason", reason)
      .number("unwritten", static_cast<int64_t>(unwritten));
  });
  sessions_.erase(gone.id);
}

void chat_server::tick(time_point now) {
  for (auto& [id, whom] : sessions_)
    watch(*whom, now);
  for (auto& [name, where] : rooms_)
    if (where->announcement_due <= now)
      flush_announcements(*where);
}

void chat_server::watch(session& whom, time_point now) {
  if (!whom.hears())
    return; // a half-open connection must not learn that it is one
  if (whom.close_due <= now) {
    dismiss(whom);
  } else if (!whom.welcomed()) {
    if (now - whom.connected >= setup_.login_timeout)
      refuse_login(whom, "Login unsuccessful", "timeout", now);
  } else if (whom.pong_due <= now) {
    whom.closing = true;
    whom.link->strike({.kind = fault_kind::reset});
  } else if (whom.ping_due <= now && whom.pong_due == time_point::max()) {
    send(whom, "PING :tmi.twitch.tv");
    whom.pong_due = now + setup_.pong_timeout;
  }
}

size_t chat_server::deliver(room& where, const chat_delivery& line, time_point now) {
  size_t reached = 0;
  auto needs_commands = line.kind != "PRIVMSG";
  recipients_.clear();
  for (auto* member : where.members) {
    if (member == line.sender || !member->hears() || (needs_commands && !member->capabilities.commands))
      continue;
    auto waiting = member->link->queued();
    if (waiting > line.drop_above) {
      ++counters_.lines_dropped;
      continue;
    }
    if (waiting > setup_.output_limit) {
      member->closing = true;
      member->link->strike({.kind = fault_kind::reset});
      continue;
    }
    member->link->send(member->capabilities.tags ? line.text : line.text.substr(line.body), true);
    recipients_.push_back(member->id);
    ++reached;
  }
  if (where.members.empty())
    return 0;
  ++counters_.chat_lines;
  counters_.lines_sent += reached;
  log_.add("line", now, [&](json_line& x) {
    x.text("kind", line.kind)
      .text("id", line.id)
      .text("channel", where.name())
      .number("order", static_cast<int64_t>(where.next_order()))
      .begin_list("to");
    for (auto id : recipients_)
      x.element(id);
    x.end_list();
  });
  return reached;
}

void chat_server::send(session& to, std::string_view line) {
  if (to.hears())
    to.link->send(line, false);
}

void chat_server::send(session& to, const outgoing_line& line) {
  send(to, line.text(to.capabilities.tags));
}

void chat_server::notify(session& to, std::string_view channel, const notice_text& text) {
  if (!text.id.empty() && to.capabilities.commands)
    send(to, notice_line(text.id, channel, text.text));
}

void chat_server::dismiss(session& whom) {
  whom.closing = true;
  whom.link->finish();
}

void chat_server::strike(session& whom, const fault& what, time_point now) {
  ++counters_.faults;
  log_.add("fault", now, [&](json_line& x) {
    x.text("kind", to_string(what.kind)).number("connection", static_cast<int64_t>(whom.id)).text("login", whom.login);
  });
  switch (what.kind) {
    case fault_kind::garbage: send(whom, what.text.empty() ? made_up_garbage : std::string_view{what.text}); break;
    case fault_kind::reconnect:
      send(whom, ":tmi.twitch.tv RECONNECT");
      whom.close_due = now + what.grace;
      break;
    case fault_kind::ignore_ping: whom.ignores_ping = true; break;
    case fault_kind::refuse_login:
    case fault_kind::http_status:
    case fault_kind::http_slow:
    case fault_kind::http_cut:
    case fault_kind::http_lost: break; // handled where logins and requests are
    case fault_kind::half_open:
      whom.half_open = true;
      whom.link->strike(what);
      break;
    case fault_kind::reset:
    case fault_kind::finish: whom.closing = true; [[fallthrough]];
    default: whom.link->strike(what);
  }
}

result<size_t> chat_server::cause(const fault& what, time_point now) {
  if (auto added = faults_.add(what); !added)
    return added.error();
  if (waits(what))
    return size_t{0};
  size_t struck = 0;
  for (auto& [id, whom] : sessions_) {
    if (what.count > 0 && struck == what.count)
      break;
    if (whom->hears() && concerns(what, whom->login, id)) {
      strike(*whom, what, now);
      ++struck;
    }
  }
  return struck;
}

std::optional<fault> chat_server::take_http_fault(std::string_view path, std::string_view client,
                                                  std::string_view login, time_point now) {
  auto taken = faults_.take_http(path, client, login);
  if (!taken)
    return taken;
  ++counters_.faults;
  log_.add("fault", now, [&](json_line& x) {
    x.text("kind", to_string(taken->kind)).text("path", path).text("client", client).text("login", login);
  });
  return taken;
}

void chat_server::clear_faults(time_point now) {
  faults_.clear();
  log_.add("faults_cleared", now, [](json_line&) {});
  for (auto& [id, whom] : sessions_) {
    whom->ignores_ping = false;
    if (whom->half_open) {
      whom->half_open = false;
      whom->closing = true;
      whom->link->strike({.kind = fault_kind::reset});
    } else if (whom->hears()) {
      whom->link->strike({.kind = fault_kind::slow});  // neither a rate nor a latency: quick again
      whom->link->strike({.kind = fault_kind::slice}); // and in one piece
    }
  }
}

} // namespace creamery::simulator
