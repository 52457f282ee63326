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
    [port = made.get()](const http_request& request, http_reply reply) { port->hear(request, std::move(reply)); },
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
  is_told_ = false;
  tell();
}

void webhook_port::tell() {
  if (!to_ || waiting_.empty() || std::exchange(is_told_, true))
    return;
  caf::anon_send(to_, collect_atom_v);
}

std::vector<webhook_port::waiting> webhook_port::take() {
  std::lock_guard guard{mutex_};
  is_told_ = !waiting_.empty();
  return std::exchange(waiting_, {});
}

void webhook_port::answer(std::vector<http_reply> these, unsigned status, std::string text) {
  server_->post([these = std::move(these), status, text = std::move(text)] {
    for (const auto& reply : these)
      reply({status, "text/plain", text});
  });
}

void webhook_port::hear(const http_request& request, http_reply reply) {
  const auto& headers = request.headers;
  std::lock_guard guard{mutex_};
  auto before = gate_.clock();
  auto content = gate_.look({request.method, request.path(), headers[message_id], headers[message_type],
                             headers[message_timestamp], headers[message_signature], request.body},
                            unix_milliseconds());
  note_clock(before, gate_.clock());
  if (auto* arrived = std::get_if<eventsub::webhook::notification>(&content); arrived != nullptr) {
    if (!to_)
      return reply({503, "text/plain", "just a moment"});
    waiting_.push_back({std::move(arrived->events), std::move(reply)});
    return tell();
  }
  reply(to_http(eventsub::answer_to(content)));
  if (!to_)
    return;
  if (const auto* asked = std::get_if<eventsub::webhook::challenge>(&content))
    caf::anon_send(to_, asked->bot,
                   eventsub::subscription_news{asked->subscription.id, asked->subscription.type, "enabled"});
  else if (const auto* ended = std::get_if<eventsub::webhook::revocation>(&content))
    caf::anon_send(
      to_, ended->bot,
      eventsub::subscription_news{ended->subscription.id, ended->subscription.type, ended->subscription.status});
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
