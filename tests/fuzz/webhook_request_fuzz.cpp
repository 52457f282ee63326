#include "runtime/eventsub/webhook.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <variant>

using namespace creamery;
using namespace creamery::eventsub;

namespace {

constexpr std::string_view key = "s3cret-of-the-bot";

/// Takes everything up to the next line's end off the front.
std::string_view next_line(std::string_view& text) {
  auto end = std::min(text.find('\n'), text.size());
  auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

std::string sign(std::string_view id, std::string_view timestamp, std::string_view body) {
  std::string text;
  text.append(id).append(timestamp).append(body);
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), raw.data(), &size);
  std::string hex = "sha256=";
  for (unsigned i = 0; i < size; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    hex += digits[raw[i] >> 4U];
    hex += digits[raw[i] & 15U];
  }
  return hex;
}

} // namespace

/// Method, path, id, type, timestamp and signature, a line each, then the body. Nothing is taken without the right signature, which is
/// put in where the line says `right`.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static webhook_gate gate{{{"bot", "/callback", secret{key}}}};
  std::string_view text{reinterpret_cast<const char*>(data), size};
  webhook_request request;
  request.method = next_line(text);
  request.path = next_line(text);
  request.id = next_line(text);
  request.type = next_line(text);
  request.timestamp = next_line(text);
  request.signature = next_line(text);
  request.body = text;
  auto right = sign(request.id, request.timestamp, request.body);
  if (request.signature == "right")
    request.signature = right;
  auto read = gate.look(request, 1'777'630'272'000);
  auto is_refused = std::holds_alternative<webhook::refused>(read);
  if (!is_refused && (request.signature != right || request.method != "POST" || request.path != "/callback"))
    std::abort();
  auto answer = answer_to(read);
  if (answer.status < 200 || answer.status > 499 || (is_refused && answer.status < 400))
    std::abort();
  if (const auto* arrived = std::get_if<webhook::notification>(&read))
    for (const auto& one : arrived->events.events)
      if (one.what.bot != "bot" || one.what.type.empty()
          || !std::string_view{one.what.message_id}.starts_with(request.id))
        std::abort();
  return 0;
}
