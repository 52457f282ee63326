#include "actors/webhook_port.hpp"

#include "runtime/telemetry/log.hpp"
#include "runtime/telemetry/utc_time.hpp"

#include <chrono>
#include <utility>

namespace creamery {

namespace {

/// The headers that count, in the order in which they are asked for.
enum header : size_t { message_id, message_type, message_timestamp, message_signature };

http_server_options options_for_twitch(bool has_tls) {
  http_server_options options;
  options.max_connections = 512;
  if (has_tls) // without, all come from a proxy of ours
    options.max_connections_per_address = 64;
  options.max_header = 8 * 1024;
  options.max_body = 256 * 1024;
  options.patience = std::chrono::seconds{30};
  options.headers = {"Twitch-Eventsub-Message-Id", "Twitch-Eventsub-Message-Type", "Twitch-Eventsub-Message-Timestamp",
                     "Twitch-Eventsub-Message-Signature"};
  return options;
}

std::string name_of(const webhook_settings& settings) {
  auto is_v6 = settings.host.find(':') != std::string::npos;
  return (settings.certificate.certificate.empty() ? "http://" : "https://")
         + (is_v6 ? "[" + settings.host + "]" : settings.host) + ":" + std::to_string(settings.port);
}

http_response to_http(eventsub::webhook_answer answer) {
  return {answer.status, "text/plain", std::move(answer.body)};
}

} // namespace

result<std::shared_ptr<webhook_port>> webhook_port::open(const webhook_settings& settings) {
  std::shared_ptr<webhook_port> made{new webhook_port{settings}};
  auto options = options_for_twitch(!settings.certificate.certificate.empty());
  if (!settings.certificate.certificate.empty()) {
    auto loaded = server_certificate::load(settings.certificate, [log = made->log_](bool is_problem, std::string what) {
      log->log(is_problem ? spdlog::level::err : spdlog::level::info, "{}", what);
    });
    if (!loaded)
      return loaded.error();
    options.certificate = std::move(*loaded);
  }
  auto started = http_server::start(
    settings.host, settings.port,
    [port = made.get()](const http_request& request, const http_reply& reply) { port->take(request, reply); },
    std::move(options));
  if (!started)
    return started.error();
  made->server_ = std::move(*started);
  return made;
}

webhook_port::webhook_port(const webhook_settings& settings)
  : name_(name_of(settings)), log_(make_logger("webhook")), gate_(settings.callbacks) {
}

webhook_port::~webhook_port() = default;

void webhook_port::attach(const webhook_listener_actor& to) {
  std::lock_guard guard{mutex_};
  to_ = to;
}

void webhook_port::take(const http_request& request, const http_reply& reply) {
  const auto& headers = request.headers;
  webhook_listener_actor to;
  eventsub::webhook_content content;
  {
    std::lock_guard guard{mutex_};
    auto before = gate_.clock();
    content = gate_.look({request.method, request.path(), headers[message_id], headers[message_type],
                          headers[message_timestamp], headers[message_signature], request.body},
                         unix_milliseconds());
    note_clock(before, gate_.clock());
    to = to_;
  }
  const auto waits = std::holds_alternative<eventsub::webhook::notification>(content);
  const auto is_news = std::holds_alternative<eventsub::webhook::challenge>(content)
                       || std::holds_alternative<eventsub::webhook::revocation>(content);
  if (waits && !to)
    return reply({503, "text/plain", "just a moment"});
  if (!waits)
    reply(to_http(eventsub::answer_to(content)));
  if ((waits || is_news) && to)
    caf::anon_send(to, webhook_message{std::move(content), waits ? reply : http_reply{}});
}

void webhook_port::note_clock(const eventsub::clock_skew& before, const eventsub::clock_skew& now) {
  using std::chrono::duration_cast;
  using std::chrono::seconds;
  if (before.ahead().has_value() == now.ahead().has_value())
    return;
  if (!now.ahead())
    return log_->info("{}: this machine's clock agrees with Twitch's again", name_);
  auto by = duration_cast<seconds>(*now.ahead());
  log_->error("{}: this machine's clock is {} s {} Twitch's: webhooks that seem to be more than ten minutes off are "
              "refused; set the clock (timedatectl set-ntp true)",
              name_, std::chrono::abs(by).count(), by.count() > 0 ? "ahead of" : "behind");
}

webhook_report webhook_port::report() const {
  webhook_report x;
  x.name = name_;
  auto server = server_->counters();
  x.connections = server.connections;
  x.too_many = server.too_many;
  x.bad_requests = server.bad_requests;
  x.timeouts = server.timeouts;
  x.failed_handshakes = server.failed_handshakes;
  x.accept_failures = server.accept_failures;
  std::lock_guard guard{mutex_};
  const auto& counters = gate_.count();
  x.challenges = counters.challenges;
  x.notifications = counters.notifications;
  x.revocations = counters.revocations;
  x.unknown = counters.unknown;
  for (size_t i = 0; i < counters.refused.size(); ++i)
    if (counters.refused[i] > 0)
      x.refused[std::string{to_string(static_cast<eventsub::webhook_refusal>(i))}] = counters.refused[i];
  x.clock_ahead_ms = gate_.clock().ahead().value_or(std::chrono::milliseconds{0}).count();
  return x;
}

} // namespace creamery
