#include "simulator/helix_api.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

/// More buckets than that are tidied up: full ones need not be remembered.
constexpr size_t many_buckets = 10'000;

std::string either(const std::vector<std::string_view>& scopes) {
  std::string text;
  for (auto scope : scopes)
    text.append(text.empty() ? "" : " or ").append(scope);
  return text;
}

} // namespace

helix_api::helix_api(const api_settings& settings, chat_server& chat, history& log)
  : settings_(settings),
    world_(chat, log),
    people_(world_),
    channels_(world_),
    chat_(world_),
    moderation_(world_),
    raids_(world_),
    polls_(world_),
    rewards_(world_),
    eventsub_(world_) {
  people_.add_to(table_);
  channels_.add_to(table_);
  chat_.add_to(table_);
  moderation_.add_to(table_);
  raids_.add_to(table_);
  polls_.add_to(table_);
  rewards_.add_to(table_);
  eventsub_.add_to(table_);
}

http_answer helix_api::answer(const http_request& request, time_point now) {
  rate_state state{settings_.rate_limit, settings_.rate_limit, now};
  auto made = handle(request, now, state);
  add_rate_headers(made, state);
  return made;
}

const helix_endpoint* helix_api::find(const http_request& request) const {
  constexpr std::string_view base = "/helix/";
  auto path = std::string_view{request.path};
  path.remove_prefix(std::min(base.size(), path.size()));
  auto found = std::find_if(table_.begin(), table_.end(),
                            [&](const auto& x) { return x.path == path && x.method == request.method; });
  return found == table_.end() ? nullptr : &*found;
}

rate_bucket& helix_api::bucket(const access_token& token, bool own, time_point now) {
  if (buckets_.size() >= many_buckets)
    std::erase_if(buckets_, [&](const auto& x) { return x.second.is_full(now); });
  auto name = token.client_id + "/" + token.login + (own ? "/own" : "");
  return buckets_
    .try_emplace(std::move(name), own ? settings_.send_rate_limit : settings_.rate_limit, settings_.rate_period, now)
    .first->second;
}

http_answer helix_api::handle(const http_request& request, time_point now, rate_state& state) {
  auto endpoint = find(request);
  if (!endpoint)
    return helix_refusal(404, "");
  auto& accounts = world_.chat.accounts();
  auto text = token_of(request);
  if (text.empty() || lower(request.authorization.substr(0, 7)) != "bearer ")
    return helix_refusal(401, "OAuth token is missing");
  auto token = accounts.tokens().find(text, now);
  if (!token)
    return helix_refusal(401, "Invalid OAuth token");
  if (token->client_id != request.client_id)
    return helix_refusal(401, "Client ID and OAuth token do not match");
  auto& points = bucket(*token, endpoint->own_bucket, now);
  auto has_point = points.take(now);
  state = points.state(now);
  if (!has_point)
    return helix_refusal(429, "Too Many Requests");
  auto is_user = !token->login.empty();
  if (endpoint->needs == token_kind::user && !is_user)
    return helix_refusal(401, "Missing User OAUTH Token");
  if (endpoint->needs == token_kind::app && is_user)
    return helix_refusal(401, "App access token required");
  auto allows = [&](auto scope) { return token->allows(scope); };
  const auto& scopes = endpoint->scopes;
  if (is_user && !scopes.empty() && std::none_of(scopes.begin(), scopes.end(), allows))
    return helix_refusal(401, "Missing scope: " + either(scopes));
  auto body = request.body.empty() ? nlohmann::json::object() : nlohmann::json::parse(request.body, nullptr, false);
  if (!body.is_object())
    return helix_refusal(400, "The request's body is not a JSON object.");
  auto who = is_user ? &accounts.get(token->login) : nullptr;
  return endpoint->act(helix_call{request, *token, who, std::move(body), now});
}

} // namespace creamery::simulator
