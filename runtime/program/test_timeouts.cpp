#include "runtime/program/test_timeouts.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <functional>
#include <map>
#include <string>

namespace creamery {

namespace {

using std::chrono::milliseconds;

constexpr int64_t longest = 24 * 60 * 60 * 1000;

using setter = std::function<void(chat_settings&, milliseconds)>;

const std::map<std::string, setter, std::less<>>& setters() {
  static const std::map<std::string, setter, std::less<>> all{
    {"ping_after_ms",
     [](chat_settings& x, milliseconds value) {
       x.session.ping_after = value;
       x.session.ping_after_before_welcome = value;
     }},
    {"pong_timeout_ms", [](chat_settings& x, milliseconds value) { x.session.pong_timeout = value; }},
    {"login_timeout_ms", [](chat_settings& x, milliseconds value) { x.session.login_timeout = value; }},
    {"join_timeout_ms", [](chat_settings& x, milliseconds value) { x.session.join_timeout = value; }},
    {"join_retry_ms", [](chat_settings& x, milliseconds value) { x.session.join_retry_first = value; }},
    {"redial_first_ms", [](chat_settings& x, milliseconds value) { x.redial.first = value; }},
    {"redial_cap_ms", [](chat_settings& x, milliseconds value) { x.redial.cap = value; }},
    {"refused_first_ms", [](chat_settings& x, milliseconds value) { x.refused.first = value; }},
    {"handshake_timeout_ms",
     [](chat_settings& x, milliseconds value) {
       x.net.timeouts.tls = value;
       x.net.timeouts.upgrade = value;
     }},
    {"overlap_ms", [](chat_settings& x, milliseconds value) { x.overlap = value; }},
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

result<chat_settings> with_test_timeouts(chat_settings settings, std::string_view json) {
  const std::string place = test_timeouts_variable;
  auto values = nlohmann::json::parse(json, nullptr, false);
  if (!values.is_object())
    return failure{place, "must be a JSON object, for example {\"ping_after_ms\": 500}"};
  for (const auto& [key, value] : values.items()) {
    auto set = setters().find(key);
    if (set == setters().end())
      return failure{place, "there is no '" + key + "'; there are " + known_keys()};
    if (!value.is_number_integer() || value.get<int64_t>() < 1 || value.get<int64_t>() > longest)
      return failure{place,
                     "'" + key + "' must be a whole number of milliseconds from 1 to " + std::to_string(longest)};
    set->second(settings, milliseconds{value.get<int64_t>()});
  }
  return settings;
}

} // namespace creamery
