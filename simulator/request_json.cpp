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
  reader.get("client_id", made.client_id).get("expires_in", made.expires_in);
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
  std::string at{to_string(made.at)};
  field_reader reader{from, place};
  reader.need("kind", kind).get("when", when).get("login", made.login).get("connection", made.connection);
  reader.get("count", made.count).get("bytes", made.bytes).get("bytes_per_second", made.bytes_per_second);
  reader.get("latency", made.latency).get("grace", made.grace).get("text", made.text);
  reader.get("path", made.path).get("client", made.client).get("status", made.status).get("reset", made.reset);
  reader.get("at", at);
  if (auto known = parse_fault_kind(kind))
    made.kind = *known;
  else
    reader.mistake("kind",
                   "must be reset, finish, half_open, slow, slice, cut, garbage, refuse_login, reconnect, ignore_ping, "
                   "http_status, http_slow, http_cut or http_lost");
  if (auto known = parse_fault_moment(when))
    made.when = *known;
  else
    reader.mistake("when", "must be now, connect or login");
  if (auto known = parse_cut_place(at))
    made.at = *known;
  else
    reader.mistake("at", "must be before or middle");
  return finish(reader, std::move(made));
}

result<client_request> read_client(const nlohmann::json& from, const std::string& place) {
  client_request made;
  field_reader reader{from, place};
  reader.need("client_id", made.client_id).get("secret", made.secret).get("name", made.name);
  reader.get("redirect_uris", made.redirect_uris).get("rotate", made.rotate);
  return finish(reader, std::move(made));
}

result<consent_request> read_consent(const nlohmann::json& from, const std::string& place) {
  using answer = consent_request::answer;
  consent_request made;
  std::string mode;
  field_reader reader{from, place};
  reader.need("mode", mode).get("login", made.login);
  if (mode == "approve")
    made.mode = answer::approve;
  else if (mode == "deny")
    made.mode = answer::deny;
  else if (mode != "ask")
    reader.mistake("mode", "must be ask, approve or deny");
  return finish(reader, std::move(made));
}

result<grant_request> read_grant(const nlohmann::json& from, const std::string& place) {
  grant_request made;
  field_reader reader{from, place};
  reader.need("login", made.login).need("client_id", made.client_id).need("scopes", made.scopes);
  reader.get("expires_in", made.expires_in);
  return finish(reader, std::move(made));
}

result<stream_request> read_stream(const nlohmann::json& from, const std::string& place) {
  stream_request made;
  field_reader reader{from, place};
  reader.need("channel", made.channel).get("live", made.live).get("title", made.title);
  reader.get("language", made.language).get("game_id", made.game_id).get("game_name", made.game_name);
  reader.get("tags", made.tags).get("viewers", made.viewers);
  return finish(reader, std::move(made));
}

result<trigger_request> read_trigger(const nlohmann::json& from, const std::string& place) {
  trigger_request made;
  field_reader reader{from, place};
  reader.need("type", made.type).get("version", made.version).get("event", made.event).get("count", made.count);
  reader.get("sample", made.sample).get("channel", made.channel);
  reader.get("repeat", made.repeat).get("repeat_as_another", made.repeat_as_another);
  reader.get("out_of_order", made.out_of_order).get("wrong_signature", made.wrong_signature).get("age", made.age);
  return finish(reader, std::move(made));
}

result<pubsub_request> read_pubsub(const nlohmann::json& from, const std::string& place) {
  pubsub_request made;
  field_reader reader{from, place};
  reader.need("topic", made.topic).get("message", made.message).get("count", made.count);
  return finish(reader, std::move(made));
}

result<pubsub_sockets_request> read_pubsub_sockets(const nlohmann::json& from, const std::string& place) {
  pubsub_sockets_request made;
  std::string action;
  field_reader reader{from, place};
  reader.need("action", action);
  using what = pubsub_sockets_request::what;
  if (action == "close")
    made.action = what::close;
  else if (action == "silence")
    made.action = what::silence;
  else if (action == "revoke")
    made.action = what::revoke;
  else if (action != "reconnect")
    reader.mistake("action", "must be reconnect, close, silence or revoke");
  return finish(reader, std::move(made));
}

result<webhook_sender::options> read_webhook_options(const nlohmann::json& from, const std::string& place) {
  webhook_sender::options made;
  std::chrono::milliseconds retry{1'000}, longest{30'000};
  field_reader reader{from, place};
  reader.get("retry", retry).get("longest_retry", longest).get("attempts", made.attempts);
  reader.get("failures", made.failures);
  made.retry = retry;
  made.longest_retry = longest;
  return finish(reader, std::move(made));
}

result<revocation_request> read_revocation(const nlohmann::json& from, const std::string& place) {
  revocation_request made;
  field_reader reader{from, place};
  reader.get("id", made.id).get("type", made.type).get("status", made.status);
  if (made.id.empty() && made.type.empty())
    reader.mistake("type", "must be there, or 'id'");
  return finish(reader, std::move(made));
}

result<event_sockets_request> read_event_sockets(const nlohmann::json& from, const std::string& place) {
  event_sockets_request made;
  std::string action;
  field_reader reader{from, place};
  reader.need("action", action).get("session", made.session).get("code", made.code);
  reader.get("to_nowhere", made.to_nowhere).get("to_invalid", made.to_invalid).get("old_until", made.old_until);
  reader.get("welcome_after", made.welcome_after);
  using what = event_sockets_request::what;
  if (action == "close")
    made.action = what::close;
  else if (action == "silence")
    made.action = what::silence;
  else if (action != "reconnect")
    reader.mistake("action", "must be reconnect, close or silence");
  return finish(reader, std::move(made));
}

result<redemption_request> read_redemption(const nlohmann::json& from, const std::string& place) {
  redemption_request made;
  field_reader reader{from, place};
  reader.need("channel", made.channel).need("login", made.login).need("reward_id", made.reward_id);
  reader.get("user_input", made.user_input);
  return finish(reader, std::move(made));
}

result<api_settings_request> read_api_settings(const nlohmann::json& from, const std::string& place) {
  api_settings_request made;
  field_reader reader{from, place};
  reader.get("token_life", made.token_life).get("app_token_life", made.app_token_life);
  reader.get("code_life", made.code_life).get("device_life", made.device_life);
  reader.get("device_interval", made.device_interval).get("rate_limit", made.rate_limit);
  reader.get("send_rate_limit", made.send_rate_limit).get("rate_period", made.rate_period);
  return finish(reader, std::move(made));
}

nlohmann::json to_json(const consent_request& consent) {
  using answer = consent_request::answer;
  return {{"mode", consent.mode == answer::approve ? "approve"
                   : consent.mode == answer::deny  ? "deny"
                                                   : "ask"},
          {"login", consent.login}};
}

nlohmann::json to_json(const api_settings& settings) {
  auto seconds = [](auto time) { return std::chrono::duration<double>{time}.count(); };
  return {{"token_life", seconds(settings.token_life)},
          {"app_token_life", seconds(settings.app_token_life)},
          {"code_life", seconds(settings.code_life)},
          {"device_life", seconds(settings.device_life)},
          {"device_interval", seconds(settings.device_interval)},
          {"rate_limit", settings.rate_limit},
          {"send_rate_limit", settings.send_rate_limit},
          {"rate_period", seconds(settings.rate_period)}};
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
  auto by_login = nlohmann::json::object();
  for (const auto& [login, use] : all.api)
    by_login[login] = {{"refreshes", use.refreshes},
                       {"refreshes_refused", use.refreshes_refused},
                       {"refused_refresh_token_uses", use.refused_refresh_token_uses},
                       {"helix_calls", use.helix_calls},
                       {"unauthorized", use.unauthorized},
                       {"refused_token_uses", use.refused_token_uses}};
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
          {"grants", all.grants},
          {"refreshes", all.refreshes},
          {"refreshes_refused", all.refreshes_refused},
          {"refresh_tokens_rotated", all.refresh_tokens_rotated},
          {"refused_refresh_token_uses", all.refused_refresh_token_uses},
          {"tokens_revoked", all.tokens_revoked},
          {"validations", all.validations},
          {"device_polls", all.device_polls},
          {"device_polls_too_fast", all.device_polls_too_fast},
          {"api_calls", all.api_calls},
          {"helix_calls", all.helix_calls},
          {"unauthorized", all.unauthorized},
          {"too_many_requests", all.too_many_requests},
          {"refused_token_uses", all.refused_token_uses},
          {"posts", all.posts},
          {"answers_lost", all.answers_lost},
          {"answers_cut", all.answers_cut},
          {"requests_dropped", all.requests_dropped},
          {"api", std::move(by_login)},
          {"faults", all.faults}};
}

nlohmann::json to_json(const connection_info& whom) {
  return {{"id", whom.id},         {"transport", whom.transport}, {"login", whom.login}, {"channels", whom.channels},
          {"queued", whom.queued}, {"half_open", whom.half_open}};
}

nlohmann::json to_json(const fault& what) {
  return {{"kind", to_string(what.kind)},  {"when", to_string(what.when)}, {"login", what.login},
          {"connection", what.connection}, {"count", what.count},          {"path", what.path},
          {"client", what.client}};
}

} // namespace creamery::simulator
