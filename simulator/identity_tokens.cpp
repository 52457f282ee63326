#include "simulator/identity.hpp"

#include "simulator/scopes.hpp"

namespace creamery::simulator {

namespace {

constexpr std::string_view device_grant = "urn:ietf:params:oauth:grant-type:device_code";

http_answer invalid_refresh_token() {
  return json_answer(400, {{"error", "Bad Request"}, {"status", 400}, {"message", "Invalid refresh token"}});
}

int64_t seconds_left(time_point expires, time_point now) {
  return std::chrono::ceil<std::chrono::seconds>(expires - now).count();
}

} // namespace

http_answer identity::token(const parameters& form, time_point now) {
  auto client_id = form.get("client_id");
  auto kind = form.get("grant_type");
  auto secret = form.get("client_secret");
  auto client = clients_.find(client_id);
  http_answer made;
  auto used_before = kind == "refresh_token" && tokens().was_refused(form.get("refresh_token"));
  if (client_id.empty())
    made = id_refusal(400, "missing client id");
  else if (!client)
    made = id_refusal(400, "invalid client");
  else if (kind.empty())
    made = id_refusal(400, "missing grant type");
  else if (secret.empty() && !client->is_public() && kind != device_grant) // there it may be left out (§2.4)
    made = id_refusal(400, "missing client secret");
  else if (!secret.empty() && secret != client->secret)
    made = id_refusal(403, "invalid client secret");
  else
    made = exchange(*client, kind, form, now);
  if (kind == "refresh_token")
    record_refresh(form, made, used_before, now);
  return made;
}

http_answer identity::exchange(const api_client& client, std::string_view kind, const parameters& form,
                               time_point now) {
  if (kind == "refresh_token")
    return refresh(client, form, now);
  if (kind == device_grant)
    return poll_device(client, form, now);
  if (kind != "authorization_code" && kind != "client_credentials")
    return id_refusal(400, "invalid grant type");
  if (client.is_public())
    return id_refusal(400, "invalid client"); // has the device flow only (§2.1)
  return kind == "authorization_code" ? redeem_code(client, form, now) : give_app_token(client, now);
}

http_answer identity::redeem_code(const api_client& client, const parameters& form, time_point now) {
  auto code = form.get("code");
  if (code.empty())
    return id_refusal(400, "missing code");
  if (form.get("redirect_uri").empty())
    return id_refusal(400, "missing redirect uri");
  auto place = codes_.find(code);
  if (place == codes_.end() || place->second.client_id != client.id || place->second.expires <= now)
    return id_refusal(400, "Invalid authorization code");
  auto what = std::move(place->second);
  codes_.erase(place); // single use, whatever becomes of it
  if (form.get("redirect_uri") != what.redirect_uri)
    return id_refusal(400, "Parameter redirect_uri does not match registered URI");
  return token_answer(give("authorization_code", client, what.login, what.scopes, settings_.token_life, now), now);
}

http_answer identity::give_app_token(const api_client& client, time_point now) {
  auto text = tokens().issue(
    access_token{.login = {}, .client_id = client.id, .scopes = {}, .expires = now + settings_.app_token_life});
  ++chat_.counters().grants;
  log_.add("grant", now, [&](json_line& x) {
    x.text("kind", "client_credentials").text("client", client.id).text("token", fingerprint(text));
  });
  return json_answer(200, {{"access_token", text},
                           {"expires_in", seconds_left(tokens().remembered(text)->expires, now)},
                           {"token_type", "bearer"}});
}

granted_tokens identity::give(std::string_view kind, const api_client& client, std::string_view login,
                              const std::vector<std::string>& scopes, std::chrono::milliseconds life, time_point now) {
  granted_tokens given;
  given.refresh_token = tokens().issue(
    refresh_token{.login = std::string{login},
                  .client_id = client.id,
                  .scopes = scopes,
                  .expires = client.is_public() ? now + settings_.public_refresh_life : time_point::max()});
  given.access_token = tokens().issue_from(
    given.refresh_token, {.login = std::string{login}, .client_id = client.id, .scopes = scopes, .expires = now + life},
    now);
  ++chat_.counters().grants;
  log_.add("grant", now, [&](json_line& x) {
    x.text("kind", kind)
      .text("login", login)
      .text("client", client.id)
      .text("token", fingerprint(given.access_token))
      .text("refresh_token", fingerprint(given.refresh_token));
  });
  return given;
}

http_answer identity::token_answer(const granted_tokens& given, time_point now) {
  const auto& what = *tokens().remembered(given.access_token);
  return json_answer(200, {{"access_token", given.access_token},
                           {"expires_in", seconds_left(what.expires, now)},
                           {"refresh_token", given.refresh_token},
                           {"scope", what.scopes},
                           {"token_type", "bearer"}});
}

http_answer identity::refresh(const api_client& client, const parameters& form, time_point now) {
  auto text = form.get("refresh_token");
  if (text.empty())
    return id_refusal(400, "missing refresh token");
  auto known = tokens().find_refresh(text, now);
  if (!known || known->client_id != client.id)
    return invalid_refresh_token();
  auto next = *known;
  granted_tokens given;
  given.refresh_token = text;
  if (client.rotate || client.is_public()) {
    tokens().revoke(text, now);
    next.issued.clear();
    if (client.is_public())
      next.expires = now + settings_.public_refresh_life;
    given.refresh_token = tokens().issue(next);
    ++chat_.counters().refresh_tokens_rotated;
  }
  given.access_token = tokens().issue_from(
    given.refresh_token,
    {.login = next.login, .client_id = client.id, .scopes = next.scopes, .expires = now + settings_.token_life}, now);
  return token_answer(given, now);
}

void identity::record_refresh(const parameters& form, const http_answer& made, bool was_refused, time_point now) {
  auto text = form.get("refresh_token");
  auto known = tokens().remembered_refresh(text);
  auto login = known ? known->login : std::string{};
  auto done = made.status == 200;
  auto& counters = chat_.counters();
  auto& of_login = counters.api[login];
  ++(done ? counters.refreshes : counters.refreshes_refused);
  ++(done ? of_login.refreshes : of_login.refreshes_refused);
  if (was_refused) {
    ++counters.refused_refresh_token_uses;
    ++of_login.refused_refresh_token_uses;
  }
  if (!done && !text.empty() && !tokens().find_refresh(text, now))
    tokens().refuse(text);
  log_.add("refresh", now, [&](json_line& x) {
    x.text("login", login)
      .text("client", form.get("client_id"))
      .text("refresh_token", text.empty() ? std::string{} : fingerprint(text))
      .text("verdict", done ? "granted" : "refused")
      .number("status", made.status)
      .flag("rotated", done && known && known->revoked);
  });
}

result<granted_tokens> identity::grant(const grant_request& request, time_point now) {
  auto place = "grant to '" + request.client_id + "'";
  auto client = clients_.find(request.client_id);
  if (!client)
    return failure{place, "there is no such client"};
  auto who = chat_.accounts().admit(lower(request.login));
  if (!who)
    return failure{place, "there is no account '" + request.login + "'"};
  for (const auto& scope : request.scopes)
    if (!is_scope(scope))
      return failure{place, "'" + scope + "' is no scope"};
  return give("control", *client, who->who.login, request.scopes, request.expires_in.value_or(settings_.token_life),
              now);
}

http_answer identity::validate(const http_request& request, time_point now) {
  auto text = token_of(request);
  auto known = tokens().find(text, now);
  ++chat_.counters().validations;
  log_.add("validate", now, [&](json_line& x) {
    x.text("token", text.empty() ? std::string{} : fingerprint(text))
      .text("login", known ? known->login : std::string{})
      .text("verdict", known ? "valid" : "invalid");
  });
  if (text.empty())
    return id_refusal(401, "missing authorization token");
  if (!known)
    return id_refusal(401, "invalid access token");
  nlohmann::json body{{"client_id", known->client_id}, {"expires_in", seconds_left(known->expires, now)}};
  if (known->login.empty()) {
    body["scopes"] = nullptr; // an app has none, and is nobody (§2.6)
  } else {
    body["scopes"] = known->scopes;
    body["login"] = known->login;
    body["user_id"] = chat_.accounts().get(known->login).who.user_id;
  }
  return json_answer(200, body);
}

http_answer identity::revoke(const parameters& form, time_point now) {
  auto client_id = form.get("client_id");
  auto text = form.get("token");
  if (client_id.empty())
    return id_refusal(400, "missing client id");
  if (!clients_.find(client_id))
    return id_refusal(404, "client does not exist");
  if (text.empty())
    return id_refusal(400, "missing oauth token");
  auto access = tokens().find(text, now);
  auto refresh = tokens().find_refresh(text, now);
  auto is_theirs = (access && access->client_id == client_id) || (refresh && refresh->client_id == client_id);
  if (!is_theirs || !chat_.revoke(text, now))
    return id_refusal(400, "Invalid token");
  return {.status = 200};
}

} // namespace creamery::simulator
