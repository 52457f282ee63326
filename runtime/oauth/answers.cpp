#include "runtime/oauth/answers.hpp"

#include "messages/json_members.hpp"

#include "messages/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdint>

namespace creamery::oauth {

namespace {

using json = nlohmann::json;

/// Longest text of Twitch's that is shown, and longest token that is believed.
constexpr size_t max_text = 300;
constexpr size_t max_token = 2'000;

/// A hundred years: more can't be added to a time without trouble.
constexpr int64_t max_seconds = int64_t{100} * 366 * 24 * 3600;

json parse(std::string_view body) {
  return json::parse(body, nullptr, false);
}

std::optional<std::chrono::seconds> seconds_of(const json& from, const char* name) {
  auto found = from.find(name);
  if (found == from.end() || !found->is_number_integer())
    return std::nullopt;
  return std::chrono::seconds{std::clamp<int64_t>(found->get<int64_t>(), 0, max_seconds)};
}

/// An array of names as a rule; a sample of Twitch's shows a single text (2.5). Empty or absent for app tokens.
std::vector<std::string> scopes_of(const json& from, const char* name) {
  std::vector<std::string> scopes;
  auto found = from.find(name);
  if (found == from.end())
    return scopes;
  if (found->is_string()) {
    auto all = found->get<std::string>();
    for (std::string_view rest = all; !rest.empty();) {
      auto end = std::min(rest.find(' '), rest.size());
      if (end > 0)
        scopes.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  } else if (found->is_array()) {
    for (const auto& one : *found)
      if (one.is_string())
        scopes.push_back(one.get<std::string>());
  }
  return scopes;
}

/// A token travels in headers and IRC lines: nothing that could break out of them is believed.
bool is_token(std::string_view text) {
  return !text.empty() && text.size() <= max_token
         && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

refusal senseless(unsigned status) {
  return {refusal::kind::unavailable, "the answer makes no sense (HTTP " + std::to_string(status) + ")"};
}

/// Some bodies lack `error`, all have `message` (2.5).
refusal read_refusal(unsigned status, const json& body) {
  auto message = text_of(body, "message");
  if (message.empty())
    message = text_of(body, "error");
  auto text = message.empty() ? "HTTP " + std::to_string(status)
                              : printable(message, max_text) + " (HTTP " + std::to_string(status) + ")";
  if (status != 400 && status != 401 && status != 403 && status != 404)
    return {refusal::kind::unavailable, std::move(text)};
  if (message == "authorization_pending")
    return {refusal::kind::pending, std::move(text)};
  if (message.find("client") != std::string::npos) // "invalid client", "invalid client secret", "client does not exist"
    return {refusal::kind::bad_client, std::move(text)};
  // Without Twitch's own words, it wasn't Twitch who answered: some box on the way decides nothing about a token. Nor does a
  // page that isn't there: then the address is wrong.
  return {message.empty() || status == 404 ? refusal::kind::unavailable : refusal::kind::rejected, std::move(text)};
}

} // namespace

reply<grant> read_grant(unsigned status, std::string_view body) {
  auto answer = parse(body);
  if (status != 200)
    return read_refusal(status, answer);
  if (!answer.is_object())
    return senseless(status);
  auto access = text_of(answer, "access_token");
  auto refresh = text_of(answer, "refresh_token");
  if (!is_token(access) || (!refresh.empty() && !is_token(refresh)))
    return senseless(status);
  return grant{secret{access}, secret{refresh}, scopes_of(answer, "scope"), seconds_of(answer, "expires_in")};
}

reply<token_facts> read_facts(unsigned status, std::string_view body) {
  auto answer = parse(body);
  if (status != 200)
    return read_refusal(status, answer);
  auto client = answer.is_object() ? text_of(answer, "client_id") : std::string{};
  if (client.empty())
    return senseless(status);
  return token_facts{client, text_of(answer, "login"), text_of(answer, "user_id"), scopes_of(answer, "scopes"),
                     seconds_of(answer, "expires_in").value_or(std::chrono::seconds{0})};
}

reply<device_offer> read_device_offer(unsigned status, std::string_view body) {
  auto answer = parse(body);
  if (status != 200)
    return read_refusal(status, answer);
  if (!answer.is_object())
    return senseless(status);
  auto code = text_of(answer, "device_code");
  device_offer offer{secret{code}, printable(text_of(answer, "user_code"), max_text),
                     printable(text_of(answer, "verification_uri"), max_text),
                     seconds_of(answer, "expires_in").value_or(std::chrono::minutes{30}),
                     seconds_of(answer, "interval").value_or(std::chrono::seconds{5})};
  if (!is_token(code) || offer.verification_uri.empty())
    return senseless(status);
  offer.interval = std::clamp(offer.interval, std::chrono::seconds{1}, std::chrono::seconds{60});
  return offer;
}

std::optional<refusal> read_revocation(unsigned status, std::string_view body) {
  if (status == 200)
    return std::nullopt;
  auto why = read_refusal(status, parse(body));
  if (why.what == refusal::kind::rejected) // "Invalid token": it is as dead as it shall be
    return std::nullopt;
  return why;
}

} // namespace creamery::oauth
