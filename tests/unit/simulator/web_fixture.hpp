#pragma once

#include "simulator/web_api.hpp"
#include "tests/unit/simulator/chat_fixture.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator::test {

/// The identity server and Helix beside a chat, all of it without sockets; its clock is moved by hand.
struct web_fixture : chat_fixture {
  web_api web{setup, chat, log};

  http_answer ask(const std::string& method, const std::string& target, const std::string& authorization = {},
                  const std::string& client = {}, const std::string& body = {},
                  const std::string& type = "application/json") {
    auto path = target.substr(0, target.find('?'));
    return web.answer({.method = method,
                       .path = path,
                       .query = parameters::parse(target.substr(std::min(path.size() + 1, target.size()))),
                       .body = body,
                       .authorization = authorization,
                       .client_id = client,
                       .content_type = type,
                       .own_address = "http://localhost:1",
                       .origin = {}},
                      now);
  }

  http_answer get(const std::string& target) {
    return ask("GET", target);
  }

  /// A form, as the token endpoint wants it.
  http_answer post(const std::string& path, const std::string& form) {
    return ask("POST", path, {}, {}, form, "application/x-www-form-urlencoded");
  }

  /// A call to Helix by `sim-client`.
  http_answer helix(const std::string& method, const std::string& target, const std::string& token,
                    const nlohmann::json& body = nullptr) {
    return ask(method, "/helix/" + target, "Bearer " + token, "sim-client", body.is_null() ? "" : body.dump());
  }

  void register_client(const std::string& id, const std::string& secret, bool rotate = false) {
    client_request request;
    request.client_id = id;
    request.secret = secret;
    request.rotate = rotate;
    request.redirect_uris = std::vector<std::string>{"https://bot.example.org/back"};
    (void)web.id().apply(request, now);
  }

  granted_tokens grant(const std::string& login, std::vector<std::string> scopes,
                       const std::string& client = "sim-client") {
    auto given = web.id().grant({login, client, std::move(scopes), std::nullopt}, now);
    return given ? *given : granted_tokens{};
  }

  /// A token of `sim-client` for this account that may do this.
  std::string token(const std::string& login, std::vector<std::string> scopes) {
    return grant(login, std::move(scopes)).access_token;
  }

  std::string app_token(const std::string& client = "sim-client", const std::string& secret = "sim-secret") {
    return json_of(post("/oauth2/token", "grant_type=client_credentials&client_id=" + client
                                           + "&client_secret=" + secret))["access_token"]
      .get<std::string>();
  }

  std::string id_of(const std::string& login) {
    return chat.accounts().get(login).who.user_id;
  }

  static nlohmann::json json_of(const http_answer& answer) {
    return nlohmann::json::parse(answer.body, nullptr, false);
  }

  static std::string message_of(const http_answer& answer) {
    auto body = json_of(answer);
    return body.is_object() ? body.value("message", std::string{}) : std::string{};
  }

  static std::string header(const http_answer& answer, std::string_view name) {
    for (const auto& [key, value] : answer.headers)
      if (key == name)
        return value;
    return {};
  }

  /// Whether the history has an event of this kind with this in it.
  bool logged(std::string_view event, std::string_view text) {
    auto all = log.lines(0, SIZE_MAX);
    return std::any_of(all.begin(), all.end(), [&](const auto& x) {
      return x.find("\"event\":\"" + std::string{event} + "\"") != std::string::npos
             && x.find(text) != std::string::npos;
    });
  }
};

} // namespace creamery::simulator::test
