#include "runtime/net/slab_pool.hpp"

#include <mutex>
#include <utility>

namespace creamery {

struct slab_pool::state {
  explicit state(size_t max_free) : max_free(max_free) {
    free.reserve(max_free); // so that giving one back never allocates
  }

  void put(std::unique_ptr<slab> x) noexcept {
    std::lock_guard guard{mutex};
    if (free.size() < max_free)
      free.push_back(std::move(x));
  }

  const size_t max_free;
  std::mutex mutex;
  std::vector<std::unique_ptr<slab>> free;
};

slab_pool::slab_pool(size_t max_free) : state_(std::make_shared<state>(max_free)) {
}

std::shared_ptr<slab> slab_pool::take(size_t capacity) {
  if (capacity > slab::usual_capacity)
    return std::make_shared<slab>(capacity);
  std::unique_ptr<slab> taken;
  {
    std::lock_guard guard{state_->mutex};
    if (!state_->free.empty()) {
      taken = std::move(state_->free.back());
      state_->free.pop_back();
    }
  }
  if (!taken)
    taken = std::make_unique<slab>();
  return {taken.release(), [home = state_](slab* x) { home->put(std::unique_ptr<slab>{x}); }};
}

size_t slab_pool::free_slabs() const {
  std::lock_guard guard{state_->mutex};
  return state_->free.size();
}

} // namespace creamery
