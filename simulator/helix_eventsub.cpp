#include "simulator/helix_eventsub.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

using condition_map = std::map<std::string, std::string>;

constexpr size_t most_alike = 3;
constexpr size_t most_on_session = 300;
constexpr size_t most_sessions = 3;
constexpr unsigned most_cost_of_app = 10'000;
constexpr unsigned most_cost_of_user = 10;
/// Disabled ones are forgotten after so many.
constexpr size_t kept_subscriptions = 50'000;

bool is_local(std::string_view callback) {
  return callback.starts_with("http://localhost") || callback.starts_with("https://localhost");
}

/// `https://host[:443]/…`; on this machine any port will do, and no TLS, or nobody could listen without being root.
bool is_callback(std::string_view text) {
  constexpr std::string_view scheme = "https://";
  if (text.find_first_of(" \r\n\"") != std::string_view::npos)
    return false;
  if (is_local(text))
    return true;
  if (!text.starts_with(scheme))
    return false;
  auto host = text.substr(scheme.size(), text.find('/', scheme.size()) - scheme.size());
  auto colon = host.rfind(':');
  return !host.empty() && colon != 0 && (colon == std::string_view::npos || host.substr(colon) == ":443");
}

bool is_secret(std::string_view text) {
  return text.size() >= 10 && text.size() <= 100
         && std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7F; });
}

/// The parts of `a|b`.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    auto part = text.substr(0, text.find('|'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    parts.push_back(part);
  }
  return parts;
}

std::string value_of(const condition_map& condition, std::string_view key) {
  auto place = condition.find(std::string{key});
  return place == condition.end() ? std::string{} : place->second;
}

bool is_enabled(const eventsub_subscription& what) {
  return what.status == "enabled" || what.status == "webhook_callback_verification_pending";
}

http_answer not_authorized() {
  return helix_refusal(403, "subscription missing proper authorization");
}

} // namespace

needed<eventsub_transport> read_transport(const nlohmann::json& from, eventsub_book& book) {
  std::optional<std::string> method, callback, secret, session, conduit;
  body_reader body{from};
  body.need("method", method).get("callback", callback).get("secret", secret);
  body.get("session_id", session).get("conduit_id", conduit);
  if (body.mistake())
    return *body.mistake();
  if (*method == "webhook") {
    if (!callback || !is_callback(*callback))
      return helix_refusal(400, "callback must be an https URL with port 443");
    if (!secret || !is_secret(*secret))
      return helix_refusal(400, "secret must be 10 to 100 ASCII characters");
    return eventsub_transport{*method, *callback, *secret};
  }
  if (*method == "websocket") {
    if (!session || session->empty())
      return helix_refusal(400, "missing session_id");
    if (!book.find_session(*session))
      return helix_refusal(400, "websocket transport session does not exist or has already disconnected");
    return eventsub_transport{*method, *session};
  }
  if (*method == "conduit") {
    if (!conduit || conduit->empty())
      return helix_refusal(400, "missing conduit_id");
    return eventsub_transport{*method, *conduit};
  }
  return helix_refusal(400, "transport method must be webhook, websocket or conduit");
}

void helix_eventsub::add_to(helix_table& table) {
  using enum token_kind;
  auto at = [this](auto method) { return [this, method](const helix_call& call) { return (this->*method)(call); }; };
  table.push_back({"POST", "eventsub/subscriptions", any, {}, at(&helix_eventsub::subscribe)});
  table.push_back({"GET", "eventsub/subscriptions", any, {}, at(&helix_eventsub::list)});
  table.push_back({"DELETE", "eventsub/subscriptions", any, {}, at(&helix_eventsub::unsubscribe)});
  table.push_back({"GET", "eventsub/conduits", app, {}, at(&helix_eventsub::conduits)});
  table.push_back({"POST", "eventsub/conduits", app, {}, at(&helix_eventsub::make_conduit)});
  table.push_back({"PATCH", "eventsub/conduits", app, {}, at(&helix_eventsub::change_conduit)});
  table.push_back({"DELETE", "eventsub/conduits", app, {}, at(&helix_eventsub::remove_conduit)});
  table.push_back({"GET", "eventsub/conduits/shards", app, {}, at(&helix_eventsub::shards)});
  table.push_back({"PATCH", "eventsub/conduits/shards", app, {}, at(&helix_eventsub::change_shards)});
}

refusal helix_eventsub::check_condition(const helix_call& call, const eventsub_type& type,
                                        const condition_map& condition) {
  std::vector<std::string_view> known = type.may_have;
  for (auto alternatives : type.needs) {
    auto keys = parts_of(alternatives);
    auto given = std::count_if(keys.begin(), keys.end(), [&](auto x) { return !value_of(condition, x).empty(); });
    if (given != 1)
      return helix_refusal(400, "condition must have exactly one of: " + std::string{alternatives});
    known.insert(known.end(), keys.begin(), keys.end());
  }
  for (const auto& [key, value] : condition) {
    if (std::find(known.begin(), known.end(), key) == known.end())
      return helix_refusal(400, "condition has an unknown key: " + key);
    if (key.ends_with("user_id") && !world_.chat.find_user(value))
      return helix_refusal(400, "condition names a user who doesn't exist: " + key);
  }
  if (auto client = value_of(condition, "client_id"); !client.empty() && client != call.token.client_id)
    return not_authorized();
  return std::nullopt;
}

refusal helix_eventsub::check_authorization(const helix_call& call, const eventsub_type& type,
                                            const condition_map& condition) {
  if (type.by.empty())
    return std::nullopt;
  auto who = world_.chat.find_user(value_of(condition, type.by)); // was found when the condition was checked
  const auto& login = who->who.login;
  if (call.user && call.user != who)
    return not_authorized();
  auto has = [&](std::string_view scope) {
    return call.user ? call.token.allows(scope) : world_.tokens().has_allowed(login, call.token.client_id, scope);
  };
  for (auto alternatives : type.scopes) {
    auto scopes = parts_of(alternatives);
    if (std::none_of(scopes.begin(), scopes.end(), has))
      return not_authorized();
  }
  if (!type.by_moderator && !type.is_chat)
    return std::nullopt;
  auto where = world_.find_channel(value_of(condition, "broadcaster_user_id"));
  if (!where)
    return helix_refusal(400, "condition names a channel that doesn't exist");
  auto role = where->role_of(login);
  auto is_moderator = role.broadcaster || role.moderator;
  if (type.by_moderator && !is_moderator)
    return not_authorized();
  if (type.is_chat && role.banned_until > call.now)
    return not_authorized();
  if (type.is_chat && !call.user) {
    auto in_channel = type.is_own_chat || is_moderator
                      || world_.tokens().has_allowed(where->name(), call.token.client_id, "channel:bot");
    if (!has("user:bot") || !in_channel)
      return not_authorized();
  }
  return std::nullopt;
}

unsigned helix_eventsub::cost_of(const helix_call& call, const eventsub_type& type, const condition_map& condition) {
  if (!type.by.empty() || type.needs_app)
    return 0; // has just been found authorized
  for (const auto& [key, value] : condition)
    if (auto who = key.ends_with("user_id") ? world_.chat.find_user(value) : nullptr)
      if (world_.tokens().knows(who->who.login, call.token.client_id))
        return 0;
  return 1;
}

unsigned helix_eventsub::total_cost(const eventsub_subscription& like) const {
  unsigned sum = 0;
  for (const auto& one : book_.subscriptions)
    if (one.client_id == like.client_id && one.login == like.login && is_enabled(one))
      sum += one.cost;
  return sum;
}

refusal helix_eventsub::check_limits(const eventsub_subscription& made) {
  size_t alike = 0, on_session = 0;
  std::set<std::string_view> sessions;
  for (const auto& one : book_.subscriptions) {
    if (one.client_id != made.client_id || !is_enabled(one))
      continue;
    auto is_alike = one.type == made.type && one.version == made.version && one.condition == made.condition;
    if (is_alike && one.transport == made.transport) {
      auto refused = nlohmann::json{
        {"error", "Conflict"}, {"status", 409}, {"message", "subscription already exists"}, {"id", one.id}};
      return http_answer{.status = 409, .body = refused.dump()};
    }
    alike += is_alike ? 1 : 0;
    if (one.login == made.login && one.transport.method == "websocket") {
      on_session += one.transport == made.transport ? 1 : 0;
      sessions.insert(one.transport.target);
    }
  }
  if (alike >= most_alike)
    return helix_refusal(429, "maximum subscriptions with type and condition exceeded");
  if (on_session >= most_on_session)
    return helix_refusal(429, "number of subscriptions of this websocket exceeded");
  if (made.transport.method == "websocket" && !sessions.contains(made.transport.target)
      && sessions.size() >= most_sessions)
    return helix_refusal(429, "number of websocket transports limit exceeded");
  if (total_cost(made) + made.cost > (made.login.empty() ? most_cost_of_app : most_cost_of_user))
    return helix_refusal(429, "maximum total cost exceeded");
  return std::nullopt;
}

needed<eventsub_subscription> helix_eventsub::read(const helix_call& call) {
  std::optional<std::string> type, version;
  std::optional<bool> is_batched;
  body_reader body{call.body};
  body.need("type", type).need("version", version).get("is_batching_enabled", is_batched);
  if (body.mistake())
    return *body.mistake();
  auto known = find_eventsub_type(*type, *version);
  if (!known && was_eventsub_type(*type, *version))
    return helix_refusal(410, "this version of the subscription type was removed");
  if (!known)
    return helix_refusal(400, "invalid subscription type and version");
  const auto& condition = member_of(call.body, "condition");
  const auto& from = member_of(call.body, "transport");
  if (!condition.is_object() || !from.is_object())
    return helix_refusal(400, "condition and transport must be objects");
  eventsub_subscription made;
  for (const auto& [key, value] : condition.items()) {
    if (!value.is_string())
      return helix_refusal(400, "condition must have texts as values: " + key);
    if (value != "")
      made.condition[key] = value.get<std::string>();
  }
  auto transport = read_transport(from, book_);
  if (!transport)
    return transport.refusal();
  auto over_websocket = transport->method == "websocket";
  if (over_websocket != (call.user != nullptr) || (known->needs_app && call.user))
    return helix_refusal(400, "invalid transport and auth combination");
  if (known->only_webhook && transport->method != "webhook")
    return helix_refusal(400, "this subscription type needs a webhook");
  if (known->is_batched && !is_batched.value_or(false))
    return helix_refusal(400, "this subscription type needs is_batching_enabled");
  if (transport->method == "conduit" && !book_.find_conduit(transport->target, call.token.client_id))
    return helix_refusal(400, "conduit does not exist");
  if (auto refused = check_condition(call, *known, made.condition))
    return *refused;
  if (auto refused = check_authorization(call, *known, made.condition))
    return *refused;
  made.type = *type;
  made.version = *version;
  made.transport = *transport;
  made.client_id = call.token.client_id;
  made.login = call.token.login;
  made.created = call.now;
  made.cost = cost_of(call, *known, made.condition);
  return made;
}

http_answer helix_eventsub::subscribe(const helix_call& call) {
  auto made = read(call);
  if (!made)
    return made.refusal();
  auto session = made->transport.method == "websocket" ? book_.find_session(made->transport.target) : nullptr;
  if (session && !session->login.empty() && (session->login != made->login || session->client_id != made->client_id))
    return helix_refusal(400, "websocket transport cannot have subscriptions created by different users");
  if (auto refused = check_limits(*made))
    return *refused;
  if (session) {
    session->login = made->login;
    session->client_id = made->client_id;
  }
  made->id = world_.next_uuid();
  made->status = made->transport.method == "webhook" ? "webhook_callback_verification_pending" : "enabled";
  if (book_.subscriptions.size() >= kept_subscriptions)
    std::erase_if(book_.subscriptions, [](const auto& x) { return !is_enabled(x); });
  book_.subscriptions.push_back(*made);
  world_.log.add("eventsub", call.now, [&](json_line& x) {
    x.text("type", made->type).text("id", made->id).text("client", made->client_id).text("login", made->login);
  });
  auto total = std::count_if(book_.subscriptions.begin(), book_.subscriptions.end(),
                             [&](const auto& x) { return is_theirs(call, x); });
  nlohmann::json answer{{"data", nlohmann::json::array({shown(*made)})},
                        {"total", total},
                        {"total_cost", total_cost(*made)},
                        {"max_total_cost", call.user ? most_cost_of_user : most_cost_of_app}};
  return {.status = 202, .body = answer.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)};
}

nlohmann::json helix_eventsub::shown(const eventsub_subscription& what) {
  return to_json(what, what.transport.method == "websocket" ? book_.find_session(what.transport.target) : nullptr);
}

bool helix_eventsub::is_theirs(const helix_call& call, const eventsub_subscription& what) const {
  return what.client_id == call.token.client_id && what.login == call.token.login;
}

http_answer helix_eventsub::list(const helix_call& call) {
  const auto& query = call.request.query;
  size_t filters = 0;
  for (auto name : {"status", "type", "user_id", "subscription_id", "conduit_id"})
    filters += query.has(name) ? 1 : 0;
  if (filters > 1)
    return helix_refusal(400, "status, type, user_id, subscription_id and conduit_id are mutually exclusive");
  auto passes = [&](std::string_view name, std::string_view value) {
    return !query.has(name) || query.get(name) == value;
  };
  std::vector<nlohmann::json> found;
  size_t total = 0;
  unsigned cost = 0;
  for (const auto& one : book_.subscriptions) {
    if (!is_theirs(call, one))
      continue;
    ++total;
    cost += is_enabled(one) ? one.cost : 0;
    auto wanted = query.get("user_id");
    auto names_user = wanted.empty() || std::any_of(one.condition.begin(), one.condition.end(), [&](const auto& x) {
                        return x.first.ends_with("user_id") && x.second == wanted;
                      });
    auto conduit = one.transport.method == "conduit" ? std::string_view{one.transport.target} : std::string_view{};
    if (names_user && passes("status", one.status) && passes("type", one.type) && passes("subscription_id", one.id)
        && passes("conduit_id", conduit))
      found.push_back(shown(one));
  }
  return helix_page(
    call, found, 100, 100,
    {{"total", total}, {"total_cost", cost}, {"max_total_cost", call.user ? most_cost_of_user : most_cost_of_app}});
}

http_answer helix_eventsub::unsubscribe(const helix_call& call) {
  if (auto missing = need_parameter(call, "id"))
    return *missing;
  auto id = call.param("id");
  auto gone = std::erase_if(book_.subscriptions, [&](const auto& x) { return x.id == id && is_theirs(call, x); });
  if (gone == 0)
    return helix_refusal(404, "subscription not found");
  return helix_done();
}

} // namespace creamery::simulator
