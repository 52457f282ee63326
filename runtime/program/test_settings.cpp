#include "runtime/program/test_settings.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>

namespace creamery {

namespace {

using std::chrono::milliseconds;

/// A day in milliseconds, which is enough for a limit, too.
constexpr int64_t largest = 24 * 60 * 60 * 1000;

using setter = std::function<void(test_settings&, int64_t)>;

const std::map<std::string, setter, std::less<>>& setters() {
  static const std::map<std::string, setter, std::less<>> all{
    {"ping_after_ms",
     [](test_settings& x, int64_t value) {
       x.chat.session.ping_after = milliseconds{value};
       x.chat.session.ping_after_before_welcome = milliseconds{value};
     }},
    {"pong_timeout_ms", [](test_settings& x, int64_t value) { x.chat.session.pong_timeout = milliseconds{value}; }},
    {"login_timeout_ms", [](test_settings& x, int64_t value) { x.chat.session.login_timeout = milliseconds{value}; }},
    {"join_timeout_ms", [](test_settings& x, int64_t value) { x.chat.session.join_timeout = milliseconds{value}; }},
    {"join_retry_ms", [](test_settings& x, int64_t value) { x.chat.session.join_retry_first = milliseconds{value}; }},
    {"redial_first_ms", [](test_settings& x, int64_t value) { x.chat.redial.first = milliseconds{value}; }},
    {"redial_cap_ms", [](test_settings& x, int64_t value) { x.chat.redial.cap = milliseconds{value}; }},
    {"refused_first_ms", [](test_settings& x, int64_t value) { x.chat.refused.first = milliseconds{value}; }},
    {"handshake_timeout_ms",
     [](test_settings& x, int64_t value) {
       x.chat.net.timeouts.tls = milliseconds{value};
       x.chat.net.timeouts.upgrade = milliseconds{value};
     }},
    {"message_limit",
     [](test_settings& x, int64_t value) {
       x.say.limits.messages = x.say.limits.privileged_messages = static_cast<size_t>(value);
     }},
    {"login_limit", [](test_settings& x, int64_t value) { x.say.limits.logins = static_cast<size_t>(value); }},
    {"join_limit", [](test_settings& x, int64_t value) { x.say.limits.joins = static_cast<size_t>(value); }},
    {"channels_per_connection",
     [](test_settings& x, int64_t value) { x.chat.channels_per_connection = static_cast<size_t>(value); }},
    {"validate_every_ms", [](test_settings& x, int64_t value) { x.tokens.validate_every = milliseconds{value}; }},
    {"token_retry_ms", [](test_settings& x, int64_t value) { x.tokens.retry.first = milliseconds{value}; }},
    {"token_trust_ms", [](test_settings& x, int64_t value) { x.tokens.trust = milliseconds{value}; }},
    {"eventsub_redial_ms",
     [](test_settings& x, int64_t value) { x.eventsub.session.redial.first = milliseconds{value}; }},
    {"eventsub_handover_ms",
     [](test_settings& x, int64_t value) { x.eventsub.session.handover = milliseconds{value}; }},
    {"eventsub_grace_ms",
     [](test_settings& x, int64_t value) { x.eventsub.session.keepalive_grace = milliseconds{value}; }},
    {"eventsub_compare_ms", [](test_settings& x, int64_t value) { x.eventsub.compare_every = milliseconds{value}; }},
    {"eventsub_verification_ms",
     [](test_settings& x, int64_t value) { x.eventsub.subscriptions.verification = milliseconds{value}; }},
    {"eventsub_retry_ms",
     [](test_settings& x, int64_t value) { x.eventsub.subscriptions.retry.first = milliseconds{value}; }},
    {"pubsub_redial_ms", [](test_settings& x, int64_t value) { x.pubsub.session.redial.first = milliseconds{value}; }},
    {"pubsub_ping_ms", [](test_settings& x, int64_t value) { x.pubsub.session.ping_every = milliseconds{value}; }},
    {"pubsub_pong_ms", [](test_settings& x, int64_t value) { x.pubsub.session.pong_timeout = milliseconds{value}; }},
    {"pubsub_healthy_ms",
     [](test_settings& x, int64_t value) { x.pubsub.session.healthy_after = milliseconds{value}; }},
    {"overlap_ms", [](test_settings& x, int64_t value) { x.chat.overlap = milliseconds{value}; }},
  };
  return all;
}

std::string known_keys() {
  std::string all;
  for (const auto& [key, set] : setters())
    all += (all.empty() ? "" : ", ") + key;
  return all;
}

} // namespace

result<test_settings> with_test_settings(test_settings settings, std::string_view json) {
  const std::string place = test_settings_variable;
  auto values = nlohmann::json::parse(json, nullptr, false);
  if (!values.is_object())
    return failure{place, "must be a JSON object, for example {\"ping_after_ms\": 500}"};
  for (const auto& [key, value] : values.items()) {
    auto set = setters().find(key);
    if (set == setters().end())
      return failure{place, "there is no '" + key + "'; there are " + known_keys()};
    if (!value.is_number_integer() || value.get<int64_t>() < 1 || value.get<int64_t>() > largest)
      return failure{place, "'" + key + "' must be a whole number from 1 to " + std::to_string(largest)};
    set->second(settings, value.get<int64_t>());
  }
  return settings;
}

} // namespace creamery
