#pragma once

#include "runtime/program/demo_numbers.hpp"

#include <iosfwd>
#include <memory>
#include <string>

namespace creamery {

/// Shows a running demo.
class demo_view {
public:
  virtual ~demo_view() = default;

  /// @param endpoint where the simulated Twitch is. @param log_file where the bots log to.
  virtual void begin(const std::string& endpoint, const std::string& log_file) = 0;

  /// The present state.
  virtual void show(const demo_numbers& numbers) = 0;

  /// Something that happens once.
  virtual void event(const std::string& text) = 0;

  /// The final table.
  virtual void end(const demo_numbers& numbers) = 0;
};

/// A picture that is drawn again and again, for terminals.
std::unique_ptr<demo_view> make_live_view(std::ostream& out);

/// One line after the other, for everything else.
std::unique_ptr<demo_view> make_plain_view(std::ostream& out);

} // namespace creamery
