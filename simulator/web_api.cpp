#include "simulator/web_api.hpp"

#include "simulator/helix_answer.hpp"

namespace creamery::simulator {

namespace {

/// A longer path is nobody's; it is cut in the history.
constexpr size_t longest_path = 200;

bool is_helix(const http_request& request) {
  return request.path == "/helix" || request.path.starts_with("/helix/");
}

/// What a fault answers instead of Twitch.
http_answer made_up_answer(const http_request& request, const fault& what, unsigned limit, time_point now) {
  auto text = what.text;
  if (text.empty())
    text = what.status != 401  ? reason_of(what.status)
           : is_helix(request) ? "Invalid OAuth token"
                               : "invalid access token";
  auto made = is_helix(request) ? helix_refusal(what.status, text) : id_refusal(what.status, text);
  if (what.status == 429)
    add_rate_headers(made, {.limit = limit, .remaining = 0, .full_at = now + what.reset});
  return made;
}

std::string_view to_string(answer_fate fate) {
  switch (fate) {
    case answer_fate::whole: return "whole";
    case answer_fate::cut: return "cut";
    case answer_fate::lost: return "lost";
    case answer_fate::dropped: return "dropped";
  }
  return "?";
}

} // namespace

web_api::web_api(const options& setup, chat_server& chat, history& log)
  : settings_(setup.api),
    chat_(chat),
    log_(log),
    identity_(setup.open_door, settings_, chat, log),
    helix_(settings_, chat, log) {
}

result<bool> web_api::apply(const api_settings_request& request) {
  for (const auto& time : {request.token_life, request.app_token_life, request.code_life, request.device_life,
                           request.device_interval, request.rate_period})
    if (time && time->count() <= 0)
      return failure{"settings", "a time must be above 0"};
  auto set = [](auto& current, const auto& wanted) { current = wanted.value_or(current); };
  set(settings_.token_life, request.token_life);
  set(settings_.app_token_life, request.app_token_life);
  set(settings_.code_life, request.code_life);
  set(settings_.device_life, request.device_life);
  set(settings_.device_interval, request.device_interval);
  set(settings_.rate_limit, request.rate_limit);
  set(settings_.send_rate_limit, request.send_rate_limit);
  set(settings_.rate_period, request.rate_period);
  helix_.forget_buckets();
  return true;
}

web_api::caller web_api::caller_of(const http_request& request, time_point now) {
  caller who;
  auto& tokens = chat_.accounts().tokens();
  who.token = token_of(request);
  who.client = request.client_id;
  (void)tokens.find(who.token, now); // one of the open door is known from now on
  if (auto known = tokens.remembered(who.token)) {
    who.login = known->login;
    if (who.client.empty())
      who.client = known->client_id;
  }
  if (is_helix(request))
    return who;
  auto fields = request.fields();
  if (fields.has("client_id"))
    who.client = fields.get("client_id");
  if (auto known = tokens.remembered_refresh(fields.get("refresh_token")))
    who.login = known->login;
  return who;
}

http_answer web_api::answer(const http_request& request, time_point now) {
  auto who = caller_of(request, now);
  auto& tokens = chat_.accounts().tokens();
  if (is_helix(request) && !who.token.empty() && tokens.was_refused(who.token)) {
    ++chat_.counters().refused_token_uses;
    ++chat_.counters().api[who.login].refused_token_uses;
  }
  auto struck = chat_.take_http_fault(request.path, who.client, who.login, now);
  auto made = carry_out(request, struck, now);
  auto refused_by_fault = struck && struck->kind == fault_kind::http_status;
  auto token_is_bad = made.status == 401 && (refused_by_fault || !tokens.find(who.token, now));
  record(request, who, made, token_is_bad, now);
  return made;
}

http_answer web_api::carry_out(const http_request& request, const std::optional<fault>& struck, time_point now) {
  if (struck && struck->kind == fault_kind::http_status)
    return made_up_answer(request, *struck, settings_.rate_limit, now);
  if (struck && struck->kind == fault_kind::http_cut && struck->at == cut_place::before)
    return {.status = 503, .fate = answer_fate::dropped};
  auto made = is_helix(request) ? helix_.answer(request, now) : identity_.answer(request, now);
  if (!struck)
    return made;
  switch (struck->kind) {
    case fault_kind::http_slow: made.delay = struck->latency; break;
    case fault_kind::http_cut: made.fate = answer_fate::cut; break;
    default: made.fate = answer_fate::lost;
  }
  return made;
}

void web_api::record(const http_request& request, const caller& who, const http_answer& made, bool token_is_bad,
                     time_point now) {
  auto& counters = chat_.counters();
  auto& of_login = counters.api[who.login];
  ++counters.api_calls;
  counters.too_many_requests += made.status == 429 ? 1 : 0;
  counters.answers_lost += made.fate == answer_fate::lost ? 1 : 0;
  counters.answers_cut += made.fate == answer_fate::cut ? 1 : 0;
  counters.requests_dropped += made.fate == answer_fate::dropped ? 1 : 0;
  if (is_helix(request)) {
    ++counters.helix_calls;
    ++of_login.helix_calls;
  }
  if (made.status == 401) {
    ++counters.unauthorized;
    ++of_login.unauthorized;
  }
  if (token_is_bad && !who.token.empty())
    chat_.accounts().tokens().refuse(who.token);
  log_.add("api_call", now, [&](json_line& x) {
    x.text("method", request.method)
      .text("path", std::string_view{request.path}.substr(0, longest_path))
      .number("status", made.status)
      .text("client", who.client)
      .text("login", who.login)
      .text("answer", to_string(made.fate));
  });
}

} // namespace creamery::simulator
