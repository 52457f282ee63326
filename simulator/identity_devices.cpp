#include "simulator/identity.hpp"

#include "simulator/identity_pages.hpp"
#include "simulator/scopes.hpp"

#include <algorithm>

namespace creamery::simulator {

namespace {

constexpr size_t max_devices = 10'000;

/// Eight capital letters, which people can read to each other.
std::string make_user_code() {
  auto code = random_token(8);
  for (auto& c : code)
    c = static_cast<char>(c >= 'a' ? c - 'a' + 'A' : c - '0' + 'Q');
  return code;
}

int64_t whole_seconds(std::chrono::milliseconds time) {
  return std::chrono::ceil<std::chrono::seconds>(time).count();
}

} // namespace

http_answer identity::start_device(const http_request& request, time_point now) {
  auto form = request.fields();
  auto client_id = form.get("client_id");
  if (client_id.empty())
    return id_refusal(400, "missing client id");
  if (!clients_.find(client_id))
    return id_refusal(400, "invalid client");
  auto scopes = parse_scopes(form.get("scopes"));
  if (!scopes.unknown.empty())
    return id_refusal(400, "invalid scope requested: '" + scopes.unknown + "'");
  std::erase_if(devices_, [&](const auto& x) { return x.second.expires <= now; });
  if (devices_.size() >= max_devices)
    return id_refusal(503, "too many devices wait for their users");
  waiting_device made;
  made.client_id = client_id;
  made.scopes = std::move(scopes.scopes);
  do
    made.user_code = make_user_code();
  while (find_user_code(made.user_code, now));
  made.expires = now + settings_.device_life;
  made.next_poll = now + settings_.device_interval;
  auto code = random_token(40);
  log_.add("device", now, [&](json_line& x) { x.text("client", client_id).text("device", fingerprint(code)); });
  nlohmann::json body{{"device_code", code},
                      {"expires_in", whole_seconds(settings_.device_life)},
                      {"interval", whole_seconds(settings_.device_interval)},
                      {"user_code", made.user_code},
                      {"verification_uri", request.own_address + "/activate?public="
                                             + (clients_.find(client_id)->is_public() ? "true" : "false")
                                             + "&device-code=" + made.user_code}};
  devices_.emplace(std::move(code), std::move(made));
  return json_answer(200, body);
}

http_answer identity::poll_device(const api_client& client, const parameters& form, time_point now) {
  auto code = form.get("device_code");
  if (code.empty())
    return id_refusal(400, "missing device code");
  auto place = devices_.find(code);
  using stage = waiting_device::stage;
  if (place == devices_.end() || place->second.client_id != client.id || place->second.expires <= now
      || place->second.at == stage::used)
    return id_refusal(400, "invalid device code");
  auto& device = place->second;
  ++chat_.counters().device_polls;
  // Twitch documents no slow_down: who asks too often gets the same answers, and is counted.
  if (now < device.next_poll)
    ++chat_.counters().device_polls_too_fast;
  device.next_poll = now + settings_.device_interval;
  if (device.at == stage::pending && consent_.mode != consent_request::answer::ask)
    settle(device, consent_.mode == consent_request::answer::approve, consent_.login);
  if (device.at == stage::pending)
    return id_refusal(400, "authorization_pending");
  auto denied = std::exchange(device.at, stage::used) == stage::denied;
  if (denied)
    return id_refusal(400, "access_denied");
  return token_answer(give("device_code", client, device.login, device.scopes, settings_.token_life, now), now);
}

identity::waiting_device* identity::find_user_code(std::string_view code, time_point now) {
  auto found = std::find_if(devices_.begin(), devices_.end(), [&](const auto& x) {
    return x.second.user_code == code && x.second.expires > now && x.second.at == waiting_device::stage::pending;
  });
  return found == devices_.end() ? nullptr : &found->second;
}

bool identity::settle(waiting_device& device, bool agreed, std::string_view login) {
  auto who = agreed ? chat_.accounts().admit(login) : nullptr;
  if (agreed && !who)
    return false;
  device.at = agreed ? waiting_device::stage::approved : waiting_device::stage::denied;
  device.login = who ? who->who.login : std::string{};
  return true;
}

http_answer identity::activate(const http_request& request, time_point now) {
  auto fields = request.fields();
  std::string code{fields.get("device-code")};
  auto device = find_user_code(code, now);
  if (!device)
    return message_page(404, "Activate a device", "There is no such code, or it is too old, or it was used.");
  const auto* client = clients_.find(device->client_id);
  auto consent = consent_for(fields);
  auto approves = consent.mode == consent_request::answer::approve;
  auto login = consent.login;
  auto decided = consent.mode != consent_request::answer::ask;
  if (request.method == "POST") {
    if (!request.origin.empty() && request.origin != request.own_address)
      return id_refusal(403, "this form belongs to another page");
    decided = true;
    approves = fields.get("decision") == "approve";
    login = lower(fields.get("login"));
  }
  auto settled = decided && settle(*device, approves, login);
  if (!settled)
    return consent_page({.app = client->name,
                         .scopes = device->scopes,
                         .login = login,
                         .action = "/activate",
                         .hidden = {{"device-code", code}},
                         .mistake = decided ? "There is no such account." : ""});
  return message_page(200, approves ? "The device is connected" : "The device stays out", "You may close this page.");
}

} // namespace creamery::simulator
