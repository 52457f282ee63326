#include "simulator/identity.hpp"

#include "simulator/identity_pages.hpp"
#include "simulator/scopes.hpp"

namespace creamery::simulator {

namespace {

constexpr size_t max_codes = 10'000;

std::string joined(const std::vector<std::string>& scopes, std::string_view between) {
  std::string text;
  for (const auto& scope : scopes)
    text.append(text.empty() ? "" : between).append(scope);
  return text;
}

http_answer redirect(std::string_view uri, const std::string& query) {
  std::string to{uri};
  to.append(to.find('?') == std::string::npos ? "?" : "&").append(query);
  return {.status = 302, .headers = {{"Location", std::move(to)}}};
}

/// A form on somebody else's page must not decide for the user.
bool is_from_elsewhere(const http_request& request) {
  return !request.origin.empty() && request.origin != request.own_address;
}

} // namespace

http_answer json_answer(unsigned status, const nlohmann::json& body) {
  return {.status = status, .body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

http_answer id_refusal(unsigned status, std::string_view message) {
  return json_answer(status, {{"status", status}, {"message", message}});
}

identity::identity(bool open_door, const api_settings& settings, chat_server& chat, history& log)
  : settings_(settings), chat_(chat), log_(log), clients_(open_door) {
}

result<bool> identity::apply(const client_request& request, time_point now) {
  auto done = clients_.apply(request);
  if (done)
    log_.add("client", now, [&](json_line& x) { x.text("client", request.client_id); });
  return done;
}

result<bool> identity::apply(const consent_request& request) {
  auto login = lower(request.login);
  if (request.mode == consent_request::answer::approve && !is_login(login))
    return failure{"consent", "to approve needs the login of who does"};
  consent_ = {request.mode, login};
  return true;
}

http_answer identity::answer(const http_request& request, time_point now) {
  struct page {
    std::string_view path;
    std::string_view methods;
  };

  static constexpr page pages[] = {{"/oauth2/authorize", "GET POST"}, {"/oauth2/token", "POST"},
                                   {"/oauth2/device", "POST"},        {"/oauth2/validate", "GET"},
                                   {"/oauth2/revoke", "POST"},        {"/activate", "GET POST"}};
  auto known = std::find_if(std::begin(pages), std::end(pages), [&](const auto& x) { return x.path == request.path; });
  if (known == std::end(pages))
    return id_refusal(404, "Not Found");
  if (known->methods.find(request.method) == std::string_view::npos)
    return id_refusal(405, "Method Not Allowed");
  if (request.path == "/oauth2/authorize")
    return authorize(request, now);
  if (request.path == "/oauth2/token")
    return token(request.fields(), now);
  if (request.path == "/oauth2/device")
    return start_device(request, now);
  if (request.path == "/oauth2/validate")
    return validate(request, now);
  if (request.path == "/oauth2/revoke")
    return revoke(request.fields(), now);
  return activate(request, now);
}

consent_request identity::consent_for(const parameters& fields) const {
  using mode = consent_request::answer;
  auto wanted = fields.get("sim_consent");
  if (wanted.empty())
    return consent_;
  return {wanted == "approve" ? mode::approve
          : wanted == "deny"  ? mode::deny
                              : mode::ask,
          lower(fields.get("sim_login"))};
}

http_answer identity::authorize(const http_request& request, time_point now) {
  auto fields = request.fields();
  auto read = read_wish(fields);
  if (auto refused = std::get_if<http_answer>(&read))
    return *refused;
  const auto& what = std::get<wish>(read);
  if (request.method == "POST") {
    if (is_from_elsewhere(request))
      return id_refusal(403, "this form belongs to another page");
    if (fields.get("decision") == "approve")
      return approve(what, lower(fields.get("login")), now);
    return deny(what);
  }
  auto consent = consent_for(fields);
  switch (consent.mode) {
    case consent_request::answer::approve: return approve(what, consent.login, now);
    case consent_request::answer::deny: return deny(what);
    default: return ask(what, consent.login, {});
  }
}

std::variant<identity::wish, http_answer> identity::read_wish(const parameters& fields) const {
  wish what;
  auto client_id = fields.get("client_id");
  if (client_id.empty())
    return id_refusal(400, "missing client id");
  what.client = clients_.find(client_id);
  // Twitch lets public clients use the device flow only (§2.1).
  if (!what.client || what.client->is_public())
    return id_refusal(400, "invalid client");
  what.redirect_uri = fields.get("redirect_uri");
  if (what.redirect_uri.empty())
    return id_refusal(400, "missing redirect uri");
  if (!what.client->allows_redirect(what.redirect_uri))
    return id_refusal(400, "Parameter redirect_uri does not match registered URI");
  if (!fields.has("response_type"))
    return id_refusal(400, "missing response type");
  if (fields.get("response_type") != "code")
    return id_refusal(400, "invalid response type");
  auto scopes = parse_scopes(fields.get("scope"));
  if (!scopes.unknown.empty())
    return id_refusal(400, "invalid scope requested: '" + scopes.unknown + "'");
  auto force = fields.get("force_verify");
  if (!force.empty() && force != "true" && force != "false")
    return id_refusal(400, "invalid force_verify: must be true or false");
  what.scopes = std::move(scopes.scopes);
  what.has_state = fields.has("state");
  what.state = fields.get("state");
  return what;
}

http_answer identity::ask(const wish& what, std::string_view login, std::string_view mistake) const {
  consent_page_facts facts{.app = what.client->name,
                           .scopes = what.scopes,
                           .login = login,
                           .action = "/oauth2/authorize",
                           .hidden = {{"response_type", "code"},
                                      {"client_id", what.client->id},
                                      {"redirect_uri", what.redirect_uri},
                                      {"scope", joined(what.scopes, " ")}},
                           .mistake = mistake};
  if (what.has_state)
    facts.hidden.emplace_back("state", what.state);
  return consent_page(facts);
}

http_answer identity::approve(const wish& what, std::string_view login, time_point now) {
  auto who = chat_.accounts().admit(login);
  if (!who)
    return ask(what, login, "There is no account '" + std::string{login} + "'.");
  std::erase_if(codes_, [&](const auto& x) { return x.second.expires <= now; });
  if (codes_.size() >= max_codes)
    return id_refusal(503, "too many codes wait for their clients");
  auto code = random_token(30);
  codes_.emplace(
    code, granted_code{what.client->id, who->who.login, what.scopes, what.redirect_uri, now + settings_.code_life});
  std::vector<std::string> encoded;
  for (const auto& scope : what.scopes)
    encoded.push_back(url_encoded(scope));
  return redirect(what.redirect_uri, "code=" + code + "&scope=" + joined(encoded, "+")
                                       + (what.has_state ? "&state=" + url_encoded(what.state) : ""));
}

http_answer identity::deny(const wish& what) const {
  return redirect(what.redirect_uri, "error=access_denied&error_description=The+user+denied+you+access"
                                       + (what.has_state ? "&state=" + url_encoded(what.state) : ""));
}

} // namespace creamery::simulator
