#pragma once

#include "simulator/http_request.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace creamery::simulator {

/// What a consent page shows, and what its form carries along.
struct consent_page_facts {
  std::string_view app;
  const std::vector<std::string>& scopes;
  /// Who is suggested.
  std::string_view login;
  /// Where the form goes.
  std::string_view action;
  std::vector<std::pair<std::string, std::string>> hidden;
  /// What was wrong with the last try; empty: nothing.
  std::string_view mistake;
};

/// Asks a user whether an application may do what it wants to: field `login`, buttons `approve` and `deny`, which
/// send `decision`.
http_answer consent_page(const consent_page_facts& facts);

/// A page that says something.
http_answer message_page(unsigned status, std::string_view title, std::string_view text);

} // namespace creamery::simulator
