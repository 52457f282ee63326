#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace creamery::simulator {

/// Every scope there is (twitch-platform §2.8).
const std::vector<std::string>& all_scopes();

bool is_scope(std::string_view name);

/// Takes `a:b c:d` apart; each comes once. What is no scope is in `unknown`.
struct scope_list {
  std::vector<std::string> scopes;
  /// The first word that is none; empty if there is none.
  std::string unknown;
};

scope_list parse_scopes(std::string_view text);

} // namespace creamery::simulator
