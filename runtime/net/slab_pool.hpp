#pragma once

#include "messages/slab.hpp"

#include <cstddef>
#include <memory>

namespace creamery {

/// Slabs for reading into, used again once the last reader of one has let go of it. Keeps a bounded number of free
/// ones; the bound of those in use is the credit of the sessions. May be used from any thread; slabs may outlive the
/// pool.
class slab_pool {
public:
  /// @param max_free how many free slabs are kept.
  explicit slab_pool(size_t max_free = 16);

  /// A slab of at least `capacity` bytes. Larger ones than usual are made for the purpose and not kept.
  std::shared_ptr<slab> take(size_t capacity = slab::usual_capacity);

  /// How many free slabs are kept now.
  size_t free_slabs() const;

private:
  struct state;

  std::shared_ptr<state> state_;
};

} // namespace creamery
