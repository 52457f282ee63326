#include "runtime/eventsub/webhook.hpp"

#include "messages/hex.hpp"
#include "messages/rfc3339.hpp"
#include "runtime/eventsub/notification.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <algorithm>
#include <new>
#include <utility>

namespace creamery::eventsub {

namespace {

constexpr std::string_view signature_mark = "sha256=";
constexpr size_t signature_size = 32;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

struct mac_end {
  void operator()(EVP_MAC* x) const noexcept {
    EVP_MAC_free(x);
  }

  void operator()(EVP_MAC_CTX* x) const noexcept {
    EVP_MAC_CTX_free(x);
  }
};

} // namespace

/// HMAC-SHA256 with one key, which is taken in once.
class webhook_gate::signer {
public:
  explicit signer(const secret& key) {
    std::unique_ptr<EVP_MAC, mac_end> hmac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
    context_.reset(hmac ? EVP_MAC_CTX_new(hmac.get()) : nullptr);
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[]{OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                  OSSL_PARAM_construct_end()};
    if (!context_ || EVP_MAC_init(context_.get(), bytes_of(key.reveal()), key.reveal().size(), parameters) != 1)
      throw std::bad_alloc{};
  }

  /// Whether the signature is that of the message: its id, its time and its body, one behind the other. In a time that doesn't depend
  /// on where a wrong one differs.
  bool accepts(const webhook_request& request) {
    std::array<unsigned char, signature_size> raw{};
    size_t size = 0;
    auto* mac = context_.get();
    // Without a key, the one from before is used again.
    auto done = EVP_MAC_init(mac, nullptr, 0, nullptr) == 1;
    for (auto part : {request.id, request.timestamp, request.body})
      done = done && EVP_MAC_update(mac, bytes_of(part), part.size()) == 1;
    if (!done || EVP_MAC_final(mac, raw.data(), &size, raw.size()) != 1 || size != raw.size())
      return false;
    std::array<char, signature_mark.size() + 2 * signature_size> expected{};
    write_hex(raw, std::copy(signature_mark.begin(), signature_mark.end(), expected.data()));
    return request.signature.size() == expected.size()
           && CRYPTO_memcmp(request.signature.data(), expected.data(), expected.size()) == 0;
  }

private:
  std::unique_ptr<EVP_MAC_CTX, mac_end> context_;
};

webhook_gate::webhook_gate(std::vector<callback> callbacks) {
  for (auto& one : callbacks)
    callbacks_[std::move(one.path)] = {std::move(one.bot), std::make_unique<signer>(one.key)};
}

webhook_gate::~webhook_gate() = default;

webhook_content webhook_gate::look(const webhook_request& request, int64_t now) {
  auto to = callbacks_.find(request.path);
  if (to == callbacks_.end())
    return refuse(webhook_refusal::wrong_path);
  if (request.method != "POST")
    return refuse(webhook_refusal::wrong_method);
  if (request.id.empty() || request.type.empty() || request.timestamp.empty())
    return refuse(webhook_refusal::wrong_header);
  if (!to->second.sign->accepts(request))
    return refuse(webhook_refusal::wrong_signature);
  auto sent = parse_rfc3339(request.timestamp);
  if (!sent)
    return refuse(webhook_refusal::wrong_header);
  // A challenge follows at once on our own question, and isn't repeated much later.
  clock_.add(*sent, now, request.type == "webhook_callback_verification");
  if (now - *sent > max_age.count())
    return refuse(webhook_refusal::too_old);
  if (*sent - now > max_age.count())
    return refuse(webhook_refusal::too_new);
  return read(request, to->second.bot);
}

webhook_content webhook_gate::refuse(webhook_refusal why) {
  ++counters_.refused[static_cast<size_t>(why)];
  return webhook::refused{why};
}

webhook_content webhook_gate::read(const webhook_request& request, const std::string& bot) {
  const auto is_challenge = request.type == "webhook_callback_verification";
  if (!is_challenge && request.type != "notification" && request.type != "revocation") {
    ++counters_.unknown;
    return webhook::unknown{std::string{request.type}};
  }
  auto found = read_payload(request.body);
  if (!found)
    return refuse(webhook_refusal::senseless);
  if (is_challenge) {
    if (found->challenge.empty())
      return refuse(webhook_refusal::senseless);
    ++counters_.challenges;
    return webhook::challenge{bot, std::move(found->challenge),
                              found->has_subscription() ? std::move(found->subscription) : named_subscription{}};
  }
  if (!found->has_subscription())
    return refuse(webhook_refusal::senseless);
  if (request.type == "revocation") {
    ++counters_.revocations;
    return webhook::revocation{bot, std::move(found->subscription)};
  }
  if (found->event.empty() && found->events.empty())
    return refuse(webhook_refusal::senseless);
  ++counters_.notifications;
  return webhook::notification{
    events_of({std::move(found->subscription), found->event, found->events}, request.id, request.timestamp, bot)};
}

webhook_answer answer_to(const webhook_content& content) {
  if (const auto* challenge = std::get_if<webhook::challenge>(&content))
    return {200, challenge->text};
  const auto* refused = std::get_if<webhook::refused>(&content);
  if (refused == nullptr)
    return {};
  std::string text{to_string(refused->why)};
  switch (refused->why) {
    case webhook_refusal::wrong_path: return {404, std::move(text)};
    case webhook_refusal::wrong_method: return {405, std::move(text)};
    case webhook_refusal::wrong_header:
    case webhook_refusal::senseless: return {400, std::move(text)};
    case webhook_refusal::wrong_signature:
    case webhook_refusal::too_old:
    case webhook_refusal::too_new: return {403, std::move(text)};
  }
  return {400, std::move(text)};
}

std::string_view to_string(webhook_refusal why) {
  switch (why) {
    case webhook_refusal::wrong_path: return "nobody listens here";
    case webhook_refusal::wrong_method: return "only POST is understood";
    case webhook_refusal::wrong_header: return "a header is missing or wrong";
    case webhook_refusal::wrong_signature: return "the signature is wrong";
    case webhook_refusal::too_old: return "the message is older than ten minutes";
    case webhook_refusal::too_new: return "the message is from the future";
    case webhook_refusal::senseless: return "the message isn't of the form it should be";
  }
  return "refused";
}

} // namespace creamery::eventsub
