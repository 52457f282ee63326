#pragma once

#include <caf/all.hpp>

#include <algorithm>
#include <chrono>

namespace creamery {

/// Sends an actor `tick_atom` at the moment it names. A later moment replaces an earlier one only when that has come, so
/// that a deadline which moves with every line costs no timer each.
class wake_up {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Makes sure that `self` gets a tick at `when` or earlier; the handler of the tick calls `rang` and then asks again.
  template <class Self>
  void at(Self* self, time_point when) {
    if (when >= armed_ || when == time_point::max())
      return;
    armed_ = when;
    self->delayed_send(self, std::max(when - self->clock().now(), caf::timespan{0}), caf::tick_atom_v);
  }

  /// A tick has arrived. One that was meant for a later moment than the present one, which was brought forward meanwhile,
  /// changes nothing: otherwise each earlier moment would leave one more alarm behind that is renewed for ever.
  template <class Self>
  void rang(Self* self) {
    if (self->clock().now() >= armed_)
      armed_ = time_point::max();
  }

private:
  time_point armed_ = time_point::max();
};

} // namespace creamery
