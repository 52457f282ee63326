#include "simulator/request_json.hpp"

#include "simulator/field_reader.hpp"

namespace creamery::simulator {

namespace {

/// The request, or what was wrong with it.
template <class T>
result<T> finish(field_reader& reader, T made) {
  if (auto read = reader.finish(); !read)
    return read.error();
  return made;
}

} // namespace

result<say_request> read_say(const nlohmann::json& from, const std::string& place) {
  say_request made;
  field_reader reader{from, place};
  reader.need("channel", made.channel).need("login", made.login).need("text", made.text);
  reader.get("action", made.action).get("bits", made.bits).get("reply_to", made.reply_to).get("tags", made.tags);
  return finish(reader, std::move(made));
}

result<raid_request> read_raid(const nlohmann::json& from, const std::string& place) {
  raid_request made;
  field_reader reader{from, place};
  reader.need("channel", made.channel);
  reader.get("from", made.from).get("viewers", made.viewers).get("peak", made.peak).get("ramp", made.ramp);
  reader.get("lasts", made.lasts).get("phrases", made.phrases).get("commands", made.commands);
  reader.get("command_every", made.command_every);
  return finish(reader, std::move(made));
}

result<notice_request> read_notice(const nlohmann::json& from, const std::string& place) {
  notice_request made;
  field_reader reader{from, place};
  reader.need("channel", made.channel).need("login", made.login).need("kind", made.kind);
  reader.get("system_message", made.system_message).get("text", made.text).get("params", made.params);
  return finish(reader, std::move(made));
}

result<clear_request> read_clear(const nlohmann::json& from, const std::string& place) {
  clear_request made;
  field_reader reader{from, place};
  reader.need("channel", made.channel);
  reader.get("login", made.login).get("ban", made.ban).get("message_id", made.message_id);
  return finish(reader, std::move(made));
}

result<room_request> read_room(const nlohmann::json& from, const std::string& place) {
  room_request made;
  field_reader reader{from, place};
  reader.need("channel", made.channel);
  reader.get("emote_only", made.emote_only)
    .get("subscribers_only", made.subscribers_only)
    .get("unique_chat", made.unique_chat);
  reader.get("followers_only", made.followers_only).get("slow", made.slow).get("suspended", made.suspended);
  reader.get("missing", made.missing).get("silent", made.silent).get("roles", made.roles);
  return finish(reader, std::move(made));
}

result<account_request> read_account(const nlohmann::json& from, const std::string& place) {
  account_request made;
  field_reader reader{from, place};
  reader.need("login", made.login);
  reader.get("token", made.token).get("scopes", made.scopes).get("display_name", made.display_name);
  reader.get("user_id", made.user_id).get("color", made.color).get("verified", made.verified);
  return finish(reader, std::move(made));
}

result<replay_request> read_replay(const nlohmann::json& from, const std::string& place) {
  using speed = replay_request::speed_kind;
  replay_request made;
  std::string kind;
  field_reader reader{from, place};
  reader.get("file", made.file)
    .get("lines", made.lines)
    .get("speed", kind)
    .get("factor", made.factor)
    .get("rate", made.rate);
  reader.get("rounds", made.rounds).get("channels", made.channels).get("wait_for_join", made.wait_for_join);
  reader.get("wait_for_slow", made.wait_for_slow);
  if (kind == "fixed")
    made.speed = speed::fixed;
  else if (kind == "fastest")
    made.speed = speed::fastest;
  else if (!kind.empty() && kind != "recorded")
    reader.mistake("speed", "must be recorded, fixed or fastest");
  if (made.file.empty() && made.lines.empty())
    reader.mistake("file", "is missing (or lines)");
  return finish(reader, std::move(made));
}

result<fault> read_fault(const nlohmann::json& from, const std::string& place) {
  fault made;
  std::string kind;
  std::string when{to_string(made.when)};
  field_reader reader{from, place};
  reader.need("kind", kind).get("when", when).get("login", made.login).get("connection", made.connection);
  reader.get("count", made.count).get("bytes", made.bytes).get("bytes_per_second", made.bytes_per_second);
  reader.get("latency", made.latency).get("grace", made.grace).get("text", made.text);
  if (auto known = parse_fault_kind(kind))
    made.kind = *known;
  else
    reader.mistake(
      "kind", "must be reset, finish, half_open, slow, slice, cut, garbage, refuse_login, reconnect or ignore_ping");
  if (auto known = parse_fault_moment(when))
    made.when = *known;
  else
    reader.mistake("when", "must be now, connect or login");
  return finish(reader, std::move(made));
}

nlohmann::json to_json(const replay_status& status) {
  return {{"id", status.id},
          {"state", status.state},
          {"lines", status.lines},
          {"round", status.round},
          {"sent", status.sent},
          {"skipped", status.skipped},
          {"seconds", std::chrono::duration<double>{status.elapsed}.count()}};
}

nlohmann::json to_json(const counters& all) {
  return {{"connections", all.connections},
          {"closes", all.closes},
          {"logins", all.logins},
          {"logins_refused", all.logins_refused},
          {"pongs", all.pongs},
          {"joins", all.joins},
          {"joins_refused", all.joins_refused},
          {"parts", all.parts},
          {"chat_lines", all.chat_lines},
          {"lines_sent", all.lines_sent},
          {"lines_dropped", all.lines_dropped},
          {"lines_unwritten", all.lines_unwritten},
          {"messages_received", all.messages_received},
          {"messages_delivered", all.messages_delivered},
          {"messages_refused", all.messages_refused},
          {"message_violations", all.message_violations},
          {"join_violations", all.join_violations},
          {"login_violations", all.login_violations},
          {"limit_violations", all.limit_violations()},
          {"faults", all.faults}};
}

nlohmann::json to_json(const connection_info& whom) {
  return {{"id", whom.id},         {"transport", whom.transport}, {"login", whom.login}, {"channels", whom.channels},
          {"queued", whom.queued}, {"half_open", whom.half_open}};
}

nlohmann::json to_json(const fault& what) {
  return {{"kind", to_string(what.kind)},
          {"when", to_string(what.when)},
          {"login", what.login},
          {"connection", what.connection},
          {"count", what.count}};
}

} // namespace creamery::simulator
