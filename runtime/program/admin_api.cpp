#include "runtime/program/admin_api.hpp"

#include "runtime/admin/own_name.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace creamery {

namespace {

/// How long the actors may take before that itself is the answer.
constexpr auto patience = std::chrono::seconds{4};

/// So many gaps of each bot are shown.
constexpr size_t shown_gaps = 100;

using json = nlohmann::json;

http_response answer(unsigned status, const json& body) {
  return {status, "application/json", body.dump(2, ' ', false, json::error_handler_t::replace) + "\n"};
}

http_response refusal(unsigned status, const std::string& why) {
  return answer(status, {{"error", why}});
}

/// What the actors at `path` wait for, as far as that is known.
uint64_t queue_of(const std::string& path, const node_report& report) {
  for (const auto& account : report.accounts)
    if (path == "accounts/" + account.account + "/outbox")
      return account.messages.waiting + account.messages.in_flight;
  for (const auto& bot : report.bots) {
    auto base = "bots/" + bot.name + "/";
    if (!path.starts_with(base))
      continue;
    if (path == base + "router")
      return bot.router.lines_held;
    for (const auto& cog : bot.router.cogs)
      if (path == base + "cog " + cog.name)
        return cog.lines.queued;
    for (const auto& connection : bot.connections)
      if (path == "bots/" + connection.name)
        return connection.lines_pending;
  }
  return 0;
}

json tree_of(const std::vector<child_report>& children, const std::string& above, const node_report& report) {
  auto result = json::array();
  for (const auto& one : children) {
    auto path = above + one.name;
    result.push_back({{"path", path},
                      {"name", one.name},
                      {"kind", one.kind},
                      {"state", one.state},
                      {"restarts", one.restarts},
                      {"last_error", one.last_error},
                      {"uptime_ms", one.uptime_ms},
                      {"queue", queue_of(path, report)},
                      {"abandoned", one.abandoned},
                      {"children", tree_of(one.children, path + "/", report)}});
  }
  return result;
}

/// The last ones, oldest first.
json latest_gaps(const std::vector<reading_gap>& gaps) {
  auto result = json::array();
  for (auto i = gaps.size() - std::min(gaps.size(), shown_gaps); i < gaps.size(); ++i) {
    const auto& one = gaps[i];
    result.push_back({{"channel", one.channel},
                      {"cog", one.cog.empty() ? json{} : json(one.cog)},
                      {"from", utc_time(one.from)},
                      {"to", one.to == 0 ? json{} : json(utc_time(one.to))}});
  }
  return result;
}

class admin_api {
public:
  admin_api(caf::actor_system& system, node_actor node, admin_options options)
    : system_(system), node_(std::move(node)), options_(std::move(options)) {
  }

  void answer_to(const http_request& request, const http_reply& reply) const {
    auto target = boost::urls::parse_origin_form(request.target);
    if (!target)
      return reply(refusal(400, "the request names no path"));
    if (!is_own_name(request.host))
      return reply(refusal(403, "'" + request.host + "' is not this machine's name"));
    auto path = target->path();
    std::string wanted;
    for (const auto& parameter : target->params())
      if (parameter.key == "path")
        wanted = parameter.value;
    const auto is_get = request.method == "GET" || request.method == "HEAD";
    if (is_get && path == "/healthz")
      return reply({200, "text/plain", "ok\n"});
    if (is_get && path == "/api/tree")
      return ask<node_report>(
        [](const node_report& report) {
          return http_response{200, "application/json", to_json(report)};
        },
        reply, caf::get_atom_v);
    if (path == "/api/actors/restart" && request.method == "POST") {
      if (auto refused = refuse(request))
        return reply(*refused);
      return order(reply, restart_atom_v, wanted);
    }
    if (constexpr std::string_view faults = "/api/faults/";
        options_.faults && path.starts_with(faults) && request.method == "POST" && !request.has_origin)
      return order(reply, fault_atom_v, wanted, path.substr(faults.size()));
    if (path == "/healthz" || path == "/api/tree" || path == "/api/actors/restart")
      return reply(refusal(405, request.method + " is not for " + path));
    reply(refusal(404, "there is no " + path));
  }

private:
  /// Why this request may change nothing; nothing: it may.
  std::optional<http_response> refuse(const http_request& request) const {
    constexpr std::string_view scheme = "Bearer ";
    if (options_.token.empty())
      return refusal(403, "no admin token is set: see admin.token in the configuration");
    if (request.has_origin)
      return refusal(403, "web pages have no business here");
    if (!request.authorization.starts_with(scheme)
        || secret{std::string_view{request.authorization}.substr(scheme.size())} != options_.token)
      return refusal(401, "this takes the admin token, as 'Authorization: Bearer …'");
    return std::nullopt;
  }

  template <class Answer, class Show, class... Question>
  void ask(Show show, http_reply reply, Question... question) const {
    system_.spawn([=, node = node_](caf::event_based_actor* self) {
      self->request(node, caf::timespan{patience}, question...)
        .then([=](const Answer& x) { reply(show(x)); },
              [=](const caf::error& why) { reply(refusal(503, "the actors didn't answer: " + caf::to_string(why))); });
    });
  }

  template <class... Order>
  void order(http_reply reply, Order... order) const {
    system_.spawn([=, node = node_](caf::event_based_actor* self) {
      self->request(node, caf::timespan{patience}, order...)
        .then(
          [=] {
            reply(answer(200, {{"done", true}}));
          },
          [=](const caf::error& why) { reply(refusal(404, caf::to_string(why))); });
    });
  }

  caf::actor_system& system_;
  node_actor node_;
  admin_options options_;
};

} // namespace

http_handler make_admin_api(caf::actor_system& system, node_actor node, admin_options options) {
  auto api = std::make_shared<admin_api>(system, std::move(node), std::move(options));
  return [api](const http_request& request, const http_reply& reply) { api->answer_to(request, reply); };
}

std::string to_json(const node_report& report) {
  auto bots = json::array();
  auto balanced = true;
  for (const auto& bot : report.bots) {
    auto cogs = json::array();
    for (const auto& cog : bot.router.cogs) {
      const auto& x = cog.lines;
      balanced &= x.balanced();
      cogs.push_back({{"name", cog.name},
                      {"routed", x.routed},
                      {"handled", x.handled},
                      {"poisoned", x.poisoned},
                      {"shed", x.shed},
                      {"queued", x.queued},
                      {"resting_commands", cog.resting_commands},
                      {"skipped_calls", cog.skipped_calls},
                      {"refused_messages", cog.refused_messages}});
    }
    auto connections = json::array();
    for (const auto& one : bot.connections)
      connections.push_back({{"name", one.name},
                             {"state", one.state},
                             {"login", one.login},
                             {"last_error", one.last_error},
                             {"dials", one.dials},
                             {"reconnects", one.reconnects},
                             {"lines_in", one.lines_in},
                             {"lines_pending", one.lines_pending}});
    auto eventsub = json::array();
    for (const auto& one : bot.eventsub)
      eventsub.push_back({{"name", one.name},
                          {"session_id", one.session_id},
                          {"wanted", one.wanted},
                          {"enabled", one.enabled},
                          {"refused", one.refused},
                          {"dials", one.dials},
                          {"sessions", one.sessions},
                          {"handovers", one.handovers},
                          {"failed_handovers", one.failed_handovers},
                          {"losses", one.losses},
                          {"bad_messages", one.bad_messages},
                          {"events", one.events},
                          {"same_messages", one.same_messages},
                          {"same_events", one.same_events},
                          {"gaps", one.gaps},
                          {"blind_since", one.blind_since},
                          {"last_error", one.last_error}});
    const auto& x = bot.router.lines;
    bots.push_back({{"name", bot.name},
                    {"received", x.received},
                    {"duplicates", x.duplicates},
                    {"ignored", x.ignored},
                    {"routed", x.routed},
                    {"commands", x.commands},
                    {"cogs", std::move(cogs)},
                    {"connections", std::move(connections)},
                    {"eventsub", std::move(eventsub)},
                    {"gap_count", bot.gaps.size()},
                    {"gaps", latest_gaps(bot.gaps)}});
  }
  auto accounts = json::array();
  for (const auto& account : report.accounts) {
    const auto& x = account.messages;
    accounts.push_back({{"name", account.account},
                        {"accepted", x.accepted},
                        {"rejected", x.rejected},
                        {"confirmed", x.confirmed},
                        {"refused", x.refused},
                        {"unconfirmed", x.unconfirmed},
                        {"aged_out", x.aged_out},
                        {"abandoned", x.abandoned},
                        {"repeated", x.repeated},
                        {"waiting", x.waiting},
                        {"in_flight", x.in_flight}});
  }
  auto tokens = json::array();
  for (const auto& x : report.tokens)
    tokens.push_back({{"account", x.account},
                      {"state", x.state},
                      {"login", x.login},
                      {"scopes", x.scopes},
                      {"missing_scopes", x.missing_scopes},
                      {"expires_in_ms", x.expires_in_ms < 0 ? json{} : json(x.expires_in_ms)},
                      {"needs_grant", x.needs_grant},
                      {"remedy", x.remedy},
                      {"problem", x.problem},
                      {"renewals", x.renewals}});
  auto webhooks = json::array();
  for (const auto& x : report.webhooks)
    webhooks.push_back({{"name", x.name},
                        {"connections", x.connections},
                        {"too_many", x.too_many},
                        {"bad_requests", x.bad_requests},
                        {"timeouts", x.timeouts},
                        {"failed_handshakes", x.failed_handshakes},
                        {"accept_failures", x.accept_failures},
                        {"challenges", x.challenges},
                        {"notifications", x.notifications},
                        {"revocations", x.revocations},
                        {"unknown", x.unknown},
                        {"not_stored", x.not_stored},
                        {"refused", x.refused},
                        {"clock_ahead_ms", x.clock_ahead_ms}});
  json all{{"tree", tree_of(report.tree, "", report)},
           {"bots", std::move(bots)},
           {"accounts", std::move(accounts)},
           {"tokens", std::move(tokens)},
           {"webhooks", std::move(webhooks)},
           {"store",
            {{"waiting", report.store.waiting},
             {"events", report.store.events},
             {"same_messages", report.store.same_messages},
             {"same_events", report.store.same_events},
             {"refused", report.store.refused},
             {"skipped", report.store.skipped},
             {"late_says", report.store.late_says},
             {"outcomes", report.store.outcomes},
             {"commits", report.store.commits},
             {"failures", report.store.failures},
             {"last_error", report.store.last_error}}},
           {"balanced", balanced}};
  return all.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

} // namespace creamery
