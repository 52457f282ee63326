// What the identity server answers: the first byte chooses the status, the rest is the body. A token that is believed can't break
// out of a header or an IRC line.

#include "runtime/oauth/answers.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>

namespace {

void demand_token(const creamery::secret& token) {
  auto text = token.reveal();
  if (!std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; }))
    std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creamery::oauth;
  constexpr std::array<unsigned, 8> statuses{200, 200, 200, 400, 401, 403, 404, 500};
  if (size == 0)
    return 0;
  const auto status = statuses[data[0] % statuses.size()];
  const std::string_view body{reinterpret_cast<const char*>(data) + 1, size - 1};
  auto granted = read_grant(status, body);
  if (const auto* one = std::get_if<grant>(&granted)) {
    demand_token(one->access_token);
    demand_token(one->refresh_token);
    if (one->access_token.empty() || (one->lifetime && one->lifetime->count() < 0))
      std::abort();
  }
  auto facts = read_facts(status, body);
  if (const auto* one = std::get_if<token_facts>(&facts); one != nullptr && one->client_id.empty())
    std::abort();
  auto offered = read_device_offer(status, body);
  if (const auto* one = std::get_if<device_offer>(&offered)) {
    demand_token(one->device_code);
    if (one->interval < std::chrono::seconds{1})
      std::abort();
  }
  (void)read_revocation(status, body);
  return 0;
}
