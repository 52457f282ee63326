#include "runtime/net/send_queue.hpp"

#include "runtime/net/mask_keys.hpp"

#include <utility>

namespace creamery {

send_queue::send_queue(bool frames, size_t bound) : frames_(frames), bound_(bound), encoder_(mask_keys{}) {
}

send_queue::outcome send_queue::push(std::string_view bytes) {
  std::lock_guard guard{mutex_};
  const auto size = frames_ ? encoded_size(bytes.size()) : bytes.size();
  if (finished_ || size > bound_ || waiting_.size() > bound_ - size)
    return outcome::refused;
  if (frames_)
    encoder_.text(bytes, waiting_);
  else
    waiting_ += bytes;
  return wake_once();
}

send_queue::outcome send_queue::push_pong(std::string_view payload) {
  std::lock_guard guard{mutex_};
  if (closed_ || waiting_.size() + encoded_size(payload.size()) > bound_)
    return outcome::refused;
  encoder_.pong(payload, waiting_);
  return wake_once();
}

send_queue::outcome send_queue::push_close(uint16_t code, std::string_view reason) {
  std::lock_guard guard{mutex_};
  finished_ = true;
  if (!frames_ || std::exchange(closed_, true))
    return outcome::refused;
  encoder_.close(code, reason, waiting_);
  return wake_once();
}

void send_queue::finish() {
  std::lock_guard guard{mutex_};
  finished_ = true;
}

bool send_queue::take(std::string& out) {
  std::lock_guard guard{mutex_};
  out.clear();
  awake_ = !waiting_.empty();
  if (awake_)
    out.swap(waiting_);
  return awake_;
}

size_t send_queue::discard() {
  std::lock_guard guard{mutex_};
  if (closed_) // on the way out; the close frame has to go
    return 0;
  const auto size = waiting_.size();
  waiting_.clear();
  return size;
}

size_t send_queue::size() const {
  std::lock_guard guard{mutex_};
  return waiting_.size();
}

send_queue::outcome send_queue::wake_once() {
  return std::exchange(awake_, true) ? outcome::queued : outcome::wake;
}

} // namespace creamery
