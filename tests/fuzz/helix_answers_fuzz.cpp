// What Helix answers: the first byte chooses the status, the rest is the body. Nothing throws, and the queue is done with a call
// or has it waiting.

#include "messages/helix/calls.hpp"
#include "runtime/helix/call_queue.hpp"

#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace creamery::helix;
  constexpr std::array<unsigned, 8> statuses{200, 200, 200, 204, 400, 401, 429, 500};
  if (size == 0)
    return 0;
  const std::string body{reinterpret_cast<const char*>(data) + 1, size - 1};
  const answer good{false, {}, 200, body};
  (void)get_users({}, {}).read(good);
  (void)get_channels({}).read(good);
  (void)get_streams({}, {}).read(good);
  (void)get_chatters("").read(good);
  (void)send_message("", "", "", "").read(good);
  (void)get_chat_settings("").read(good);
  (void)ban_user("", "", {}, "").read(good);
  (void)get_shield_mode("").read(good);
  (void)get_polls("", "").read(good);
  (void)get_predictions("", "").read(good);
  (void)get_rewards("", "").read(good);
  (void)get_redemptions("", "", "", "").read(good);
  (void)create_clip("").read(good);
  (void)get_subscriptions().read(good);
  (void)get_conduits().read(good);
  (void)get_conduit_shards("").read(good);
  call_queue queue{{}, 1};
  const call_queue::time_point now{std::chrono::hours{1}};
  auto id = queue.accept(get_users({}, {}).what, now);
  if (!id || queue.next(now) != id)
    std::abort();
  auto verdict = queue.answered(*id, {statuses[data[0] % statuses.size()], body, {}, {}, true}, now, 0);
  if (verdict.over.has_value() == (queue.waiting() == 1))
    std::abort();
  return 0;
}
