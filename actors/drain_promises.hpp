#pragma once

#include <caf/all.hpp>

#include <utility>
#include <vector>

namespace creamery {

/// Those who wait until an actor has nothing left to do.
class drain_promises {
public:
  /// The answer to a `drain_atom`.
  template <class Self>
  caf::result<bool> wait(Self* self, bool is_drained) {
    if (is_drained)
      return true;
    waiting_.push_back(self->template make_response_promise<bool>());
    return waiting_.back();
  }

  /// To be called whenever something was finished. `is_drained` is asked only when somebody waits.
  template <class Predicate>
  void check(Predicate is_drained) {
    if (waiting_.empty() || !is_drained())
      return;
    for (auto& one : std::exchange(waiting_, {}))
      one.deliver(true);
  }

private:
  std::vector<caf::typed_response_promise<bool>> waiting_;
};

} // namespace creamery
