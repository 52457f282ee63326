#pragma once

#include "config/environment.hpp"
#include "messages/secret.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace creamery {

/// Keeps secrets out of what people get to see, wherever someone may have pasted them: the values of those variables
/// that by their name hold one (`…TOKEN…`, `…SECRET…`, `…KEY…`, `…PASSWORD…`), what follows an `oauth:`, and what looks
/// like a token.
class redactor {
public:
  redactor() = default;

  explicit redactor(const environment& env);

  /// The text with `***` in place of secrets, and with spaces in place of control characters.
  std::string clean(std::string_view text) const;

private:
  std::vector<secret> secrets_;
};

} // namespace creamery
