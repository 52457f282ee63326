#include "runtime/oauth/requests.hpp"

#include "messages/percent_encoding.hpp"

namespace creamery::oauth {

namespace {

request post(std::string path, const form& body) {
  return {"POST", std::move(path), body.text(), {}};
}

} // namespace

form& form::add(std::string_view name, std::string_view value) {
  std::string text;
  text.reserve(text_.reveal().size() + name.size() + 3 * value.size() + 2); // so that no copy of it is left behind
  text += text_.reveal();
  if (!text.empty())
    text += '&';
  append_encoded(text, name);
  text += '=';
  append_encoded(text, value);
  text_ = secret::taken_from(text);
  return *this;
}

form& form::add(std::string_view name, const secret& value) {
  return value.empty() ? *this : add(name, value.reveal());
}

std::string join_scopes(const std::vector<std::string>& scopes) {
  std::string all;
  for (const auto& scope : scopes)
    all += (all.empty() ? "" : " ") + scope;
  return all;
}

std::string authorize_url(std::string_view base, std::string_view client_id, std::string_view redirect_uri,
                          const std::vector<std::string>& scopes, std::string_view state, bool force_verify) {
  form query;
  query.add("response_type", "code")
    .add("client_id", client_id)
    .add("redirect_uri", redirect_uri)
    .add("scope", join_scopes(scopes))
    .add("state", state);
  if (force_verify)
    query.add("force_verify", "true");
  return std::string{base} + "/authorize?" + std::string{query.text().reveal()};
}

request exchange_code(const client& app, const secret& code, std::string_view redirect_uri) {
  return post("/token", form{}
                          .add("client_id", app.id)
                          .add("client_secret", app.key)
                          .add("code", code)
                          .add("grant_type", "authorization_code")
                          .add("redirect_uri", redirect_uri));
}

request start_device(const client& app, const std::vector<std::string>& scopes) {
  return post("/device", form{}.add("client_id", app.id).add("scopes", join_scopes(scopes)));
}

request poll_device(const client& app, const secret& device_code, const std::vector<std::string>& scopes) {
  return post("/token", form{}
                          .add("client_id", app.id)
                          .add("client_secret", app.key)
                          .add("scopes", join_scopes(scopes))
                          .add("device_code", device_code)
                          .add("grant_type", "urn:ietf:params:oauth:grant-type:device_code"));
}

request renew(const client& app, const secret& refresh_token) {
  return post("/token", form{}
                          .add("client_id", app.id)
                          .add("client_secret", app.key)
                          .add("grant_type", "refresh_token")
                          .add("refresh_token", refresh_token));
}

request app_token(const client& app) {
  return post("/token",
              form{}.add("client_id", app.id).add("client_secret", app.key).add("grant_type", "client_credentials"));
}

request validate(const secret& access_token) {
  return {"GET", "/validate", {}, secret{"OAuth "} + access_token};
}

request revoke(std::string_view client_id, const secret& access_token) {
  return post("/revoke", form{}.add("client_id", client_id).add("token", access_token));
}

} // namespace creamery::oauth
