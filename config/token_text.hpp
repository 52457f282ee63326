#pragma once

#include <string_view>

namespace creamery {

/// What token generators for chat put in front of a token; the token itself begins after it.
inline constexpr std::string_view oauth_prefix = "oauth:";

/// The token in `text`, which may have the form `oauth:<token>`.
constexpr std::string_view without_oauth_prefix(std::string_view text) noexcept {
  return text.substr(0, oauth_prefix.size()) == oauth_prefix ? text.substr(oauth_prefix.size()) : text;
}

} // namespace creamery
