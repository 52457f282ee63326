#pragma once

#include <caf/all.hpp>

#include <exception>
#include <string>

namespace creamery {

/// An exception out of a handler ends the actor, and what it says is the reason that its supervisor learns and logs. (By
/// default CAF writes it past the log, and the reason says no more than that there was one.)
template <class Self>
void end_with_exceptions(Self* self) {
  self->set_exception_handler([](std::exception_ptr& thrown) -> caf::error {
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& x) {
      return caf::make_error(caf::sec::runtime_error, "an exception: " + std::string{x.what()});
    } catch (...) { // whatever it is, it has ended a handler
      return caf::make_error(caf::sec::runtime_error, "an exception that is no std::exception");
    }
  });
}

} // namespace creamery
