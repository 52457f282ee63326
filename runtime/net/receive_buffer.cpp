#include "runtime/net/receive_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace creamery {

std::span<char> receive_buffer::prepare(size_t unfinished) {
  const auto carried = unread();
  const auto least = std::max(unfinished, carried.size() + min_room);
  if (!memory_ || memory_->capacity() - begin_ < least) {
    // Twice what is carried, so that something that grows without telling its length isn't moved with every read.
    auto next = pool_.take(std::max({slab::usual_capacity, unfinished + min_room, 2 * carried.size()}));
    if (!carried.empty())
      std::memcpy(next->data(), carried.data(), carried.size());
    end_ = carried.size();
    begin_ = 0;
    memory_ = std::move(next);
  }
  return {memory_->data() + end_, std::min(max_read, memory_->capacity() - end_)};
}

} // namespace creamery
