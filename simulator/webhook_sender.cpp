#include "simulator/webhook_sender.hpp"

#include "simulator/eventsub_types.hpp"
#include "simulator/helix_call.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>

namespace creamery::simulator {

namespace {

using json = nlohmann::json;

constexpr std::string_view pending = "webhook_callback_verification_pending";
constexpr std::string_view challenge_type = "webhook_callback_verification";

bool is_success(unsigned status) {
  return status >= 200 && status < 300;
}

} // namespace

std::string webhook_signature(std::string_view secret, std::string_view id, std::string_view timestamp,
                              std::string_view body) {
  std::string text;
  text.append(id).append(timestamp).append(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), raw.data(), &size);
  std::string signature = "sha256=";
  for (unsigned i = 0; i < size; ++i) {
    char hex[3];
    std::snprintf(hex, sizeof(hex), "%02x", raw[i]);
    signature += hex;
  }
  return signature;
}

webhook_sender::webhook_sender(eventsub_book& book, history& log)
  : book_(book), log_(log), ids_(spread("webhooks") ^ random_seed()) {
}

eventsub_subscription* webhook_sender::find(const std::string& id) {
  auto found =
    std::find_if(book_.subscriptions.begin(), book_.subscriptions.end(), [&](const auto& x) { return x.id == id; });
  return found == book_.subscriptions.end() ? nullptr : &*found;
}

void webhook_sender::notify(const eventsub_subscription& to, const std::string& id, const json& event,
                            const webhook_faults& faults, time_point now) {
  json body{{"subscription", to_json(to, nullptr)}, {"event", event}};
  if (const auto* known = find_eventsub_type(to.type, to.version); known != nullptr && known->is_batched)
    body = {{"subscription", to_json(to, nullptr)}, {"events", json::array({{{"id", id + "-1"}, {"data", event}}})}};
  send(to, "notification", id, body, faults, "", now);
}

void webhook_sender::revoke(eventsub_subscription& what, std::string_view status, time_point now) {
  what.status = status;
  ++counters_.revocations;
  send(what, "revocation", ids_.text(next_id_++), {{"subscription", to_json(what, nullptr)}}, {}, "", now);
}

void webhook_sender::send(const eventsub_subscription& to, std::string_view type, const std::string& id,
                          const json& body, const webhook_faults& faults, std::string challenge, time_point now) {
  message one;
  one.subscription = to.id;
  one.callback = to.transport.target;
  one.id = id;
  one.type = type;
  one.body = body.dump(-1, ' ', false, json::error_handler_t::replace);
  one.challenge = std::move(challenge);
  auto timestamp = rfc3339(now - faults.age);
  auto signature = webhook_signature(to.transport.secret, id, timestamp, one.body);
  if (faults.wrong_signature)
    signature.back() = signature.back() == '0' ? '1' : '0';
  one.headers = {{"Twitch-Eventsub-Message-Id", id},
                 {"Twitch-Eventsub-Message-Type", std::string{type}},
                 {"Twitch-Eventsub-Message-Signature", signature},
                 {"Twitch-Eventsub-Message-Timestamp", timestamp},
                 {"Twitch-Eventsub-Subscription-Type", to.type},
                 {"Twitch-Eventsub-Subscription-Version", to.version}};
  one.due = now;
  auto number = next_number_++;
  post(number, messages_.emplace(number, std::move(one)).first->second);
}

void webhook_sender::post(uint64_t number, message& what) {
  ++counters_.posts;
  counters_.repetitions += what.attempts > 0 ? 1 : 0;
  webhook_post made{number, what.callback, what.headers, what.body};
  made.headers.emplace_back("Twitch-Eventsub-Message-Retry", std::to_string(what.attempts));
  ++what.attempts;
  what.is_under_way = true;
  if (post_)
    post_(std::move(made));
}

void webhook_sender::answered(uint64_t number, const webhook_reply& reply, time_point now) {
  auto known = messages_.find(number);
  if (known == messages_.end() || !known->second.is_under_way)
    return;
  auto& what = known->second;
  what.is_under_way = false;
  log_.add("webhook", now, [&](json_line& x) {
    x.text("id", what.id).text("type", what.type).number("status", reply.status).number("attempt", what.attempts);
  });
  if (what.type == challenge_type && (is_success(reply.status) || what.attempts >= 3)) {
    on_challenge(what, reply, now);
    messages_.erase(known);
  } else if (is_success(reply.status)) {
    ++counters_.acknowledged;
    failures_.erase(what.subscription);
    messages_.erase(known);
  } else if (what.attempts >= options_.attempts) {
    auto gone = std::move(what);
    messages_.erase(known);
    give_up(gone, now);
  } else {
    auto wait = options_.retry * (uint64_t{1} << std::min(what.attempts - 1, 16U));
    what.due = now + std::min<duration>(wait, options_.longest_retry);
  }
}

void webhook_sender::on_challenge(const message& what, const webhook_reply& reply, time_point now) {
  auto* subscription = find(what.subscription);
  if (subscription == nullptr || subscription->status != pending)
    return;
  auto is_right = is_success(reply.status) && reply.body == what.challenge;
  ++(is_right ? counters_.verified : counters_.not_verified);
  subscription->status = is_right ? "enabled" : "webhook_callback_verification_failed";
  log_.add("webhook_verified", now,
           [&](json_line& x) { x.text("subscription", subscription->id).text("status", subscription->status); });
}

void webhook_sender::give_up(const message& what, time_point now) {
  ++counters_.given_up;
  log_.add("webhook_given_up", now, [&](json_line& x) { x.text("id", what.id).text("type", what.type); });
  auto* subscription = find(what.subscription);
  if (what.type == "notification" && ++failures_[what.subscription] >= options_.failures && subscription != nullptr
      && subscription->status == "enabled")
    revoke(*subscription, "notification_failures_exceeded", now);
}

void webhook_sender::tick(time_point now) {
  // By ids: the book may change while they are asked.
  std::vector<std::string> fresh;
  for (const auto& one : book_.subscriptions)
    if (one.transport.method == "webhook" && one.status == pending && asked_.insert(one.id).second)
      fresh.push_back(one.id);
  for (const auto& id : fresh)
    if (const auto* one = find(id)) {
      auto challenge = ids_.text(next_id_++);
      send(*one, challenge_type, ids_.text(next_id_++),
           {{"challenge", challenge}, {"subscription", to_json(*one, nullptr)}}, {}, challenge, now);
    }
  std::vector<uint64_t> due;
  for (const auto& [number, one] : messages_)
    if (!one.is_under_way && one.due <= now)
      due.push_back(number);
  for (auto number : due)
    if (auto known = messages_.find(number); known != messages_.end())
      post(number, known->second);
}

} // namespace creamery::simulator
